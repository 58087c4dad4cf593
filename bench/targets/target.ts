/** What can be measured: a server that the run starts, or one that runs elsewhere. */
import type { Layout } from '../layout.ts';
import type { BenchOptions } from '../options.ts';
import type { Credentials } from '../signed-requests.ts';

/** What a run knows; directories are made for it and removed after it. */
export interface BenchContext {
  readonly options: BenchOptions;
  readonly layout: Layout;
  readonly workDir: string;
  /** A new, empty directory below the work directory. */
  makeDirectory(name: string): string;
}

export interface TargetDescription {
  readonly name: string;
  /** What it is, with its version. */
  readonly about: string;
  /** When a PUT is on disk. */
  readonly fsync: string;
}

export interface StartOptions {
  readonly dataDir: string;
  readonly cores: readonly number[];
  readonly workers: number;
  /** For the runtime, before the server's own file. */
  readonly nodeFlags?: readonly string[];
  /** For Kist, which alone is asked for them. */
  readonly flags?: readonly string[];
}

export interface RunningTarget {
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials | undefined;
  /** undefined: runs elsewhere. */
  readonly pid: number | undefined;
  /** undefined: was running. */
  readonly startMs: number | undefined;
  readonly startCpuMs: number | undefined;
  /** A bucket for the scenario. */
  readonly bucket: string;
  createBucket(): Promise<void>;
  /** The same body under every key, readable for everyone where the target has permissions. */
  putAll(keys: Iterable<string>, body: Buffer): Promise<void>;
  stop(): Promise<void>;
}

export interface Target extends TargetDescription {
  start(options: StartOptions): Promise<RunningTarget>;
}

/** A target that cannot be had on this machine. */
interface AbsentTarget {
  readonly name: string;
  readonly absent: string;
}

export type FoundTarget = Target | AbsentTarget;
