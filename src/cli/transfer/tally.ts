/** What a transfer did so far, and how it does many things at once. */
import { errorText } from '../../client/s3-error.ts';

/** Requests at once. */
const concurrency = 8;
/** Failures that are told by name; the others are counted. */
const maxToldFailures = 100;

export interface Tally {
  done: number;
  bytes: number;
  /** Already there. */
  skipped: number;
  failed: number;
  readonly failures: { readonly name: string; readonly reason: string }[];
  /** Keys that lie elsewhere than under their own names. */
  readonly aside: string[];
}

export const emptyTally = (): Tally => ({
  done: 0,
  bytes: 0,
  skipped: 0,
  failed: 0,
  failures: [],
  aside: [],
});

export function fail(tally: Tally, name: string, error: unknown): void {
  tally.failed++;
  const reason = errorText(error);
  if (tally.failures.length < maxToldFailures) tally.failures.push({ name, reason });
}

/**
 * A failure is one object's; the others go on.
 * @throws what the items fail with
 */
export async function inParallel<T>(
  items: AsyncGenerator<T, void>,
  tally: Tally,
  nameOf: (item: T) => string,
  work: (item: T) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const worker = async () => {
    for (let next = await items.next(); !next.done; next = await items.next()) {
      signal.throwIfAborted();
      try {
        await work(next.value);
      } catch (error) {
        signal.throwIfAborted();
        fail(tally, nameOf(next.value), error);
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  await items.return();
  for (const one of workers) if (one.status === 'rejected') throw one.reason;
}
