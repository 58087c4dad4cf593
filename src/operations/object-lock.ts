/**
 * Object Lock in requests and answers: the `x-amz-object-lock-*` headers, the bucket's default, and what
 * removing a version has to respect. The rules themselves are in `features/object-lock/rules.ts`.
 */
import {
  assertRemovable,
  type DefaultRetention,
  defaultRetentionConfig,
  withDefault,
} from '../features/object-lock/rules.ts';
import type { CreateMultipartUploadRequest, GetObjectOutput } from '../model/types.gen.ts';
import { S3Error } from '../protocol/errors.ts';
import type { Bucket, ObjectLock, StoredObject, StoredVersion } from '../store/records.ts';
import type { OperationContext } from './operation.ts';

/** For `accepts`. */
export const objectLockMembers = [
  'ObjectLockLegalHoldStatus',
  'ObjectLockMode',
  'ObjectLockRetainUntilDate',
] as const satisfies readonly (keyof CreateMultipartUploadRequest)[];

export type ObjectLockInput = Pick<
  CreateMultipartUploadRequest,
  'Key' | (typeof objectLockMembers)[number]
>;

/** @throws S3Error InvalidRequest */
export function assertObjectLock({ objectLock }: Bucket): void {
  if (objectLock) return;
  throw new S3Error('InvalidRequest', {
    message: 'Bucket is missing Object Lock Configuration',
  });
}

/** @throws S3Error InvalidArgument unless it is still to come */
export function assertInFuture(retainUntil: Date, now: number): void {
  if (retainUntil.getTime() > now) return;
  throw new S3Error('InvalidArgument', {
    message: 'The retain until date must be in the future!',
    fields: { ArgumentName: 'RetainUntilDate', ArgumentValue: retainUntil.toISOString() },
  });
}

function asksForLock(input: ObjectLockInput): boolean {
  return objectLockMembers.some((member) => input[member] !== undefined);
}

/** The lock that a new object gets: as asked for, and the bucket's default for what isn't. */
export function lockOfNew(
  input: ObjectLockInput,
  context: OperationContext,
): ObjectLock | undefined | Promise<ObjectLock | undefined> {
  if (!context.bucket.objectLock && !asksForLock(input)) return undefined;
  return requestedLock(input, context).then((lock) => lockWithDefault(lock, context));
}

/**
 * What the headers ask for.
 * @throws S3Error InvalidRequest, InvalidArgument, AccessDenied
 */
export async function requestedLock(
  input: ObjectLockInput,
  context: OperationContext,
): Promise<ObjectLock | undefined> {
  if (!asksForLock(input)) return undefined;
  const { bucket } = context;
  assertObjectLock(bucket);
  const {
    Key,
    ObjectLockMode: mode,
    ObjectLockRetainUntilDate: until,
    ObjectLockLegalHoldStatus: legalHold,
  } = input;
  if ((mode === undefined) !== (until === undefined)) {
    throw new S3Error('InvalidArgument', {
      message:
        'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    });
  }
  if (until !== undefined) assertInFuture(until, context.now());
  if (mode !== undefined && !(await context.may('s3:PutObjectRetention', Key))) {
    throw new S3Error('AccessDenied');
  }
  if (legalHold !== undefined && !(await context.may('s3:PutObjectLegalHold', Key))) {
    throw new S3Error('AccessDenied');
  }
  return { mode, retainUntil: until?.getTime(), legalHold };
}

/** For an object that is made now. */
export async function lockWithDefault(
  lock: ObjectLock | undefined,
  { bucket, now, store }: OperationContext,
): Promise<ObjectLock | undefined> {
  if (!bucket.objectLock) return lock;
  const retention = await store.buckets.config<DefaultRetention>(bucket, defaultRetentionConfig);
  return withDefault(lock, retention, now());
}

type LockOutput = Pick<GetObjectOutput, (typeof objectLockMembers)[number]>;

/** Shown to those who may read each of it. */
export async function lockOutput(
  object: StoredObject,
  context: OperationContext,
): Promise<LockOutput> {
  const { key, lock = {} } = object;
  const { mode, retainUntil, legalHold } = lock;
  const showsRetention =
    mode !== undefined && (await context.may('s3:GetObjectRetention', key, object));
  const showsHold =
    legalHold !== undefined && (await context.may('s3:GetObjectLegalHold', key, object));
  return {
    ...(showsRetention
      ? { ObjectLockMode: mode, ObjectLockRetainUntilDate: new Date(retainUntil!) }
      : {}),
    ...(showsHold ? { ObjectLockLegalHoldStatus: legalHold } : {}),
  };
}

/** Whether the request is to pass over governance, and may. */
export async function bypassesGovernance(
  asked: boolean | undefined,
  key: string,
  context: OperationContext,
): Promise<boolean> {
  return asked === true && (await context.may('s3:BypassGovernanceRetention', key));
}

/** Refuses to remove a version that is locked, as a precondition of the store. */
export function unlessLocked(
  bypass: boolean,
  now: () => number,
): (version: StoredVersion | undefined) => void {
  return (version) => {
    if (version === undefined || version.deleteMarker) return;
    assertRemovable(version.lock, now(), bypass);
  };
}
