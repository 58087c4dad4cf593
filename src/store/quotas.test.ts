/** Quotas over the engine in memory: what counts, what is refused, and setting one while others write. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import type { BlobStore } from './blob/port.ts';
import { audit } from './contract/audit.ts';
import { createStore } from './create-store.ts';
import { QuotaExceededError, TenantClosedError } from './errors.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaStore } from './meta/port.ts';
import type { QuotaScope } from './quota-records.ts';
import type { Bucket, BucketRecord } from './records.ts';
import type { PutObject } from './store.ts';

const aclOf = (owner: string) => ({ owner, grants: [] });
const described: PutObject = {
  headers: {},
  metadata: {},
  storageClass: 'STANDARD',
  acl: aclOf('ann'),
  etag: 'e',
};

type TestStore = ReturnType<typeof createStore>;

let time: number;
let meta: MetaStore;
let blobs: BlobStore;
let store: TestStore;
/** Another process on the same data. */
let other: TestStore;
let bucket: Bucket;

/** @param slow answers later, so that what is under way at once meets */
const openOver = (writer: number, slow: boolean): TestStore =>
  createStore({
    meta: slow
      ? {
          ...meta,
          get: async (at) => meta.get(at),
          commit: async (ops) => {
            await new Promise((resolve) => setImmediate(resolve));
            return meta.commit(ops);
          },
        }
      : meta,
    blobs,
    now: () => time++,
    randomBytes,
    writer,
    limits: { inlineMaxBytes: 16, gatherMaxBytes: 64 },
  });

async function makeBucket(
  name: string,
  init: Partial<BucketRecord> = {},
  by = store,
): Promise<Bucket> {
  const common = { namespace: 'acme', name, locationConstraint: '', acl: aclOf('ann') };
  await by.buckets.create({ ...common, ...init });
  return (await by.buckets.get(init.namespace ?? 'acme', name))!;
}

beforeEach(async () => {
  time = 1_700_000_000_000;
  meta = createMemoryMetaStore();
  blobs = createMemoryBlobStore({ now: () => time });
  store = openOver(0, false);
  other = openOver(1, true);
  bucket = await makeBucket('b');
});

const put = async (key: string, size: number, into = bucket, by = store) =>
  by.objects.put(into, key, await by.objects.stage(randomBytes(size)), described);
const used = async (scope: QuotaScope) => {
  const state = await store.quotas.get(scope);
  return state && { ...state.used };
};
const refused = async (task: Promise<unknown>, message?: string): Promise<void> => {
  const error: unknown = await task.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QuotaExceededError);
  if (message !== undefined) expect((error as Error).message).toBe(message);
};
const newUpload = (key: string, into = bucket) =>
  store.uploads.create(into, key, { ...described, initiator: 'ann' });
const putPart = async (key: string, uploadId: string, number: number, size: number) => {
  const upload = (await store.uploads.get(bucket, key, uploadId))!;
  const staged = await store.objects.stage(randomBytes(size));
  return store.uploads.putPart(bucket, upload, number, staged, { etag: 'e' });
};
const complete = async (key: string, uploadId: string, numbers: readonly number[]) => {
  const upload = (await store.uploads.get(bucket, key, uploadId))!;
  return store.uploads.complete(bucket, upload, (parts) => ({
    parts: numbers.map((number) => ({ part: parts.get(number)! })),
    object: described,
  }));
};
const isRight = async (...buckets: Bucket[]): Promise<void> => {
  await store.garbage.collect(Number.MAX_SAFE_INTEGER / 2);
  expect(await audit(meta, blobs, buckets)).toEqual([]);
};

describe('the quota of a bucket', () => {
  it('lets in what fits, to the last byte, and leaves nothing of what does not', async () => {
    await store.quotas.set({ bucket }, { maxBytes: 1000 });
    await put('a', 600);
    await put('b', 400);
    const text =
      'The quota of the bucket would be exceeded: it allows 1000 bytes, holds 1000, and this would add 1.';
    await refused(put('c', 1), text);
    expect(await store.objects.get(bucket, 'c')).toBeUndefined();
    expect(await used({ bucket })).toEqual({ bytes: 1000, objects: 2 });
    await put('empty', 0);
    await isRight(bucket);
  });

  it('counts objects, and none for what is replaced', async () => {
    await store.quotas.set({ bucket }, { maxObjects: 2 });
    await put('a', 10);
    await put('b', 10);
    await refused(put('c', 10));
    await put('a', 5000);
    await store.objects.remove(bucket, 'b');
    await put('c', 10);
    expect(await used({ bucket })).toEqual({ bytes: 5010, objects: 2 });
    await isRight(bucket);
  });

  it('counts what was there before it was set', async () => {
    await put('a', 600);
    await store.quotas.set({ bucket }, { maxBytes: 1000 });
    expect(await used({ bucket })).toEqual({ bytes: 600, objects: 1 });
    await refused(put('b', 401));
    await put('b', 400);
  });

  it('keeps what is more than it allows, and lets it shrink only', async () => {
    await put('a', 600);
    await put('b', 600);
    await store.quotas.set({ bucket }, { maxBytes: 100, maxObjects: 1 });
    await refused(put('a', 601));
    await put('a', 599);
    await refused(put('c', 0));
    await store.objects.remove(bucket, 'a');
    expect(await used({ bucket })).toEqual({ bytes: 600, objects: 1 });
  });

  it('changes, and goes, and costs nothing then', async () => {
    await store.quotas.set({ bucket }, { maxBytes: 10 });
    await refused(put('a', 20));
    await store.quotas.set({ bucket }, { maxBytes: 20 });
    await put('a', 20);
    await store.quotas.set({ bucket }, undefined);
    await put('a', 100);
    expect(await store.quotas.get({ bucket })).toBeUndefined();
    expect((await store.buckets.get('acme', 'b'))?.quotas).toBeUndefined();
    await store.quotas.set({ bucket }, { maxBytes: 200 });
    expect(await used({ bucket })).toEqual({ bytes: 100, objects: 1 });
  });

  it('counts parts and unfinished uploads, and gives the room back with them', async () => {
    await store.quotas.set({ bucket }, { maxBytes: 1000, maxObjects: 2 });
    const { uploadId } = await newUpload('up');
    await putPart('up', uploadId, 1, 500);
    await putPart('up', uploadId, 2, 500);
    await refused(putPart('up', uploadId, 3, 1));
    await putPart('up', uploadId, 2, 300);
    await refused(put('a', 201));
    await put('a', 200);
    await refused(newUpload('more'));
    expect(await used({ bucket })).toEqual({ bytes: 1000, objects: 2 });
    await complete('up', uploadId, [1]);
    expect(await used({ bucket })).toEqual({ bytes: 700, objects: 2 });
    await store.objects.remove(bucket, 'a');
    const again = await newUpload('aborted');
    await putPart('aborted', again.uploadId, 1, 400);
    const upload = (await store.uploads.get(bucket, 'aborted', again.uploadId))!;
    await store.uploads.abort(bucket, upload);
    expect(await used({ bucket })).toEqual({ bytes: 500, objects: 1 });
    await isRight(bucket);
  });

  it('counts copies and copied parts, which share what is stored', async () => {
    await put('source', 400);
    await store.quotas.set({ bucket }, { maxBytes: 1000 });
    const source = (await store.objects.get(bucket, 'source'))!;
    await store.objects.copy(source, bucket, 'copy', described);
    await refused(store.objects.copy(source, bucket, 'third', described));
    const { uploadId } = await newUpload('up');
    const upload = (await store.uploads.get(bucket, 'up', uploadId))!;
    const range = (end: number) => ({ object: source, start: 0, end });
    await refused(store.uploads.copyPart(bucket, upload, 1, range(201), { etag: 'e' }));
    await store.uploads.copyPart(bucket, upload, 1, range(200), { etag: 'e' });
    await complete('up', uploadId, [1]);
    expect(await used({ bucket })).toEqual({ bytes: 1000, objects: 3 });
    await isRight(bucket);
  });

  it('takes no notice of a rename, and of what it replaces', async () => {
    await store.quotas.set({ bucket }, { maxBytes: 1000, maxObjects: 2 });
    await put('a', 500);
    await put('b', 500);
    await store.objects.rename(bucket, (await store.objects.get(bucket, 'a'))!, 'c', {});
    expect(await used({ bucket })).toEqual({ bytes: 1000, objects: 2 });
    await store.objects.rename(bucket, (await store.objects.get(bucket, 'c'))!, 'b', {});
    expect(await used({ bucket })).toEqual({ bytes: 500, objects: 1 });
    await isRight(bucket);
  });

  it('counts every version and delete marker; a delete is never refused', async () => {
    bucket = await makeBucket('v', { versioning: 'Enabled' });
    await store.quotas.set({ bucket }, { maxBytes: 1000, maxObjects: 2 });
    const first = await put('a', 500);
    await put('a', 500);
    await refused(put('a', 0));
    const { marker } = await store.objects.remove(bucket, 'a');
    expect(await used({ bucket })).toEqual({ bytes: 1000, objects: 3 });
    await store.objects.removeVersion(bucket, 'a', marker!.versionId);
    await store.objects.removeVersion(bucket, 'a', first.versionId);
    expect(await used({ bucket })).toEqual({ bytes: 500, objects: 1 });
    await isRight(bucket);
  });

  it('counts annotations, of copies too, until they are cleared away', async () => {
    await put('a', 100);
    const annotate = async (key: string, name: string, size: number) => {
      const staged = await store.objects.stage(randomBytes(size));
      const object = (await store.objects.get(bucket, key))!;
      const checksum = { algorithm: 'CRC32', value: '', type: 'FULL_OBJECT' } as const;
      const facts = { checksum, etag: 'e' };
      return store.annotations.put(bucket, object, name, staged, facts, { max: 10 });
    };
    await annotate('a', 'before', 200);
    await store.quotas.set({ bucket }, { maxBytes: 1000 });
    expect(await used({ bucket })).toEqual({ bytes: 300, objects: 1 });
    await annotate('a', 'after', 300);
    await refused(annotate('a', 'more', 401));
    await annotate('a', 'after', 200);
    const source = (await store.objects.get(bucket, 'a'))!;
    const list = await store.annotations.list(bucket, source, { prefix: '', limit: 10 });
    const annotations = list.annotations.map(({ blob, ...facts }) => ({ ...facts, bytes: blob }));
    await store.objects.copy(source, bucket, 'b', { ...described, annotations });
    expect(await used({ bucket })).toEqual({ bytes: 1000, objects: 2 });
    await refused(store.objects.copy(source, bucket, 'c', { ...described, annotations }));
    await store.annotations.remove(bucket, source, 'before');
    expect((await used({ bucket }))?.bytes).toBe(800);
    await store.objects.remove(bucket, 'b');
    expect((await used({ bucket }))?.bytes).toBe(700);
    await isRight(bucket);
    expect((await used({ bucket }))?.bytes).toBe(300);
  });

  it('goes with the bucket, unfinished uploads and all', async () => {
    await store.quotas.set({ bucket }, { maxBytes: 1000 });
    await store.quotas.set({ namespace: 'acme' }, { maxBytes: 1000 });
    const { uploadId } = await newUpload('up');
    await putPart('up', uploadId, 1, 900);
    expect(await used({ namespace: 'acme' })).toEqual({ bytes: 900, objects: 1 });
    expect(await store.buckets.remove(bucket)).toBe('removed');
    expect(await used({ namespace: 'acme' })).toEqual({ bytes: 0, objects: 0 });
    expect(await store.quotas.get({ bucket })).toBeUndefined();
    const next = await makeBucket('b');
    await put('a', 1000, next);
    await isRight(next);
    expect(await used({ namespace: 'acme' })).toEqual({ bytes: 1000, objects: 1 });
  });

  it('is the bucket’s of that id alone', async () => {
    await store.buckets.remove(bucket);
    await makeBucket('b');
    await expect(store.quotas.set({ bucket }, { maxBytes: 1 })).rejects.toThrow('b');
    await put('a', 100, (await store.buckets.get('acme', 'b'))!);
    await isRight();
  });
});

describe('the quota of a namespace', () => {
  const scope = { namespace: 'acme' };

  it('holds for all its buckets together, those of tomorrow too, and for no others', async () => {
    await put('a', 300);
    await store.quotas.set(scope, { maxBytes: 1000 });
    const second = await makeBucket('second');
    const elsewhere = await makeBucket('b', { namespace: 'beta' });
    const similar = await makeBucket('b', { namespace: 'acme-2' });
    await put('a', 600, second);
    await refused(put('b', 101));
    await refused(
      put('b', 101, second),
      'The quota of the namespace acme would be exceeded: it allows 1000 bytes, holds 900, and this would add 101.',
    );
    await put('a', 5000, elsewhere);
    await put('a', 5000, similar);
    expect(await used(scope)).toEqual({ bytes: 900, objects: 2 });
    await isRight(bucket, second, elsewhere, similar);
  });

  it('is closed for a namespace that is deleted', async () => {
    expect(await store.quotas.close({ namespace: 'acme' })).toBe(false);
    await makeBucket('still-open');
    expect(await store.quotas.close({ namespace: 'empty' })).toBe(true);
    await expect(makeBucket('x', { namespace: 'empty' })).rejects.toThrow(TenantClosedError);
    await store.quotas.set({ namespace: 'empty' }, { maxBytes: 5 });
    await store.quotas.set({ namespace: 'empty' }, undefined);
    await expect(makeBucket('x', { namespace: 'empty' })).rejects.toThrow(TenantClosedError);
    await store.quotas.open({ namespace: 'empty' });
    await makeBucket('x', { namespace: 'empty' });
  });

  it('is deleted or gets a bucket, never both', async () => {
    for (let round = 0; round < 30; round++) {
      const namespace = `race-${round}`;
      const [made, closed] = await Promise.all([
        makeBucket('x', { namespace }, round % 2 === 0 ? store : other).then(
          () => true,
          () => false,
        ),
        (round % 2 === 0 ? other : store).quotas.close({ namespace }),
      ]);
      expect(made && closed, namespace).toBe(false);
    }
  });
});

describe('the quota of an account', () => {
  const scope = { account: 'ann' };

  it('holds for the buckets that it owns, wherever they are', async () => {
    await put('a', 300);
    const abroad = await makeBucket('abroad', { namespace: 'beta' });
    const of = await makeBucket('bens', { acl: aclOf('ben') });
    await store.quotas.set(scope, { maxObjects: 3, maxBytes: 1000 });
    await put('a', 700, abroad);
    await refused(
      put('b', 1, abroad),
      'The quota of the account ann would be exceeded: it allows 1000 bytes, holds 1000, and this would add 1.',
    );
    await put('a', 5000, of);
    expect(await used(scope)).toEqual({ bytes: 1000, objects: 2 });
    expect(await store.quotas.used(scope)).toEqual({ bytes: 1000, objects: 2, buckets: 2 });
  });

  it('is closed for an account that is deleted, wherever its buckets would be', async () => {
    expect(await store.quotas.close(scope)).toBe(false);
    await makeBucket('still-open');
    expect(await store.quotas.close({ account: 'eve' })).toBe(true);
    expect(await store.quotas.closed()).toEqual([{ account: 'eve' }]);
    for (const namespace of ['acme', 'beta']) {
      const refusal = makeBucket('x', { namespace, acl: aclOf('eve') });
      await expect(refusal).rejects.toThrow(TenantClosedError);
    }
    await store.quotas.close({ namespace: 'empty' });
    await store.quotas.open({ account: 'eve' });
    expect(await store.quotas.closed()).toEqual([{ namespace: 'empty' }]);
    await makeBucket('x', { acl: aclOf('eve') });
  });

  it('holds beside those of bucket and namespace: the first that is full refuses', async () => {
    await store.quotas.set({ namespace: 'acme' }, { maxBytes: 500 });
    await store.quotas.set(scope, { maxBytes: 300 });
    await store.quotas.set({ bucket }, { maxObjects: 2 });
    await put('a', 100);
    await refused(put('b', 201));
    await put('b', 100);
    await refused(put('c', 0));
    for (const one of [{ namespace: 'acme' }, scope, { bucket }]) {
      expect(await used(one)).toEqual({ bytes: 200, objects: 2 });
    }
    await isRight(bucket);
  });
});

describe('room', () => {
  it('is looked for before the bytes come, less what will be replaced', async () => {
    await store.quotas.set({ bucket }, { maxBytes: 1000, maxObjects: 2 });
    await put('a', 600);
    bucket = (await store.buckets.get('acme', 'b'))!;
    await store.room.forObject(bucket, 'b', 400);
    await store.room.forObject(bucket, 'a', 1000);
    await refused(store.room.forObject(bucket, 'b', 401));
    await refused(store.room.forObject(bucket, 'a', 1001));
    await put('b', 0);
    await store.room.forObject(bucket, 'b', 400);
    await refused(store.room.forObject(bucket, 'c', 0));
    await store.objects.remove(bucket, 'b');
    const { uploadId } = await newUpload('up');
    await putPart('up', uploadId, 1, 400);
    const upload = (await store.uploads.get(bucket, 'up', uploadId))!;
    await store.room.forPart(bucket, upload, 1, 400);
    await refused(store.room.forPart(bucket, upload, 1, 401));
    await refused(store.room.forPart(bucket, upload, 2, 1));
  });

  it('in a suspended bucket counts on the null version, wherever it is', async () => {
    await put('a', 600);
    await store.quotas.set({ bucket }, { maxBytes: 1000 });
    await store.buckets.update(bucket, (now) => ({ ...now, versioning: 'Enabled' }));
    await put('a', 100);
    await store.buckets.update(bucket, (now) => ({ ...now, versioning: 'Suspended' }));
    bucket = (await store.buckets.get('acme', 'b'))!;
    await store.room.forObject(bucket, 'a', 900);
    await refused(store.room.forObject(bucket, 'a', 901));
    await put('a', 900);
    expect(await used({ bucket })).toEqual({ bytes: 1000, objects: 2 });
  });
});

describe('many at once, from two processes', () => {
  it('fill a quota to the last byte and not beyond', async () => {
    await store.quotas.set({ bucket }, { maxBytes: 1000 });
    const puts = Array.from({ length: 150 }, (_, i) =>
      put(`k${i}`, 10, bucket, i % 2 === 0 ? store : other),
    );
    const outcomes = await Promise.allSettled(puts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(100);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(QuotaExceededError);
    }
    expect(await used({ bucket })).toEqual({ bytes: 1000, objects: 100 });
    await isRight(bucket);
  });

  it('are all counted while a quota is set, changed and taken away', async () => {
    const buckets = [bucket, await makeBucket('second'), await makeBucket('third')];
    const scope = { namespace: 'acme' };
    let isOver = false;
    let failure: unknown;
    const write = async (by: TestStore, seed: number): Promise<void> => {
      for (let i = 0; !isOver; i++) {
        const into = buckets[(i + seed) % buckets.length]!;
        const key = `k${(i * 7 + seed) % 13}`;
        if (i % 3 === 2) await by.objects.remove(into, key);
        else await put(key, (i * 31) % 97, into, by);
        if (i % 50 === 49) {
          const extra = await makeBucket(`extra-${seed}-${i}`, {}, by);
          await put('x', 10, extra, by);
          if (i % 100 === 99) {
            await by.objects.remove(extra, 'x');
            await by.buckets.remove(extra);
          }
        }
      }
    };
    const writers = [store, other, other].map((by, i) =>
      write(by, i).catch((error: unknown) => {
        failure ??= error;
      }),
    );
    for (let round = 0; round < 12; round++) {
      await store.quotas.set(scope, { maxBytes: 10_000_000 + round });
      await store.quotas.set({ account: 'ann' }, { maxObjects: 100_000 });
      const counted = (await store.quotas.used(scope)).bytes;
      expect(Math.abs((await used(scope))!.bytes - counted)).toBeLessThan(20_000);
      if (round % 4 === 3) await store.quotas.set(scope, undefined);
    }
    await store.quotas.set(scope, { maxBytes: 10_000_000 });
    isOver = true;
    await Promise.all(writers);
    expect(failure).toBeUndefined();
    const { bytes, objects } = await store.quotas.used(scope);
    expect(await used(scope)).toEqual({ bytes, objects });
    expect(await used({ account: 'ann' })).toEqual({ bytes, objects });
    await isRight(...buckets);
  });

  it('set one quota: the last one holds in every bucket, or who was too late is told', async () => {
    const second = await makeBucket('second');
    const scope = { namespace: 'acme' };
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.allSettled([
        store.quotas.set(scope, { maxBytes: 1000 + round }),
        other.quotas.set(scope, { maxBytes: 2000 + round }),
      ]);
      expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
      const state = (await store.quotas.get(scope))!;
      expect(state.exact).toBe(true);
      for (const one of [bucket, second]) {
        const { quotas } = (await store.buckets.get('acme', one.name))!;
        expect(quotas).toEqual([{ scope: 'namespace/acme', ...state.quota }]);
      }
    }
  });
});

describe('a quota whose setting was broken off', () => {
  it('is set to its end by the next server', async () => {
    await put('a', 600);
    await makeBucket('second');
    for (let commits = 1; commits <= 4; commits++) {
      let left = commits;
      const dying: MetaStore = {
        ...meta,
        commit: async (ops) => {
          if (left-- === 0) throw new Error('killed');
          return meta.commit(ops);
        },
      };
      const deps = { blobs, now: () => time++, randomBytes, writer: 2 };
      const killed = createStore({ ...deps, meta: dying });
      const quota = { maxBytes: 1000 + commits };
      await killed.quotas.set({ namespace: 'acme' }, quota).catch(() => {});
      await store.quotas.finish();
      expect(await store.quotas.get({ namespace: 'acme' })).toEqual({
        quota,
        used: { bytes: 600, objects: 1 },
        exact: true,
      });
      left = commits;
      await killed.quotas.set({ namespace: 'acme' }, undefined).catch(() => {});
      await store.quotas.finish();
      expect(await store.quotas.get({ namespace: 'acme' })).toBeUndefined();
      expect((await store.buckets.get('acme', 'b'))?.quotas).toBeUndefined();
    }
    await isRight(bucket);
  });
});

type Act =
  | {
      readonly do: 'put' | 'delete' | 'copy' | 'rename';
      readonly key: number;
      readonly size: number;
    }
  | { readonly do: 'part' | 'complete' | 'abort'; readonly key: number; readonly size: number };

describe('any history', () => {
  const acts = fc.array(
    fc.record({
      do: fc.constantFrom<Act['do']>(
        ...([
          'put',
          'put',
          'delete',
          'copy',
          'rename',
          'part',
          'part',
          'complete',
          'abort',
        ] as const),
      ),
      key: fc.nat(4),
      size: fc.nat(120),
    }),
    { minLength: 20, maxLength: 60 },
  );

  /** What there is by the listings, as quotas count. */
  async function counted(): Promise<{ bytes: number; objects: number }> {
    const query = { prefix: '', delimiter: '', limit: 1000 };
    const versions = await store.listing.versions(bucket, query);
    const uploads = await store.listing.uploads(bucket, query);
    let bytes = 0;
    for (const entry of versions.entries) {
      if (entry.kind === 'version' && !entry.version.deleteMarker) bytes += entry.version.size;
    }
    for (const entry of uploads.entries) {
      if (entry.kind !== 'upload') continue;
      const list = await store.uploads.listParts(bucket, entry.upload, { after: 0, limit: 1000 });
      bytes += list.parts.reduce((sum, { size }) => sum + size, 0);
    }
    return { bytes, objects: versions.entries.length + uploads.entries.length };
  }

  it.each([undefined, 'Enabled', 'Suspended'] as const)(
    'in a bucket with versioning %s is never over, refused only where there is no room, and counted right',
    async (versioning) => {
      await fc.assert(
        fc.asyncProperty(acts, fc.integer({ min: 100, max: 600 }), async (all, maxBytes) => {
          meta = createMemoryMetaStore();
          blobs = createMemoryBlobStore({ now: () => time });
          store = openOver(0, false);
          bucket = await makeBucket('b', versioning === undefined ? {} : { versioning });
          await store.quotas.set({ bucket }, { maxBytes });
          await store.quotas.set(
            { namespace: 'acme' },
            { maxBytes: maxBytes + 50, maxObjects: 12 },
          );
          const uploads = new Map<number, string>();
          for (const { do: act, key, size } of all) {
            const before = await counted();
            const source = await store.objects.get(bucket, `k${key}`);
            const error = await run(act, `k${key}`, key, size, uploads).then(
              () => undefined,
              (thrown: unknown) => thrown,
            );
            const after = await counted();
            if (error !== undefined) {
              if (!(error instanceof QuotaExceededError)) throw error;
              expect(after).toEqual(before);
              const adds = act === 'copy' ? source!.size : size;
              const isFull = before.bytes + adds > maxBytes || before.objects + 1 > 12;
              expect(isFull).toBe(true);
            }
            expect(after.bytes).toBeLessThanOrEqual(maxBytes);
            if (act !== 'delete' && after.objects > before.objects) {
              expect(after.objects).toBeLessThanOrEqual(12);
            }
            for (const scope of [{ bucket }, { namespace: 'acme' }]) {
              expect(await used(scope)).toEqual(after);
            }
          }
          await isRight(bucket);
        }),
        { numRuns: 40 },
      );
    },
  );

  async function run(
    act: Act['do'],
    name: string,
    key: number,
    size: number,
    uploads: Map<number, string>,
  ): Promise<void> {
    const uploadId = uploads.get(key);
    switch (act) {
      case 'put':
        await put(name, size);
        return;
      case 'delete':
        await store.objects.remove(bucket, name);
        return;
      case 'copy':
      case 'rename': {
        const source = await store.objects.get(bucket, name);
        const target = `k${(key + 1) % 5}`;
        if (source === undefined) return;
        if (act === 'copy') await store.objects.copy(source, bucket, target, described);
        else await store.objects.rename(bucket, source, target, {});
        return;
      }
      case 'part':
        if (uploadId === undefined) uploads.set(key, (await newUpload(name)).uploadId);
        else await putPart(name, uploadId, (size % 3) + 1, size);
        return;
      case 'complete': {
        if (uploadId === undefined) return;
        const upload = (await store.uploads.get(bucket, name, uploadId))!;
        const { parts } = await store.uploads.listParts(bucket, upload, { after: 0, limit: 10 });
        if (parts.length === 0) return;
        await complete(
          name,
          uploadId,
          parts.slice(0, (size % 3) + 1).map(({ number }) => number),
        );
        uploads.delete(key);
        return;
      }
      case 'abort': {
        if (uploadId === undefined) return;
        const upload = (await store.uploads.get(bucket, name, uploadId))!;
        await store.uploads.abort(bucket, upload);
        uploads.delete(key);
      }
    }
  }
});
