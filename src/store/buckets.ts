/**
 * Buckets by namespace and name.
 *
 * Every commit that puts something into a bucket guards on the bucket's record, so that a bucket
 * can only go when nothing was put meanwhile: DeleteBucket marks the record, looks for what is
 * left, and removes the record if the mark still stands; a put takes the mark away.
 */
import { type Plan, transact } from './commit.ts';
import { BucketGoneError, TenantClosedError } from './errors.ts';
import { garbageOp } from './garbage.ts';
import type { IdSource } from './ids.ts';
import { bucketKey, bucketPrefix, configKey } from './keyspace.ts';
import {
  type CommitResult,
  keyAfter,
  keyAfterPrefix,
  type MetaOp,
  type MetaRecord,
  type MetaStore,
  maxScanLimit,
  scanPages,
} from './meta/port.ts';
import { birthQuotas, farewellOps } from './quota-records.ts';
import { createRecordCache } from './record-cache.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { Bucket, BucketRecord } from './records.ts';
import type { BucketStore } from './store.ts';

const noPart = Buffer.alloc(0);

/** A configuration as of a sequence number of its bucket's record, which changes with it. */
interface CachedConfig {
  readonly bucketSeq: number;
  readonly value: object;
}

/** Told of each lookup in a cache: whether what was asked for was there. */
export type OnLookup = (cache: 'bucket' | 'configuration', hit: boolean) => void;

/** Buckets kept decoded; beyond, all are forgotten and read again. */
const maxCachedBuckets = 10_000;
/** Records larger than this are not kept decoded: a hundred grants fit. */
const maxCachedBucketBytes = 16 * 1024;
/** Configurations kept decoded; beyond, all are forgotten and read again. */
const maxCachedConfigs = 1_000;

export function bucketOf(record: MetaRecord): Bucket {
  const bucket = decodeRecord<BucketRecord>(record.value);
  return { ...bucket, seq: record.seq, part: Buffer.from(bucket.id, 'hex') };
}

/** The record without what `bucketOf` adds. */
function recordOf(bucket: BucketRecord): BucketRecord {
  const { seq: _seq, part: _part, deleting: _deleting, ...record } = bucket as Bucket;
  return record;
}

/**
 * Plans commits into a bucket: the first op of each holds the bucket in place.
 * @throws BucketGoneError if the bucket was removed, or removed and made again.
 */
export async function transactInBucket<T>(
  meta: MetaStore,
  bucket: Bucket,
  plan: (
    now: Bucket,
    holdBucket: MetaOp,
    conflict: Extract<CommitResult, { committed: false }> | undefined,
  ) => Promise<Plan<T>>,
): Promise<T> {
  let now = bucket;
  return transact(meta, (conflict) => {
    if (conflict?.failedOp === 0) {
      if (conflict.current === undefined) throw new BucketGoneError(bucket.name);
      now = bucketOf(conflict.current);
      if (now.id !== bucket.id) throw new BucketGoneError(bucket.name);
    }
    return plan(now, holdBucketOp(now), conflict);
  });
}

/** The record with something changed. */
export const changedRecord = (
  bucket: Bucket,
  change: Partial<Pick<BucketRecord, 'limits' | 'quotas'>>,
): BucketRecord => ({ ...recordOf(bucket), ...change });

/** Keeps the bucket as it was read while a commit changes what it holds. */
export function holdBucketOp(bucket: Bucket): MetaOp {
  const at = bucketKey(bucket.namespace, bucket.name);
  const guard = { seq: bucket.seq };
  if (!bucket.deleting) return { op: 'check', at, guard };
  return { op: 'put', at, value: encodeRecord(recordOf(bucket)), guard };
}

export function createBucketStore(deps: {
  readonly meta: MetaStore;
  readonly ids: IdSource;
  readonly now: () => number;
  readonly onLookup?: OnLookup | undefined;
}): BucketStore {
  const { meta, ids, onLookup } = deps;
  const configs = new Map<string, CachedConfig>();
  /** Every request loads its bucket. */
  const buckets = createRecordCache<Bucket>({
    meta,
    decode: bucketOf,
    maxRecords: maxCachedBuckets,
    maxRecordBytes: maxCachedBucketBytes,
    onLookup: onLookup && ((hit) => onLookup('bucket', hit)),
  });

  const load = async (namespace: string, name: string): Promise<Bucket | undefined> => {
    const record = await meta.get(bucketKey(namespace, name));
    return record === undefined ? undefined : bucketOf(record);
  };

  const isEmpty = async (bucket: Bucket): Promise<boolean> => {
    for (const table of ['object', 'marker', 'version'] as const) {
      const page = await meta.scan({ table, part: bucket.part, limit: 1 });
      if (page.entries.length > 0) return false;
    }
    return true;
  };

  return {
    get: (namespace, name) => buckets.get(`${namespace}/${name}`, () => bucketKey(namespace, name)),

    create(init, configs = {}) {
      const at = bucketKey(init.namespace, init.name);
      return transact<Awaited<ReturnType<BucketStore['create']>>>(meta, async () => {
        const taken = await load(init.namespace, init.name);
        if (taken !== undefined) return { done: { created: false, bucket: taken } };
        const { namespace, acl } = init;
        const birth = await birthQuotas(meta, { namespace, owner: acl.owner });
        if (birth.closed !== undefined) throw new TenantClosedError(birth.closed);
        const bucket: BucketRecord = {
          ...init,
          ...(birth.quotas.length > 0 && { quotas: birth.quotas }),
          id: ids.short(),
          createdAt: deps.now(),
        };
        const named = Object.entries(configs);
        const record =
          named.length === 0 ? bucket : { ...bucket, configured: named.map(([name]) => name) };
        const part = Buffer.from(bucket.id, 'hex');
        return {
          ops: [
            { op: 'put', at, value: encodeRecord(record), guard: { absent: true } },
            ...birth.guards,
            ...named.map(
              ([name, value]): MetaOp => ({
                op: 'put',
                at: configKey(part, name),
                value: encodeRecord(value),
              }),
            ),
          ],
          result: { created: true, bucket },
        };
      });
    },

    update(bucket, change) {
      const at = bucketKey(bucket.namespace, bucket.name);
      return transact<BucketRecord | undefined>(meta, async () => {
        const now = await load(bucket.namespace, bucket.name);
        if (now?.id !== bucket.id) return { done: undefined };
        const changed = change(recordOf(now));
        return {
          ops: [{ op: 'put', at, value: encodeRecord(changed), guard: { seq: now.seq } }],
          result: changed,
        };
      });
    },

    config<T extends object>(bucket: Bucket, name: string) {
      if (!bucket.configured?.includes(name)) return undefined;
      const id = `${bucket.id}/${name}`;
      const cached = configs.get(id);
      const hit = cached?.bucketSeq === bucket.seq;
      onLookup?.('configuration', hit);
      if (hit) return cached.value as T;
      const keep = (record: MetaRecord | undefined): T | undefined => {
        if (record === undefined) return undefined;
        const value = decodeRecord<T>(record.value);
        if (configs.size >= maxCachedConfigs) configs.clear();
        configs.set(id, { bucketSeq: bucket.seq, value });
        return value;
      };
      const record = meta.get(configKey(bucket.part, name));
      return record instanceof Promise ? record.then(keep) : keep(record);
    },

    setConfig(bucket, name, value, change = (now) => now) {
      const at = bucketKey(bucket.namespace, bucket.name);
      const configAt = configKey(bucket.part, name);
      return transact<BucketRecord | undefined>(meta, async () => {
        const now = await load(bucket.namespace, bucket.name);
        if (now?.id !== bucket.id) return { done: undefined };
        const others = (now.configured ?? []).filter((one) => one !== name);
        const configured = value === undefined ? others : [...others, name];
        const changed = change({ ...recordOf(now), configured });
        const guard = { seq: now.seq };
        return {
          ops: [
            { op: 'put', at, value: encodeRecord(changed), guard },
            value === undefined
              ? { op: 'delete', at: configAt }
              : { op: 'put', at: configAt, value: encodeRecord(value) },
          ],
          result: changed,
        };
      });
    },

    async remove(bucket) {
      const at = bucketKey(bucket.namespace, bucket.name);
      return transact<'removed' | 'not-empty' | 'absent'>(meta, async () => {
        const now = await load(bucket.namespace, bucket.name);
        if (now?.id !== bucket.id) return { done: 'absent' };
        if (!(await isEmpty(now))) return { done: 'not-empty' };
        const mark = encodeRecord({ ...recordOf(now), deleting: true });
        const marked = await meta.commit([{ op: 'put', at, value: mark, guard: { seq: now.seq } }]);
        const held = marked.committed ? await load(bucket.namespace, bucket.name) : undefined;
        if (held?.id !== bucket.id || !held.deleting || !(await isEmpty(held))) {
          return { ops: [{ op: 'check', at, guard: { absent: true } }], result: 'absent' };
        }
        return {
          ops: [
            { op: 'delete', at, guard: { seq: held.seq } },
            // Whatever is counted meanwhile takes the mark away.
            ...(await farewellOps(meta, held)),
            garbageOp(ids, { kind: 'bucket', bucket: bucket.id }),
          ],
          result: 'removed',
        };
      });
    },

    async list({ namespace, owner, prefix = '', after, limit }) {
      const start = bucketPrefix(namespace, prefix);
      const to = keyAfterPrefix(start);
      let from = start;
      if (after !== undefined) {
        const next = keyAfter(bucketPrefix(namespace, after));
        if (Buffer.compare(next, from) > 0) from = next;
      }
      const buckets: Bucket[] = [];
      const range = { table: 'bucket', part: noPart, from, to, limit: maxScanLimit } as const;
      for await (const records of scanPages(meta, range)) {
        for (const record of records) {
          const bucket = bucketOf(record);
          if (owner !== undefined && bucket.acl.owner !== owner) continue;
          if (buckets.length === limit) return { buckets, more: true };
          buckets.push(bucket);
        }
      }
      return { buckets, more: false };
    },
  };
}
