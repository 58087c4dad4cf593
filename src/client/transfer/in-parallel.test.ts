import { describe, expect, it } from 'vitest';
import { S3Error } from '../s3-error.ts';
import { inParallel } from './in-parallel.ts';

const pieces = (count: number) => Array.from({ length: count }, (_, at) => at).values();
const never = (signal: AbortSignal) =>
  new Promise<void>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );

describe('work in parallel', () => {
  it('is done on every piece, never on more at once than it may', async () => {
    const done: number[] = [];
    let now = 0;
    let most = 0;
    await inParallel(pieces(50), 4, undefined, async (piece) => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      done.push(piece);
    });
    expect(done.sort((a, b) => a - b)).toEqual([...pieces(50)]);
    expect(most).toBe(4);
  });

  it('ends with the first failure, when all others have stopped', async () => {
    const failure = new S3Error('AccessDenied', 'no');
    const stopped: number[] = [];
    const work = async (piece: number, signal: AbortSignal) => {
      if (piece === 2) throw failure;
      await never(signal).finally(() => stopped.push(piece));
    };
    await expect(inParallel(pieces(9), 4, undefined, work)).rejects.toBe(failure);
    expect(stopped.sort()).toEqual([0, 1, 3]);
  });

  it('tells that there were several failures, and which', async () => {
    const failures = [new S3Error('SlowDown', 'busy', { status: 503 }), new Error('no disk')];
    const work = async (piece: number, signal: AbortSignal) => {
      // The second one fails for a reason of its own, when the first has.
      if (piece === 1) await never(signal).catch(() => {});
      throw failures[piece];
    };
    const error = await inParallel(pieces(2), 2, undefined, work).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'TransferFailed', status: 503 });
    expect(((error as S3Error).cause as AggregateError).errors).toMatchObject([
      { code: 'SlowDown' },
      { code: 'TransferFailed', message: 'no disk', cause: failures[1] },
    ]);
  });

  it('ends with the reason of the signal, even while it waits for a piece', async () => {
    const stop = new AbortController();
    const stuck = { next: () => new Promise<IteratorResult<number, void>>(() => {}) };
    const running = inParallel(stuck, 2, stop.signal, async () => {});
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it('doesn’t begin after the signal', async () => {
    const begun: number[] = [];
    const work = async (piece: number) => {
      begun.push(piece);
    };
    const signal = AbortSignal.abort(new Error('early'));
    await expect(inParallel(pieces(3), 2, signal, work)).rejects.toThrow('early');
    expect(begun).toEqual([]);
  });
});
