/**
 * Quotas: how much a bucket, an account's buckets or a namespace's may hold, exactly, whichever processes write.
 *
 * Each has a record with its limits and one with its counters. The limits also stand in the record of every bucket
 * that they hold for, where commits guard on them (quota-ops.ts). To set a quota:
 *
 * 1. its record is put, so that buckets which are made from now on begin with it;
 * 2. every bucket gets it, so that from now on every commit is counted;
 * 3. at one moment, what the buckets hold is summed up and compared with what was counted; the difference is
 *    added. It doesn't matter what is counted between that moment and the addition, so nobody has to wait.
 *
 * After the third step the counters are exact and the limits hold. Where somebody is interrupted, the next server
 * that starts goes on (`finish`). Each step guards on the quota's record: of two who set it at once, the first gives
 * up.
 */
import { checkQuota, type Quota } from '../limits/shapes.ts';
import { bucketOf, changedRecord } from './buckets.ts';
import { BucketGoneError, ContentionError } from './errors.ts';
import { bucketKey, bucketPrefix, quotaKey, systemKey } from './keyspace.ts';
import {
  keyAfter,
  keyAfterPrefix,
  type MetaOp,
  type MetaRecord,
  type MetaStore,
  maxScanLimit,
  scanPages,
} from './meta/port.ts';
import { countedOf, type QuotaUsage, quotaUsage } from './quota-ops.ts';
import {
  heldQuota,
  type QuotaRecord,
  type QuotaScope,
  quotaRecordPrefix,
  recordKey,
  scopeName,
  type TenantScope,
  tenantNamed,
} from './quota-records.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { Bucket, HeldQuota } from './records.ts';
import { sumUsage } from './usage.ts';
import { unchanged } from './versions.ts';

export interface QuotaState {
  readonly quota: Quota;
  readonly used: QuotaUsage;
  /** False while it is being set: what is stored already may not be counted yet. */
  readonly exact: boolean;
}

export interface QuotaStore {
  /** Undefined for what has none. */
  get(scope: QuotaScope): Promise<QuotaState | undefined>;
  /**
   * Sets a quota, or takes it away (undefined). When it resolves, it holds; what is there already stays, even if it
   * is more.
   * @throws InvalidLimitError; ContentionError if somebody else set it meanwhile, BucketGoneError
   */
  set(scope: QuotaScope, quota: Quota | undefined): Promise<void>;
  /** Goes on with quotas that somebody has begun to set or to take away. */
  finish(): Promise<void>;
  /** What there is, counted now, whether there is a quota or not. */
  used(scope: QuotaScope): Promise<QuotaUsage & { readonly buckets: number }>;
  /** Nobody makes a bucket there any more; false, and nothing changed, if there are any. */
  close(tenant: TenantScope): Promise<boolean>;
  open(tenant: TenantScope): Promise<void>;
  /** All that are closed. */
  closed(): Promise<readonly TenantScope[]>;
}

/** Buckets that get a quota at once. */
const concurrency = 32;
/** Times that buckets may come and go while they are summed up. */
const maxLooks = 100;
/** Records of buckets in one range of a look: as many again may come meanwhile. */
const bucketsPerRange = maxScanLimit / 2;
const noPart = Buffer.alloc(0);

export function createQuotaStore(meta: MetaStore): QuotaStore {
  const load = async (scope: string) => {
    const found = await meta.get(recordKey(scope));
    return found && { ...decodeRecord<QuotaRecord>(found.value), seq: found.seq };
  };

  /** @returns the sequence number of what is there then */
  const replace = async (
    scope: string,
    before: { readonly seq: number } | undefined,
    record: QuotaRecord,
    more: readonly MetaOp[] = [],
  ): Promise<number> => {
    const at = recordKey(scope);
    const put = { op: 'put', at, value: encodeRecord(record), guard: unchanged(before) } as const;
    const { committed } = await meta.commit([put, ...more]);
    const after = committed ? await meta.seqOf(at) : undefined;
    if (after === undefined) throw overtaken(scope);
    return after;
  };

  const isMember = (scope: QuotaScope, bucket: Bucket): boolean => {
    if ('bucket' in scope) return bucket.id === scope.bucket.id;
    return 'account' in scope ? bucket.acl.owner === scope.account : true;
  };

  const rangeOf = (scope: QuotaScope) => {
    if ('account' in scope) return { from: undefined, to: undefined };
    if ('bucket' in scope) {
      const { key } = bucketKey(scope.bucket.namespace, scope.bucket.name);
      return { from: key, to: keyAfter(key) };
    }
    const from = bucketPrefix(scope.namespace, '');
    return { from, to: keyAfterPrefix(from) };
  };

  async function* allRecords() {
    const { table, part, key } = systemKey(quotaRecordPrefix);
    const range = { table, part, from: key, to: keyAfterPrefix(key), limit: maxScanLimit };
    for await (const page of scanPages(meta, range)) {
      for (const { key: at, value } of page) {
        const name = at.subarray(key.length).toString();
        yield { name, record: decodeRecord<QuotaRecord>(value) };
      }
    }
  }

  const hasBuckets = async (tenant: TenantScope): Promise<boolean> => {
    const range = {
      table: 'bucket',
      part: noPart,
      ...rangeOf(tenant),
      limit: maxScanLimit,
    } as const;
    for await (const page of scanPages(meta, range)) {
      if (page.some((record) => isMember(tenant, bucketOf(record)))) return true;
    }
    return false;
  };

  /** All buckets that there are in the scope's range, and the bounds of pieces of it. */
  const survey = async (scope: QuotaScope) => {
    const { from, to } = rangeOf(scope);
    const records: MetaRecord[] = [];
    const range = { table: 'bucket', part: noPart, from, to, limit: maxScanLimit } as const;
    for await (const page of scanPages(meta, range)) records.push(...page);
    const bounds: (Buffer | undefined)[] = [from];
    for (let at = bucketsPerRange; at < records.length; at += bucketsPerRange) {
      bounds.push(records[at]!.key);
    }
    const ranges = bounds.map((start, i) => ({
      table: 'bucket' as const,
      part: noPart,
      from: start,
      to: i + 1 < bounds.length ? bounds[i + 1] : to,
      limit: maxScanLimit,
    }));
    return { buckets: records.map(bucketOf).filter((one) => isMember(scope, one)), ranges };
  };

  /** The buckets of a scope, what they hold and what is counted, all as of one moment. */
  const look = async (scope: QuotaScope) => {
    const { key } = quotaKey(scopeName(scope));
    const counters = {
      table: 'usage',
      part: noPart,
      from: key,
      to: keyAfter(key),
      limit: 1,
    } as const;
    for (let attempt = 0; attempt < maxLooks; attempt++) {
      const { buckets, ranges } = await survey(scope);
      const pages = await meta.scanMany([
        ...ranges,
        counters,
        ...buckets.map(({ part }) => ({ table: 'usage' as const, part, limit: maxScanLimit })),
      ]);
      const found = pages.slice(0, ranges.length).flatMap(({ entries }) => entries.map(bucketOf));
      const now = found.filter((one) => isMember(scope, one));
      const ids = (list: readonly Bucket[]) => list.map(({ id }) => id).join();
      const isWhole = pages.slice(0, ranges.length).every(({ more }) => !more);
      if (!isWhole || ids(now) !== ids(buckets)) continue;
      const [counted, ...usage] = pages.slice(ranges.length);
      const sums = usage.map(({ entries }) => countedOf(sumUsage(entries.map((one) => one.value))));
      return {
        buckets: now,
        counted: quotaUsage(counted!.entries[0]?.value),
        used: {
          bytes: sums.reduce((sum, { bytes }) => sum + bytes, 0),
          objects: sums.reduce((sum, { objects }) => sum + objects, 0),
        },
      };
    }
    throw new ContentionError(`buckets came and went ${maxLooks} times while they were counted`);
  };

  /** Gives a bucket the quota, or takes it away, unless it is so already. */
  const mark = async (
    { namespace, name, id }: Bucket,
    scope: string,
    seq: number,
    held: HeldQuota | undefined,
  ): Promise<void> => {
    const at = bucketKey(namespace, name);
    for (let attempt = 0; attempt < maxLooks; attempt++) {
      const record = await meta.get(at);
      const bucket = record && bucketOf(record);
      // One that goes takes along what it has counted.
      if (bucket?.id !== id) return;
      if (isMarked(bucket, scope, held)) return;
      const others = (bucket.quotas ?? []).filter((one) => one.scope !== scope);
      const quotas = held === undefined ? others : [...others, held];
      const value = encodeRecord(
        changedRecord(bucket, { quotas: quotas.length === 0 ? undefined : quotas }),
      );
      const outcome = await meta.commit([
        { op: 'check', at: recordKey(scope), guard: { seq } },
        { op: 'put', at, value, guard: { seq: bucket.seq } },
      ]);
      if (outcome.committed) return;
      if (outcome.failedOp === 0) throw overtaken(scope);
    }
    throw new ContentionError(`bucket ${name} changed ${maxLooks} times while it got its quota`);
  };

  const markAll = async (
    scope: QuotaScope,
    seq: number,
    held: HeldQuota | undefined,
  ): Promise<void> => {
    const { buckets } = await survey(scope);
    for (let at = 0; at < buckets.length; at += concurrency) {
      const some = buckets.slice(at, at + concurrency);
      await Promise.all(some.map((bucket) => mark(bucket, scopeName(scope), seq, held)));
    }
  };

  const unset = async (scope: QuotaScope): Promise<void> => {
    const name = scopeName(scope);
    const before = await load(name);
    if (before === undefined) return;
    const rest: QuotaRecord = before.closed ? { closed: true } : {};
    const seq = await replace(name, before, { ...rest, scope: plainScope(scope) });
    await markAll(scope, seq, undefined);
    const at = recordKey(name);
    const counters: MetaOp = { op: 'delete', at: quotaKey(name) };
    const guard = { seq };
    const last: MetaOp = before.closed
      ? { op: 'put', at, value: encodeRecord(rest), guard }
      : { op: 'delete', at, guard };
    if (!(await meta.commit([last, counters])).committed) throw overtaken(name);
  };

  const setClosed = async (tenant: TenantScope, closed: boolean): Promise<void> => {
    const name = scopeName(tenant);
    for (let attempt = 0; attempt < maxLooks; attempt++) {
      const before = await load(name);
      if ((before?.closed ?? false) === closed) return;
      const { closed: _, seq: __, ...rest }: Partial<QuotaRecord & { seq: number }> = before ?? {};
      const record: QuotaRecord = closed ? { ...rest, closed } : rest;
      const at = recordKey(name);
      const guard = unchanged(before);
      const op: MetaOp =
        Object.keys(record).length === 0
          ? { op: 'delete', at, guard }
          : { op: 'put', at, value: encodeRecord(record), guard };
      if ((await meta.commit([op])).committed) return;
    }
    throw new ContentionError(`the quota of ${name} changed ${maxLooks} times`);
  };

  const store: QuotaStore = {
    async get(scope) {
      const name = scopeName(scope);
      const record = await load(name);
      if (record?.quota === undefined) return undefined;
      const used = quotaUsage((await meta.get(quotaKey(name)))?.value);
      return { quota: record.quota, used, exact: record.exact === true };
    },

    async set(scope, quota) {
      const checked = checkQuota(quota);
      if (checked === undefined) return unset(scope);
      const name = scopeName(scope);
      const before = await load(name);
      const rest = before?.closed ? { closed: true as const } : {};
      const record = { ...rest, scope: plainScope(scope), quota: checked };
      const begun = await replace(name, before, record);
      const held = heldQuota(name, checked);
      await markAll(scope, begun, held);
      const { buckets, used, counted } = await look(scope);
      if ('bucket' in scope && buckets.length === 0) throw await goneWith(scope.bucket.name, name);
      // Whoever was born meanwhile was born under it.
      if (!buckets.every((bucket) => isMarked(bucket, name, held))) throw overtaken(name);
      const deltas = [used.bytes - counted.bytes, used.objects - counted.objects];
      const correct: MetaOp = { op: 'add', at: quotaKey(name), deltas };
      await replace(name, { seq: begun }, { ...record, exact: true }, [correct]);
    },

    async finish() {
      for await (const { record } of allRecords()) {
        const { scope, quota, exact } = record;
        if (exact || scope === undefined) continue;
        try {
          await store.set(scope, quota);
        } catch (error) {
          const isOthers = error instanceof ContentionError || error instanceof BucketGoneError;
          if (!isOthers) throw error;
        }
      }
    },

    async used(scope) {
      const { buckets, used } = await look(scope);
      return { ...used, buckets: buckets.length };
    },

    async close(tenant) {
      await setClosed(tenant, true);
      if (!(await hasBuckets(tenant))) return true;
      await setClosed(tenant, false);
      return false;
    },

    open: (tenant) => setClosed(tenant, false),

    async closed() {
      const tenants: TenantScope[] = [];
      for await (const { name, record } of allRecords()) {
        if (record.closed) tenants.push(tenantNamed(name));
      }
      return tenants;
    },
  };
  return store;

  /** The record of a quota for a bucket that went away meanwhile is nobody's. */
  async function goneWith(bucket: string, scope: string): Promise<BucketGoneError> {
    await meta.commit([
      { op: 'delete', at: recordKey(scope) },
      { op: 'delete', at: quotaKey(scope) },
    ]);
    return new BucketGoneError(bucket);
  }
}

function isMarked({ quotas = [] }: Bucket, scope: string, held: HeldQuota | undefined): boolean {
  const now = quotas.find((one) => one.scope === scope);
  if (now === undefined || held === undefined) return now === held;
  return now.maxBytes === held.maxBytes && now.maxObjects === held.maxObjects;
}

/** A scope as it is kept: of a bucket no more than names it. */
function plainScope(scope: QuotaScope): QuotaScope {
  if (!('bucket' in scope)) return scope;
  const { id, namespace, name } = scope.bucket;
  return { bucket: { id, namespace, name } };
}

const overtaken = (scope: string): ContentionError =>
  new ContentionError(`the quota of ${scope} was set by somebody else meanwhile`);
