/**
 * Why a signature did not hold, for the log: worked out when the answer is over, so that no client sees it or waits for
 * it, and for so many a second only, since it costs some hundred signatures.
 */
import {
  type Diagnosis,
  type DiagnosisContext,
  diagnoseSignature,
} from '../protocol/diagnosis/diagnosis.ts';
import { S3Error } from '../protocol/errors.ts';
import type { RequestTarget, WireRequest } from '../protocol/request.ts';
import type { SignatureClaim } from '../protocol/signature.ts';

interface Mismatched {
  readonly claim: SignatureClaim;
  readonly request: WireRequest;
  readonly target: RequestTarget;
  readonly secrets: readonly string[];
}

const mismatches = new WeakMap<object, Mismatched>();

/** Keeps, with the error, what it takes to look into it. */
export function rememberMismatch(thrown: unknown, mismatched: Mismatched): void {
  if (thrown instanceof S3Error && thrown.code === 'SignatureDoesNotMatch') {
    mismatches.set(thrown, mismatched);
  }
}

/** Each takes about a millisecond. */
export const maxDiagnosesPerSecond = 4;

export interface DiagnoserDeps extends Pick<DiagnosisContext, 'domains' | 'region' | 'ports'> {
  /** Milliseconds, never going back. */
  readonly monotonicNow: () => number;
}

/** @returns undefined for what is no error of a signature, or beyond the limit */
export type Diagnose = (thrown: unknown) => Diagnosis | undefined;

export function createDiagnoser({ monotonicNow, ...known }: DiagnoserDeps): Diagnose {
  let second = 0;
  let left = maxDiagnosesPerSecond;
  return (thrown) => {
    if (!(thrown instanceof S3Error)) return undefined;
    if (thrown.code === 'RequestTimeTooSkewed') return skewOf(thrown);
    const mismatched = mismatches.get(thrown);
    if (mismatched === undefined) return undefined;
    const now = Math.floor(monotonicNow() / 1000);
    if (now !== second) left = maxDiagnosesPerSecond;
    second = now;
    if (left === 0) return undefined;
    left--;
    const { claim, request, secrets, target } = mismatched;
    const { bucket, bucketInHost } = target;
    return diagnoseSignature(claim, request, { ...known, secrets, bucket, bucketInHost });
  };
}

function skewOf({ fields }: S3Error): Diagnosis | undefined {
  const { RequestTime: theirs = '', ServerTime: ours = '' } = fields ?? {};
  const says = `the client says that it is ${theirs}, and the server's clock says ${ours}: one of the clocks is wrong`;
  return { cause: 'clock', says };
}
