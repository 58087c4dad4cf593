/**
 * What a soak writes: one JSON document a line, first the run, then samples and events as they come, at
 * last the summary. `bench/plot.ts` reads it.
 */
import type { MachineFacts } from '../machine.ts';

/** Where they are unless asked otherwise, below the current directory. */
export const soakFile = '.cache/soak.jsonl';

/** Resident memory, MiB; descriptors that are open. */
export interface ProcessSample {
  /** `supervisor`, `worker 1`, `jobs`; its successors have the same. */
  readonly role: string;
  readonly pid: number;
  readonly residentMiB: number;
  /** Of it what is the process's own: without the pages of files, LMDB's map above all. */
  readonly anonymousMiB: number;
  readonly descriptors: number;
  /** Since the sample before; the highest percentile that `/metrics` tells but the maximum. */
  readonly eventLoopP99Ms: number | undefined;
}

/** Milliseconds from sending a request first to its last answer's last byte, retries included. */
export interface LatencySample {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface RunLine {
  readonly line: 'run';
  readonly command: string;
  readonly machine: Omit<MachineFacts, 'layout' | 'wrk'>;
  readonly minutes: number;
  readonly settleSeconds: number;
  readonly rate: number;
  readonly connections: number;
  readonly workers: number;
  readonly liveMiB: number;
  /** What the server was told beside its defaults. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface SampleLine {
  readonly line: 'sample';
  /** Since the start of the load. */
  readonly seconds: number;
  readonly processes: readonly ProcessSample[];
  readonly disk: {
    readonly files: number;
    /** Blocks that the file system gave. */
    readonly allocatedMiB: number;
    /** Of it, records. */
    readonly recordsMiB: number;
  };
  /** What must be there. */
  readonly live: {
    readonly objects: number;
    /** Each stored body once, however many copies refer to it. */
    readonly storedMiB: number;
    /** Each copy by itself, as S3 counts. */
    readonly logicalMiB: number;
  };
  readonly latencies: Readonly<Record<string, LatencySample>>;
  readonly requests: number;
  readonly retries: number;
  readonly failed: number;
  readonly wrong: number;
  /** Cores that were busy for it since the sample before. */
  readonly serverCores: number;
  readonly generatorCores: number;
}

export type EventKind = 'kill' | 'reload' | 'restart' | 'crash' | 'load-ends';

export interface EventLine {
  readonly line: 'event';
  readonly seconds: number;
  readonly event: EventKind;
  /** What it was done to. */
  readonly target: string;
  /** Until all was ready again. */
  readonly readyMs: number;
}

/** Change of memory over the last half of the load, for each process that lived through it. */
export interface GrowthLine {
  readonly role: string;
  readonly minutes: number;
  readonly residentMiBPerHour: number;
  readonly anonymousMiBPerHour: number;
  readonly anonymousFirstMiB: number;
  readonly anonymousLastMiB: number;
}

export interface SummaryLine {
  readonly line: 'summary';
  readonly seconds: number;
  readonly requests: number;
  readonly requestsByKind: Readonly<Record<string, number>>;
  readonly bytesPutMiB: number;
  readonly bytesReadMiB: number;
  readonly retries: Readonly<Record<string, number>>;
  readonly failed: readonly string[];
  readonly wrong: readonly string[];
  readonly verified: { readonly objects: number; readonly versions: number; readonly MiB: number };
  /** Uploads whose creation was answered to nobody, found and aborted at the end. */
  readonly strayUploads: number;
  readonly growth: readonly GrowthLine[];
  /** Disk over live bytes: median over the last half of the load, highest, and at the end. */
  readonly diskRatio: { readonly median: number; readonly max: number; readonly settled: number };
  readonly cores: { readonly server: number; readonly generator: number };
  readonly events: Readonly<Record<string, number>>;
  /** Lines of the server's log of level error, by message. */
  readonly logErrors: Readonly<Record<string, number>>;
  readonly doctor: { readonly healthy: boolean; readonly text: string };
}

export type SoakLine = RunLine | SampleLine | EventLine | SummaryLine;
