/**
 * A whole bench: a bucket, what the operations need in it, the operations one after the other, and
 * everything away again, also where it was interrupted or failed.
 */

import { randomBytes } from 'node:crypto';
import { inBytes } from '../byte-amounts.ts';
import { createProgressLine, type ProgressLine } from '../progress-line.ts';
import { BenchError } from './bench-error.ts';
import { type BenchBucket, createBenchBucket } from './bucket.ts';
import { type Crew, createCrew } from './crew.ts';
import type { BenchOperation, BenchOptions } from './options.ts';
import { type BenchReport, benchReport, type PhaseResult } from './report.ts';
import type { Statistics } from './statistics.ts';
import { type BenchTarget, benchTarget } from './target.ts';

/** What needs objects to be there; `delete` takes them away. */
const needsObjects: ReadonlySet<BenchOperation> = new Set([
  'get',
  'stat',
  'list',
  'delete',
  'mixed',
]);
const endSignals = ['SIGINT', 'SIGTERM'] as const;
const secondSignalCode = 130;

/** Throws BenchError for what is nobody's bug; an interrupted bench gives what it has. */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const id = randomBytes(4).toString('hex');
  const bucketName = options.bucket ?? `kist-bench-${id}`;
  const target = benchTarget(options, bucketName, `kist-bench-${id}/`);
  const bucket = createBenchBucket(target);
  const line = createProgressLine(process.stderr);
  try {
    if (options.bucket === undefined) await bucket.make();
    else await bucket.find();
    const { phases, interrupted } = await runPhases(options, target, bucket, line);
    return benchReport(options, bucketName, phases, interrupted);
  } finally {
    line.clear();
    bucket.close();
  }
}

async function runPhases(
  options: BenchOptions,
  target: BenchTarget,
  bucket: BenchBucket,
  line: ProgressLine,
): Promise<{ readonly phases: readonly PhaseResult[]; readonly interrupted: boolean }> {
  const crew = createCrew(options.workers);
  let interrupted = false;
  const onSignal = (): void => {
    if (interrupted) {
      line.clear();
      process.stderr.write(`kist: ${leftBehind(options, target)}\n`);
      process.exit(secondSignalCode);
    }
    interrupted = true;
    crew.stop();
  };
  for (const signal of endSignals) process.on(signal, onSignal);
  try {
    const phases: PhaseResult[] = [];
    let prepared = false;
    for (const [index, operation] of options.operations.entries()) {
      if (needsObjects.has(operation) && !prepared) {
        await prepare(options, target, crew, line, () => interrupted);
        prepared = true;
      }
      if (interrupted) break;
      const { durationMs } = options;
      const phase = { ...options, target, phase: operation, phaseNumber: index, durationMs };
      const statistics = await shown(crew, line, operation, () => crew.run(phase));
      phases.push({ operation, statistics });
      if (operation === 'delete') prepared = false;
      if (interrupted) break;
    }
    return { phases, interrupted };
  } finally {
    crew.close();
    await cleanUp(options, target, bucket, line);
    for (const signal of endSignals) process.off(signal, onSignal);
  }
}

/** @throws BenchError unless all objects are there, or it was interrupted. */
async function prepare(
  options: BenchOptions,
  target: BenchTarget,
  crew: Crew,
  line: ProgressLine,
  interrupted: () => boolean,
): Promise<void> {
  const durationMs = Number.MAX_SAFE_INTEGER;
  const phase = { ...options, target, phase: 'prepare', phaseNumber: 0, durationMs } as const;
  const { kinds } = await shown(crew, line, 'preparing', () => crew.run(phase));
  const errors = [...(kinds.get('put')?.errors ?? [])];
  if (errors.length === 0 || interrupted()) return;
  const told = errors.map(([code, times]) => `${times} × ${code}`).join(', ');
  throw new BenchError(`Not all objects could be prepared: ${told}.`);
}

async function shown(
  crew: Crew,
  line: ProgressLine,
  what: string,
  run: () => Promise<Statistics>,
): Promise<Statistics> {
  const startedAt = performance.now();
  line.follow(() => {
    const seconds = (performance.now() - startedAt) / 1000;
    const { requests, bytes } = crew.progress();
    const rates = `${Math.round(requests / seconds)} requests/s  ${inBytes(bytes / seconds)}/s`;
    return `${what}  ${seconds.toFixed(0)} s  ${requests} requests  ${rates}`;
  });
  try {
    return await run();
  } finally {
    line.clear();
  }
}

async function cleanUp(
  options: BenchOptions,
  target: BenchTarget,
  bucket: BenchBucket,
  line: ProgressLine,
): Promise<void> {
  let removed = 0;
  line.follow(() => `removing  ${removed} objects`);
  try {
    await bucket.empty((objects) => {
      removed = objects;
    });
    if (options.bucket === undefined) await bucket.remove();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BenchError(`${reason} ${leftBehind(options, target)}`, { cause });
  } finally {
    line.clear();
  }
}

function leftBehind({ bucket }: BenchOptions, target: BenchTarget): string {
  return bucket === undefined
    ? `The bucket ${target.bucket} may be left with what is in it.`
    : `Objects below ${target.prefix} may be left in ${bucket}.`;
}
