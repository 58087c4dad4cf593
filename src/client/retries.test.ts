import { describe, expect, it } from 'vitest';
import { createRetry } from './retries.ts';
import { S3RequestError } from './s3-requests.ts';

const { signal } = new AbortController();
const slowDown = () => new S3RequestError(503, 'SlowDown', 'later');
const networkError = (code: string) => Object.assign(new Error(code), { code });

function harness() {
  const pauses: number[] = [];
  const sleep = async (ms: number) => pauses.push(ms);
  return { pauses, retry: createRetry({ sleep, random: () => 1 }) };
}

/** Fails with each of the errors in turn, then answers. */
function failing(...errors: readonly Error[]) {
  let calls = 0;
  return async () => {
    const error = errors[calls++];
    if (error) throw error;
    return calls;
  };
}

describe('a request that failed', () => {
  it('is sent again after pauses that grow, until it is answered', async () => {
    const { retry, pauses } = harness();
    expect(await retry(failing(slowDown(), slowDown(), networkError('ECONNRESET')), signal)).toBe(
      4,
    );
    expect(pauses).toEqual([200, 400, 800]);
  });

  it('is given up in the end, with the last refusal', async () => {
    const { retry, pauses } = harness();
    const work = failing(...Array.from({ length: 20 }, slowDown));
    await expect(retry(work, signal)).rejects.toThrow('SlowDown');
    expect(pauses.length).toBe(7);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(15_000);
  });

  it.each([
    new S3RequestError(403, 'AccessDenied', ''),
    new S3RequestError(404, 'NoSuchBucket', ''),
    new S3RequestError(501, 'NotImplemented', ''),
    new Error('a bug'),
  ])('is not sent again for %s', async (error) => {
    const { retry, pauses } = harness();
    await expect(retry(failing(error), signal)).rejects.toBe(error);
    expect(pauses).toEqual([]);
  });

  it('is not sent again when the server was never reached: its address is wrong', async () => {
    const { retry } = harness();
    const refused = networkError('ECONNREFUSED');
    await expect(retry(failing(refused), signal)).rejects.toBe(refused);
    await retry(failing(), signal);
    expect(await retry(failing(refused), signal)).toBe(2);
  });

  it('is not sent again once it was stopped', async () => {
    const { retry } = harness();
    const stop = new AbortController();
    const work = async () => {
      stop.abort(new Error('stopped'));
      throw slowDown();
    };
    await expect(retry(work, stop.signal)).rejects.toThrow('stopped');
  });
});
