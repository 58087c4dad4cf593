/**
 * Object Lock's rules ("Locking objects with Object Lock" in the S3 user guide): when a version may be
 * removed, how its retention may change, and what a bucket's default makes of a new object.
 */
import { S3Error } from '../../protocol/errors.ts';
import type { ObjectLock } from '../../store/records.ts';

/** The name under which a bucket keeps its default. */
export const defaultRetentionConfig = 'object-lock';

/** A bucket's default: exactly one of days and years. */
export interface DefaultRetention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days?: number;
  readonly years?: number;
}

/** Mode and end of a retention; both or neither. */
export type Retention = Required<Pick<ObjectLock, 'mode' | 'retainUntil'>>;

const dayMs = 24 * 60 * 60 * 1000;
/** S3 sets the same limit for 100 years and 36,500 days. */
const daysPerYear = 365;

/**
 * Whether the version must stay.
 * @param bypass governance, by who may
 */
export function isLocked(lock: ObjectLock | undefined, now: number, bypass = false): boolean {
  if (lock === undefined) return false;
  if (lock.legalHold === 'ON') return true;
  return isRetained(lock, now) && !(bypass && lock.mode === 'GOVERNANCE');
}

function isRetained({ retainUntil }: ObjectLock, now: number): boolean {
  return retainUntil !== undefined && retainUntil > now;
}

/** @throws S3Error AccessDenied */
export function assertRemovable(lock: ObjectLock | undefined, now: number, bypass: boolean): void {
  if (isLocked(lock, now, bypass)) throw protectedByLock();
}

/**
 * Compliance can only be extended; governance can be extended by all who may set it, and shortened,
 * removed or turned into the other mode by who may bypass it.
 * @param next undefined to remove the retention
 * @throws S3Error AccessDenied
 */
export function assertRetentionChange(
  lock: ObjectLock | undefined,
  next: Retention | undefined,
  now: number,
  bypass: boolean,
): void {
  if (lock === undefined || !isRetained(lock, now)) return;
  const keeps =
    next !== undefined && next.mode === lock.mode && next.retainUntil >= lock.retainUntil!;
  if (keeps || (bypass && lock.mode === 'GOVERNANCE')) return;
  throw protectedByLock();
}

/** The lock of an object that is made now; what was asked for it outranks the default. */
export function withDefault(
  lock: ObjectLock | undefined,
  retention: DefaultRetention | undefined,
  now: number,
): ObjectLock | undefined {
  if (retention === undefined || lock?.mode !== undefined) return lock;
  const { mode, days, years } = retention;
  const length = days ?? years! * daysPerYear;
  return { ...lock, mode, retainUntil: now + length * dayMs };
}

function protectedByLock(): S3Error {
  return new S3Error('AccessDenied', {
    message: 'Access Denied because object protected by object lock.',
  });
}
