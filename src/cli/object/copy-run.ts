/** Many copies at once: how far they are, what became of each, and what of all. */
import type { TransferProgress } from '../../client/transfer/options.ts';
import { inBytes } from '../byte-amounts.ts';
import { exitCodes } from '../command-error.ts';
import { sentence } from '../explain.ts';
import { errorFields } from '../output.ts';
import { createProgressLine } from '../progress-line.ts';
import type { Session } from '../session.ts';
import { type Copied, copyOne } from './copy-one.ts';
import type { CopySettings } from './copy-settings.ts';
import { type CopyJob, nameOf } from './items.ts';

export interface CopyRun {
  readonly settings: CopySettings;
  readonly dryRun?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  /** Called after each copy that was done, before it is told. */
  readonly after?: (job: CopyJob) => Promise<void>;
  /** Of lines: `copied`, or what else it is for the user. */
  readonly verb: 'copy' | 'move';
}

export interface Tally {
  done: number;
  bytes: number;
  skipped: number;
  failed: number;
}

export const newTally = (): Tally => ({ done: 0, bytes: 0, skipped: 0, failed: 0 });

/** A failure is one object's; the others go on. */
export async function forEach<Piece>(
  pieces: AsyncIterable<Piece>,
  concurrency: number,
  signal: AbortSignal,
  work: (piece: Piece) => Promise<void>,
): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  const worker = async (): Promise<void> => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      signal.throwIfAborted();
      await work(next.value);
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  await iterator.return?.();
  for (const one of workers) if (one.status === 'rejected') throw one.reason;
}

export async function runCopies(
  session: Session,
  jobs: AsyncIterable<CopyJob>,
  run: CopyRun,
  tally: Tally = newTally(),
): Promise<Tally> {
  const { out, signal } = session;
  const under = new Map<CopyJob, TransferProgress>();
  const line = createProgressLine(process.stderr);
  const started = Date.now();
  line.follow(() => progressText(tally, [...under.values()], Date.now() - started));
  try {
    await forEach(jobs, run.settings.concurrency, signal, async (job) => {
      if (run.dryRun) {
        tally.done += 1;
        tally.bytes += job.source.size ?? 0;
        tell(session, run, job, { status: 'planned', bytes: job.source.size });
        return;
      }
      const onProgress = (progress: TransferProgress) => under.set(job, progress);
      let copied: Copied;
      try {
        copied = await copyOne(job.source, job.target, { ...run, signal, onProgress });
        await run.after?.(job);
      } catch (error) {
        signal.throwIfAborted();
        tally.failed += 1;
        tellFailure(session, run.verb, job, error);
        return;
      } finally {
        under.delete(job);
      }
      tally.done += 1;
      tally.bytes += copied.bytes;
      const { action, bytes, resumedBytes } = copied;
      tell(session, run, job, { status: 'done', action, bytes, resumedBytes });
    });
  } finally {
    line.clear();
  }
  return tally;

  function tell(
    { out: to }: Session,
    { verb, quiet }: CopyRun,
    job: CopyJob,
    fields: Readonly<Record<string, unknown>>,
  ): void {
    // What went to standard output is there: nothing else may be.
    if (job.target.kind === 'standard') return;
    const [source, target] = [nameOf(job.source), nameOf(job.target)];
    const prefix = fields.status === 'planned' ? `would ${verb}: ` : '';
    const text = quiet ? undefined : `${prefix}${source} -> ${target}`;
    to.record({ type: verb, source, target, ...fields }, text);
  }

  function tellFailure(_: Session, verb: CopyRun['verb'], job: CopyJob, error: unknown): void {
    const [source, target] = [nameOf(job.source), nameOf(job.target)];
    if (out.json) {
      const failure = errorFields(error);
      out.record({ type: verb, source, target, status: 'failed', error: failure });
    } else out.note(`failed: ${source} -> ${target}: ${sentence(error)}`);
  }
}

/** Gives the exit code. */
export function tellTally(
  { out }: Session,
  operation: string,
  tally: Tally,
  { quiet = false, dryRun = false }: { readonly quiet?: boolean; readonly dryRun?: boolean },
): number {
  const { done, bytes, skipped, failed } = tally;
  const parts = [`${done} objects, ${inBytes(bytes)}`];
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (failed > 0) parts.push(`${failed} failed`);
  const text = quiet ? undefined : `${dryRun ? 'Would be done: ' : 'Done: '}${parts.join('; ')}.`;
  out.record({ type: 'summary', operation, objects: done, bytes, skipped, failed, dryRun }, text);
  return failed > 0 ? exitCodes.failed : 0;
}

const barColumns = 20;

/** `[#####     ] 3 done, 12.0 of 40.0 MiB under way, 8.1 MiB/s` */
export function progressText(
  { done, bytes }: Tally,
  under: readonly TransferProgress[],
  elapsedMs: number,
): string {
  const transferred = sum(under.map((one) => one.transferredBytes));
  const total = sum(under.map((one) => one.totalBytes ?? one.transferredBytes));
  const share = total === 0 ? 0 : transferred / total;
  const bar = '#'.repeat(Math.round(share * barColumns)).padEnd(barColumns);
  const rate = ((bytes + transferred) / Math.max(elapsedMs, 1)) * 1000;
  return `[${bar}] ${done} done, ${inBytes(transferred)} of ${inBytes(total)} under way, ${inBytes(Math.round(rate))}/s`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
