/** What a request is about, and whether its caller may: the step of the pipeline that the explainer takes, too. */
import type { Caller } from '../identity/identity.ts';
import { rulesOf } from '../operations/access-rules.ts';
import type { Operation } from '../operations/operation.ts';
import { assertKey } from '../protocol/names.ts';
import { queryValue } from '../protocol/query.ts';
import type { RequestTarget, WireRequest } from '../protocol/request.ts';
import { assertVersionId } from '../protocol/version-id.ts';
import type { Bucket, StoredObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import {
  type Asked,
  authorise,
  authoriseAccount,
  authoriseBeside,
  authorisedObject,
  isActing,
  rightTo,
} from './authorise.ts';
import type { Exchange } from './exchange.ts';
import type { OperationParameters } from './parameters.ts';
import type { RequestFacts } from './policy-request.ts';

export interface NamedResource {
  readonly bucket: string;
  readonly key: string | undefined;
  readonly versionId: string | undefined;
}

/** As a request asks that is under way: what is found out on the way is told in its log line. */
export const askedIn = (
  exchange: Exchange,
  store: Store,
  caller: Caller,
  facts: RequestFacts,
): Asked => ({
  caller,
  store,
  facts,
  denied: (reason) => {
    exchange.reason = reason;
  },
  neededAcl: () => {
    exchange.aclRequired = true;
  },
});

/** What an operation on a bucket or object is about; undefined for operations on the account. */
export function nameResource(
  operation: Operation,
  { bucket, key }: RequestTarget,
  { query }: WireRequest,
  { hasVersionId }: Pick<OperationParameters, 'hasVersionId'>,
): NamedResource | undefined {
  if (key !== undefined) assertKey(key);
  if (operation.access.on === 'account') return undefined;
  if (bucket === undefined) throw new Error(`${operation.name} was routed without a bucket`);
  const versionId = hasVersionId && query.length > 0 ? queryValue(query, 'versionId') : undefined;
  if (versionId !== undefined) assertVersionId(versionId);
  return { bucket, key, versionId };
}

/** @throws S3Error unless the caller may; the object that the operation is on, if it is on one. */
export function authoriseRequest(
  { name, access }: Operation,
  addressed: RequestTarget & { readonly namespace: string },
  bucket: Bucket | undefined,
  named: NamedResource | undefined,
  asked: Asked,
): StoredObject | undefined | Promise<StoredObject> {
  if (access.on === 'account') {
    authoriseAccount(access.action, addressed, asked);
    return undefined;
  }
  if (bucket === undefined || named === undefined) throw new Error(`${name} has no bucket`);
  const { key, versionId } = named;
  if (access.on === 'object') {
    if (key === undefined) throw new Error(`${name} was routed without a key`);
    return authorisedObject(access, { bucket, key, versionId }, asked);
  }
  const isAskedOfEach = rulesOf(bucket)?.policy !== undefined || isActing(asked.caller);
  if (access.eachKey && isAskedOfEach) return undefined;
  const target = { bucket, key, versionId };
  authorise(rightTo(access, versionId), target, asked);
  authoriseBeside(access, target, asked);
  return undefined;
}
