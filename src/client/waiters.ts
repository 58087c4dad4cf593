/**
 * Waits until a bucket or an object is there, or is gone: asked again and again, as AWS's waiters ask.
 *
 * botocore, `data/s3/2006-03-01/waiters-2.json`.
 */
import { HeadBucket, HeadObject, type OperationName } from '../model/operations.gen.ts';
import { invalid } from './codec/encode-input.ts';
import { S3Error } from './s3-error.ts';
import type { Sender } from './sender.ts';
import type { ClientInput, Operation } from './types.ts';

export interface Waiter<Name extends OperationName = OperationName> {
  readonly name: string;
  readonly operation: Operation<Name>;
  /** Statuses that end the waiting. */
  readonly ends: readonly number[];
  /** Statuses that say: not yet. Any other is a failure. */
  readonly goesOn: readonly number[];
}

/** A bucket that others own and don't show is there, too. */
export const bucketExists: Waiter<'HeadBucket'> = {
  name: 'bucketExists',
  operation: HeadBucket,
  ends: [200, 301, 403],
  goesOn: [404],
};

export const bucketNotExists: Waiter<'HeadBucket'> = {
  name: 'bucketNotExists',
  operation: HeadBucket,
  ends: [404],
  goesOn: [200],
};

export const objectExists: Waiter<'HeadObject'> = {
  name: 'objectExists',
  operation: HeadObject,
  ends: [200],
  goesOn: [404],
};

export const objectNotExists: Waiter<'HeadObject'> = {
  name: 'objectNotExists',
  operation: HeadObject,
  ends: [404],
  goesOn: [200],
};

export interface WaitOptions {
  /** Milliseconds, requests included; 100,000 if undefined. */
  readonly maxWaitMs?: number | undefined;
  /** Milliseconds between two requests; 5,000 if undefined. */
  readonly delayMs?: number | undefined;
  /** Ends the waiting, which then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const defaultMaxWaitMs = 100_000;
const defaultDelayMs = 5_000;
/** What timers can count. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * `await waitFor(client, objectExists, { Bucket, Key })`
 * @throws S3Error WaiterTimedOut; WaiterFailed for an answer that waiting doesn't change, with the answer as its
 *   cause; what kept a request from an answer; the signal's reason
 */
export async function waitFor<Name extends OperationName>(
  sender: Sender,
  waiter: Waiter<Name>,
  input: ClientInput<Name>,
  options: WaitOptions = {},
): Promise<void> {
  const { maxWaitMs = defaultMaxWaitMs, delayMs = defaultDelayMs, signal } = options;
  assertTime(waiter, 'maxWaitMs', maxWaitMs);
  assertTime(waiter, 'delayMs', delayMs);
  const deadline = AbortSignal.timeout(maxWaitMs);
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  try {
    while (!(await isOver(sender, waiter, input, stop))) await sender.runtime.sleep(delayMs, stop);
  } catch (error) {
    if (error !== deadline.reason) throw error;
    throw new S3Error('WaiterTimedOut', `${waiter.name}: not within ${maxWaitMs} ms`, {
      operation: waiter.operation.name,
    });
  }
}

async function isOver<Name extends OperationName>(
  sender: Sender,
  { name, operation, ends, goesOn }: Waiter<Name>,
  input: ClientInput<Name>,
  signal: AbortSignal,
): Promise<boolean> {
  let status: number;
  let refusal: S3Error | undefined;
  try {
    const { $metadata } = await sender.send(operation, input, { signal });
    status = $metadata.httpStatusCode;
  } catch (error) {
    if (!(error instanceof S3Error) || error.status === 0) throw error;
    status = error.status;
    refusal = error;
  }
  if (ends.includes(status)) return true;
  if (goesOn.includes(status)) return false;
  const { requestId, extendedRequestId } = refusal ?? {};
  throw new S3Error('WaiterFailed', `${name}: the server answered ${status}`, {
    status,
    requestId,
    extendedRequestId,
    operation: operation.name,
    cause: refusal,
  });
}

function assertTime({ operation }: Waiter, name: string, ms: number): void {
  if (ms >= 0 && ms <= maxTimerMs) return;
  throw invalid(operation.name, `${name} must be from 0 to ${maxTimerMs} milliseconds, not ${ms}`);
}
