/** The machine and the code that a table is of. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Layout } from './layout.ts';
import { wrkVersion } from './load/wrk.ts';

export interface MachineFacts {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly fileSystem: string;
  readonly node: string;
  readonly wrk: string;
  /** Short commit id; `+` if files differed. */
  readonly commit: string;
  /** Of one minute, before the run. */
  readonly loadAverage: number;
  readonly layout: string;
}

export function machineFacts(layout: Layout, workDir: string): MachineFacts {
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: layout.allCores.length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    kernel: `${type()} ${release()}`,
    fileSystem: fileSystemOf(workDir),
    node: process.version,
    wrk: wrkVersion() ?? 'absent',
    commit: commit(),
    loadAverage: loadavg()[0] ?? 0,
    layout:
      layout.name === 'shared'
        ? 'shared: servers and load generator on all cores'
        : `split: servers on ${cores(layout.serverCores)}, load generator on ${cores(layout.generatorCores)}`,
  };
}

function cores(list: readonly number[]): string {
  return `${list.length} ${list.length === 1 ? 'core' : 'cores'}`;
}

/** Type and options that matter, from the mount that holds the directory. */
function fileSystemOf(directory: string): string {
  let best = { point: '', description: 'unknown' };
  for (const line of readFileSync('/proc/self/mounts', 'utf8').split('\n')) {
    const [, point = '', kind = '', options = ''] = line.split(' ');
    const holds = directory === point || directory.startsWith(point === '/' ? '/' : `${point}/`);
    if (!holds || point.length < best.point.length) continue;
    const telling = options
      .split(',')
      .filter((option) => /barrier|data=|discard|sync/.test(option));
    best = { point, description: [kind, ...telling].join(', ') };
  }
  return best.description;
}

function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--', 'src', 'bench') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}
