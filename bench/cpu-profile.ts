/** Self time by function and by file, from V8's .cpuprofile. */
import { readFileSync } from 'node:fs';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** From 0. */
    readonly lineNumber: number;
  };
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** µs of the system's monotonic clock, as `process.hrtime` has it. */
  readonly startTime: number;
  /** Node ids. */
  readonly samples: readonly number[];
  /** µs from one sample to the next. */
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly name: string;
  readonly microseconds: number;
}

export interface ProfileSummary {
  /** All but idle time. */
  readonly busyMicroseconds: number;
  /** Longest first. */
  readonly functions: readonly SelfTime[];
  /** Longest first; V8's own, such as the garbage collector, are each a file. */
  readonly files: readonly SelfTime[];
}

const idle = '(idle)';

/** µs of the system's monotonic clock. */
export interface ProfileWindow {
  readonly from: number;
  readonly to: number;
}

/** Of the samples in the window. `root` is left off file names. */
export function readCpuProfile(file: string, root: string, window: ProfileWindow): ProfileSummary {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  let busyMicroseconds = 0;
  let now = profile.startTime;
  profile.samples.forEach((id, index) => {
    now += profile.timeDeltas[index] ?? 0;
    if (now < window.from || now > window.to) return;
    const { functionName, url, lineNumber } = nodes.get(id)!.callFrame;
    // A sample stands for the time up to the next one.
    const microseconds = profile.timeDeltas[index + 1] ?? 0;
    if (functionName === idle) return;
    busyMicroseconds += microseconds;
    const path = url.replace(`file://${root}/`, '');
    const name = functionName === '' ? '(anonymous)' : functionName;
    add(functions, path === '' ? name : `${name} ${path}:${lineNumber + 1}`, microseconds);
    add(files, path === '' ? name : path, microseconds);
  });
  return { busyMicroseconds, functions: longestFirst(functions), files: longestFirst(files) };
}

function add(times: Map<string, number>, name: string, microseconds: number): void {
  times.set(name, (times.get(name) ?? 0) + microseconds);
}

function longestFirst(times: ReadonlyMap<string, number>): readonly SelfTime[] {
  return [...times]
    .map(([name, microseconds]) => ({ name, microseconds }))
    .sort((a, b) => b.microseconds - a.microseconds);
}
