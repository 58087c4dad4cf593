/** CPU time and memory of a process and all it started, from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports CPU time in ticks of 1/100 s to user space, on every architecture that Node runs on. */
const microsecondsPerTick = 10_000;

export interface ProcessMemory {
  readonly pid: number;
  /** Resident, shared pages counted in full. */
  readonly residentMiB: number;
  /** Resident, each shared page divided by the number of processes that map it. */
  readonly proportionalMiB: number;
}

/** `root` and its descendants that run now. */
function processTree(root: number): readonly number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statFields(Number(name))?.[1];
    if (parent === undefined) continue;
    const siblings = childrenOf.get(Number(parent)) ?? [];
    siblings.push(Number(name));
    childrenOf.set(Number(parent), siblings);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(childrenOf.get(pid) ?? []));
  return tree;
}

/** User and system time of `root`, its descendants, and those of them that have ended. */
export function treeCpuMicroseconds(root: number): number {
  let ticks = 0;
  for (const pid of processTree(root)) {
    const fields = statFields(pid);
    if (fields === undefined) continue;
    ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  }
  return ticks * microsecondsPerTick;
}

/** What all cores together were busy with since boot, interrupts and stolen time included. */
export function machineBusyMicroseconds(): number {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
  const [user, nice, system, , , irq, softirq, steal] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const ticks = [user, nice, system, irq, softirq, steal];
  return ticks.reduce<number>((sum, value) => sum + (value ?? 0), 0) * microsecondsPerTick;
}

/** Of each process of the tree that still runs. */
export function treeMemory(root: number): readonly ProcessMemory[] {
  return processTree(root).flatMap((pid) => {
    const rollup = readIfThere(`/proc/${pid}/smaps_rollup`);
    if (rollup === undefined) return [];
    const kilobytes = (name: string) =>
      Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? 0);
    return [
      {
        pid,
        residentMiB: kilobytes('Rss') / 1024,
        proportionalMiB: kilobytes('Pss') / 1024,
      },
    ];
  });
}

/** Fields of /proc/PID/stat from the state on: 0 state, 1 parent, 11 to 14 CPU times. */
function statFields(pid: number): readonly string[] | undefined {
  const text = readIfThere(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** A process may end at any time. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
