/**
 * Which cores serve and which generate load.
 *
 * `split` halves the machine, so that neither takes the other's time and a generator that is at its
 * limit shows as such; `shared` leaves everything to the scheduler, as on a machine where both run.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export type LayoutName = 'split' | 'shared';

export interface Layout {
  readonly name: LayoutName;
  readonly allCores: readonly number[];
  readonly serverCores: readonly number[];
  readonly generatorCores: readonly number[];
}

export function isLayoutName(text: string): text is LayoutName {
  return text === 'split' || text === 'shared';
}

/** One core cannot be split. */
export function createLayout(name: LayoutName): Layout {
  const allCores = allowedCores();
  if (name === 'shared' || allCores.length < 2) {
    return { name: 'shared', allCores, serverCores: allCores, generatorCores: allCores };
  }
  execFileSync('taskset', ['--version']);
  const half = Math.ceil(allCores.length / 2);
  return {
    name,
    allCores,
    serverCores: allCores.slice(0, half),
    generatorCores: allCores.slice(half),
  };
}

/** The command, kept to `cores`; taskset replaces itself, so the process id is the command's own. */
export function onCores(
  layout: Layout,
  cores: readonly number[],
  command: readonly string[],
): readonly string[] {
  if (cores.length === layout.allCores.length) return command;
  return ['taskset', '--cpu-list', cores.join(','), ...command];
}

/** `0-1,4` in /proc/self/status → 0, 1, 4. */
function allowedCores(): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (list === undefined) throw new Error('The benchmark needs Linux: no Cpus_allowed_list.');
  return list.split(',').flatMap((range) => {
    const [first, last] = range.split('-').map(Number);
    const from = first ?? 0;
    return Array.from({ length: (last ?? from) - from + 1 }, (_, index) => from + index);
  });
}
