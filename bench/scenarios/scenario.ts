/**
 * What a scenario is: which targets take part, what it measures, and how one measurement is made.
 *
 * A new scenario is a file here and a line in `all-scenarios.ts`.
 */
import type { BenchContext, RunningTarget, Target, TargetDescription } from '../targets/target.ts';

export interface Metric {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly decimals: number;
  /** Kist's value is shown as a multiple of each target's. */
  readonly compared?: true;
}

/** Metric → value; what a target cannot give is left out. */
export type Sample = Readonly<Record<string, number>>;

/** A target that is ready to be measured again and again. */
export interface Session {
  /** `round` from 1 on; 0 is the warm-up. */
  measure(round: number): Promise<Sample>;
  close(): Promise<void>;
}

/** What is measured without a server, as a bound for those with one. */
export interface Reference extends TargetDescription {
  open(context: BenchContext): Promise<Session>;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is done, in a sentence or two; goes above the table. */
  readonly about: string;
  readonly metrics: readonly Metric[];
  readonly targets: readonly string[];
  /** A server that runs elsewhere can take part. */
  readonly external: boolean;
  /** Measured once before the rounds, unrecorded: the steady state is asked for, not the first second. */
  readonly warmUp: boolean;
  readonly references?: readonly Reference[];
  open(target: Target, context: BenchContext): Promise<Session>;
}

/** Started on the cores of servers with a bucket that is new. */
export async function startWithBucket(
  target: Target,
  context: BenchContext,
  cores: readonly number[] = context.layout.serverCores,
  flags: readonly string[] = [],
): Promise<RunningTarget> {
  const server = await target.start({
    dataDir: context.makeDirectory(target.name),
    cores,
    workers: context.options.workers ?? cores.length,
    flags,
  });
  try {
    await server.createBucket();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** Closes what was opened if what follows fails. */
export async function orStop<Result>(
  server: RunningTarget,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await server.stop();
    throw error;
  }
}
