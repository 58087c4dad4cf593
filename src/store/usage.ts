/**
 * How much a bucket holds, exactly: counters that change in the same commit as what they count.
 *
 * Each process adds to a record of its own, so that commits of different processes don't meet; a
 * bucket's usage is the sum over them.
 */
import { usageKey } from './keyspace.ts';
import { type MetaOp, type MetaStore, maxScanLimit } from './meta/port.ts';
import type { Bucket } from './records.ts';

export interface BucketUsage {
  readonly objects: number;
  readonly bytes: number;
  readonly uploads: number;
  readonly parts: number;
  readonly partBytes: number;
  readonly noncurrentVersions: number;
  readonly noncurrentBytes: number;
  /** Current and noncurrent ones. */
  readonly deleteMarkers: number;
  /** Of the annotations of all versions, those that wait to be removed with one included. */
  readonly annotationBytes: number;
}

export interface UsageStore {
  /** Exact as of every commit acknowledged before the call. */
  of(bucket: Bucket): Promise<BucketUsage>;
}

/** The counters of a usage record, in their order on disk. */
const counters = [
  'objects',
  'bytes',
  'uploads',
  'parts',
  'partBytes',
  'noncurrentVersions',
  'noncurrentBytes',
  'deleteMarkers',
  'annotationBytes',
] as const;

export type UsageChange = Partial<Record<(typeof counters)[number], number>>;

/** Undefined where nothing changes. */
export function usageOp(part: Buffer, writer: number, change: UsageChange): MetaOp | undefined {
  const deltas = counters.map((name) => change[name] ?? 0);
  if (deltas.every((delta) => delta === 0)) return undefined;
  return { op: 'add', at: usageKey(part, writer), deltas };
}

/** What the records of all processes come to. */
export function sumUsage(records: readonly Buffer[]): BucketUsage {
  const sums = counters.map(() => 0);
  for (const value of records) {
    for (let i = 0; i * 8 < value.length && i < sums.length; i++) {
      sums[i] = sums[i]! + Number(value.readBigInt64LE(i * 8));
    }
  }
  return Object.fromEntries(counters.map((name, i) => [name, sums[i]!])) as unknown as BucketUsage;
}

export function createUsageStore(meta: MetaStore): UsageStore {
  return {
    async of(bucket: Bucket): Promise<BucketUsage> {
      const page = await meta.scan({ table: 'usage', part: bucket.part, limit: maxScanLimit });
      return sumUsage(page.entries.map(({ value }) => value));
    },
  };
}

/** Two changes as one. */
export function addUsage(a: UsageChange, b: UsageChange): UsageChange {
  // By what changes, which is two counters of eight as a rule.
  const changes = Object.entries(b) as [keyof UsageChange, number][];
  if (changes.length === 0) return a;
  const sum = { ...a };
  for (const [name, by] of changes) sum[name] = (sum[name] ?? 0) + by;
  return sum;
}
