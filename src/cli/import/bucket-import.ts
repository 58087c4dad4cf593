/** A bucket made like another one, but for its objects: settings that objects need before them, the others after. */
import { S3Error } from '../../client/s3-error.ts';
import type { AccountNumbers } from './account-numbers.ts';
import {
  type BucketAt,
  type BucketSetting,
  bucketSettings,
  leftSettings,
} from './bucket-settings.ts';
import type { Report } from './report.ts';

export interface BucketPair {
  readonly source: BucketAt;
  readonly target: BucketAt;
  /** Settings of the source, by name; those it hasn't are missing. */
  readonly settings: ReadonlyMap<string, unknown>;
  readonly hasLock: boolean;
  /** Whether the target has it, or would have it. */
  readonly isThere: boolean;
}

/** What servers answer that don't have a setting at all. */
const unsupported = new Set([
  'MethodNotAllowed',
  'NotImplemented',
  'UnsupportedOperation',
  'XNotImplemented',
]);

const hasNone = (error: unknown, absent: string | undefined): boolean =>
  error instanceof S3Error &&
  (error.code === absent ||
    unsupported.has(error.code) ||
    error.status === 405 ||
    error.status === 501);

/** Servers that don't know a question may answer another one. */
const isOther = (error: unknown): error is S3Error =>
  error instanceof S3Error && error.code === 'MalformedResponse';

/** Reads all that the source tells of a bucket, and tells what doesn't come over; undefined if none of it can. */
export async function readBucket(
  source: BucketAt,
  target: BucketAt,
  report: Report,
): Promise<BucketPair | undefined> {
  const { Bucket, signal } = source;
  await source.client.headBucket({ Bucket }, { signal });
  const settings = new Map<string, unknown>();
  for (const { name, read, absent, isNeeded } of bucketSettings) {
    try {
      const value = await read(source);
      if (value !== undefined && value !== '') settings.set(name, value);
    } catch (error) {
      if (isOther(error))
        report.left(name, Bucket, `the source tells something else: ${error.message}`);
      else if (!hasNone(error, absent)) {
        report.failed(`bucket:${name}`, Bucket, error);
        if (isNeeded) return tellNeeded(name, Bucket, report);
      }
    }
  }
  for (const { name, why, isThere } of leftSettings) {
    try {
      if (await isThere(source)) report.left(name, Bucket, why);
    } catch (error) {
      if (!(error instanceof S3Error) || error.status === 0 || error.status === 403) {
        report.failed(`bucket:${name}`, Bucket, error);
      }
    }
  }
  const hasLock = await hasObjectLock(source);
  const isThere = await target.client.headBucket({ Bucket }, { signal }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof S3Error && error.status === 404) return false;
      throw error;
    },
  );
  return { source, target, settings, hasLock, isThere };
}

function tellNeeded(name: string, bucket: string, report: Report): undefined {
  report.left(
    'bucket',
    bucket,
    `without its ${name} its objects would be less safe than they were`,
  );
}

async function hasObjectLock({ client, Bucket, signal }: BucketAt): Promise<boolean> {
  try {
    const answer = await client.getObjectLockConfiguration({ Bucket }, { signal });
    return answer.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
  } catch (error) {
    if (hasNone(error, 'ObjectLockConfigurationNotFoundError')) return false;
    throw error;
  }
}

/** Makes the bucket if it is missing. Tells whether its objects can come. */
export async function makeBucket(pair: BucketPair, report: Report): Promise<boolean> {
  const { target, hasLock, isThere } = pair;
  const { client, Bucket, signal } = target;
  if (!isThere) {
    const text = `make the bucket ${Bucket}${hasLock ? ', with object lock' : ''}`;
    return report.step({ kind: 'bucket', name: Bucket, text }, () =>
      client.createBucket({ Bucket, ObjectLockEnabledForBucket: hasLock || undefined }, { signal }),
    );
  }
  report.there();
  if (!hasLock || (await hasObjectLock(target))) return true;
  const text = `turn on object lock of the bucket ${Bucket}`;
  return report.step({ kind: 'bucket:objectLock', name: Bucket, text }, async () => {
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await client.putBucketVersioning({ Bucket, VersioningConfiguration }, { signal });
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled' as const };
    await client.putObjectLockConfiguration({ Bucket, ObjectLockConfiguration }, { signal });
  });
}

/**
 * Sets what the target hasn't, or has otherwise; settings that only the target has stay.
 * @returns false if the bucket lacks what it needs
 */
export async function writeSettings(
  pair: BucketPair,
  phase: BucketSetting['phase'],
  { report, numbers }: { readonly report: Report; readonly numbers: AccountNumbers },
  instead: ReadonlyMap<string, unknown> = new Map(),
): Promise<boolean> {
  const { target, settings } = pair;
  const { Bucket } = target;
  const context = { report, numbers, others: settings };
  for (const setting of bucketSettings) {
    const { name } = setting;
    if (setting.phase !== phase && !instead.has(name)) continue;
    const found = instead.get(name) ?? settings.get(name);
    const value =
      found === undefined || setting.coming === undefined
        ? found
        : setting.coming(found as never, Bucket, context);
    if (value === undefined) continue;
    if (pair.isThere && same(await valueIn(target, setting), value)) {
      report.there();
      continue;
    }
    const isSet = await report.step(
      { kind: `bucket:${name}`, name: Bucket, text: `set ${name} of the bucket ${Bucket}` },
      () => setting.write(target, value as never),
    );
    if (!isSet && setting.isNeeded) {
      tellNeeded(name, Bucket, report);
      return false;
    }
  }
  return true;
}

async function valueIn(target: BucketAt, { read }: BucketSetting): Promise<unknown> {
  try {
    return await read(target);
  } catch (error) {
    target.signal.throwIfAborted();
    // What can't be compared is set.
    if (error instanceof S3Error && error.status !== 0) return undefined;
    throw error;
  }
}

/** Whatever the order of members. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  entries.sort(([x], [y]) => (x < y ? -1 : 1));
  return Object.fromEntries(entries.map(([name, held]) => [name, sorted(held)]));
}
