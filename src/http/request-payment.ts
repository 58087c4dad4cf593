/**
 * Requester Pays buckets at the edge ("Using Requester Pays general purpose buckets" in the S3 user guide):
 * whoever isn't the owner has to say that he knows, and anonymous requests are refused. Nobody is billed
 * here; the requirement and the answer's header are what clients see of it.
 */
import { requestPaymentConfig } from '../operations/bucket-config/request-payment.ts';
import { S3Error } from '../protocol/errors.ts';
import { headersOf } from '../protocol/hoisted-headers.ts';
import type { WireRequest } from '../protocol/request.ts';
import type { Bucket } from '../store/records.ts';
import type { Asked } from './authorise.ts';

/** For the answer to a request that its sender pays for. */
export const requestCharged: readonly string[] = ['x-amz-request-charged', 'requester'];

/**
 * Whether the requester is charged.
 * @throws S3Error AccessDenied for requesters who don't agree to pay, or can't
 */
export function requesterPays(bucket: Bucket, request: WireRequest, asked: Asked): boolean {
  if (bucket.configured?.includes(requestPaymentConfig) !== true) return false;
  const { caller } = asked;
  if (caller.kind === 'account') {
    const { accountId, root } = caller.account;
    if (root || accountId === bucket.acl.owner) return false;
    if (headersOf(request).get('x-amz-request-payer')?.trim().toLowerCase() === 'requester') {
      return true;
    }
  }
  asked.denied('the requester pays in this bucket, and the request does not say so');
  throw new S3Error('AccessDenied');
}
