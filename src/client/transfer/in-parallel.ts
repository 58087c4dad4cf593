/** Work on many pieces at once, that ends as a whole. */
import { S3Error } from '../s3-error.ts';
import { createStops } from './stops.ts';

/**
 * Takes the next piece when it has done one, `concurrency` at once, so that no more than these are under way. The
 * first failure stops the others; it resolves or rejects when none is under way any more.
 * @throws the signal's reason; the failure; S3Error TransferFailed where there were several, which are in its cause
 */
export async function inParallel<Piece>(
  pieces: AsyncIterator<Piece, void> | Iterator<Piece, void>,
  concurrency: number,
  outer: AbortSignal | undefined,
  work: (piece: Piece, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  outer?.throwIfAborted();
  const stops = createStops(outer);
  const failures: unknown[] = [];
  const run = async (signal: AbortSignal): Promise<void> => {
    try {
      for (;;) {
        const next = await unlessAborted(Promise.resolve(pieces.next()), signal);
        if (next.done) return;
        await work(next.value, signal);
      }
    } catch (error) {
      // Those that were stopped fail with the reason why.
      if (signal.aborted && error === signal.reason) return;
      failures.push(error);
      stops.stop(error);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, () => run(stops.open())));
  } finally {
    stops.release();
  }
  outer?.throwIfAborted();
  if (failures.length > 0) throw together(failures);
}

/** For promises that know of no signal, such as those of somebody's stream. */
export function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** One failure as itself. */
export function together(failures: readonly unknown[]): S3Error {
  const [first, ...others] = failures.map(asS3Error);
  if (others.length === 0) return first!;
  return new S3Error('TransferFailed', `${first!.message} (and ${others.length} more failures)`, {
    status: first!.status,
    cause: new AggregateError([first, ...others]),
  });
}

/** Files and streams fail with errors of their own. */
export const asS3Error = (error: unknown): S3Error =>
  error instanceof S3Error
    ? error
    : new S3Error('TransferFailed', error instanceof Error ? error.message : String(error), {
        cause: error,
      });
