import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../features/lifecycle/evaluate.ts';
import { requestedRules } from '../features/lifecycle/requested-rules.ts';
import type { LifecycleRule } from '../model/types.gen.ts';
import { createMemoryBlobStore } from '../store/blob/memory.ts';
import { createStore } from '../store/create-store.ts';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import type { MetaStore } from '../store/meta/port.ts';
import type { Bucket, ObjectAttributes } from '../store/records.ts';
import type { PutObject, Store } from '../store/store.ts';
import { type LifecycleJobDeps, lifecycleJob } from './lifecycle-job.ts';
import type { LifecycleDeed } from './lifecycle-sweep.ts';

const acl = { owner: 'owner', grants: [] };
const attributes = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl };
const days = (count: number): number => count * dayMs;

let time: number;
let meta: MetaStore;
let store: Store;
let deeds: LifecycleDeed[];

beforeEach(() => {
  time = Date.parse('2024-05-06T00:00:00Z');
  const now = (): number => time;
  deeds = [];
  meta = createMemoryMetaStore();
  store = createStore({ meta, blobs: createMemoryBlobStore({ now }), now, randomBytes, writer: 0 });
});

async function makeBucket(
  rules: readonly Partial<LifecycleRule>[],
  versioning?: Bucket['versioning'],
  name = 'bucket',
): Promise<Bucket> {
  await store.buckets.create({
    namespace: 'default',
    name,
    locationConstraint: '',
    acl,
    versioning,
  });
  const bucket = (await store.buckets.get('default', name))!;
  const Rules = rules.map((rule) => ({ Status: 'Enabled' as const, Filter: {}, ...rule }));
  await store.buckets.setConfig(
    bucket,
    'lifecycle',
    requestedRules({ Rules }, (index) => `rule-${index}`),
  );
  return (await store.buckets.get('default', name))!;
}

async function put(bucket: Bucket, key: string, more: Partial<ObjectAttributes> = {}) {
  const object: PutObject = { ...attributes, ...more, etag: 'etag' };
  return store.objects.put(bucket, key, await store.objects.stage(Buffer.from(key)), object);
}

async function versions(bucket: Bucket): Promise<readonly string[]> {
  const page = await store.listing.versions(bucket, { prefix: '', delimiter: '', limit: 1000 });
  return page.entries.map((entry) => {
    if (entry.kind === 'prefix') return entry.prefix;
    return `${entry.version.key}${entry.version.deleteMarker ? ' marker' : ''}`;
  });
}

function job(overrides: Partial<LifecycleJobDeps> = {}) {
  const events = { swept: () => {}, acted: (_: Bucket, deed: LifecycleDeed) => deeds.push(deed) };
  return lifecycleJob({ meta, store, now: () => time, dayMs, events, ...overrides });
}

const run = (overrides: Partial<LifecycleJobDeps> = {}, signal = new AbortController().signal) =>
  job(overrides).run(signal);

it('expires the objects of a bucket that are due, and says how many', async () => {
  const bucket = await makeBucket([{ Filter: { Prefix: 'old/' }, Expiration: { Days: 1 } }]);
  for (const key of ['new/a', 'old/a', 'old/b']) await put(bucket, key);
  expect(await run()).toBeUndefined();
  time += days(1);
  await put(bucket, 'old/c');
  expect(await run()).toMatchObject({ buckets: 1, examined: 3, expire: 2 });
  expect(deeds).toEqual([
    { action: 'expire', key: 'old/a', versionId: 'null', size: 5 },
    { action: 'expire', key: 'old/b', versionId: 'null', size: 5 },
  ]);
  expect(await versions(bucket)).toEqual(['new/a', 'old/c']);
});

it('leaves buckets without a lifecycle alone', async () => {
  const bucket = await makeBucket([{ Expiration: { Days: 1 } }]);
  await put(bucket, 'a');
  await store.buckets.setConfig(bucket, 'lifecycle', undefined);
  time += days(9);
  expect(await run()).toBeUndefined();
  expect(await versions(bucket)).toEqual(['a']);
});

it('spares an object that is replaced or tagged anew while the sweep is under way', async () => {
  const tags = { temporary: 'yes' };
  const Filter = { Tag: { Key: 'temporary', Value: 'yes' } };
  const bucket = await makeBucket([{ Filter, Expiration: { Days: 1 } }]);
  await put(bucket, 'replaced', { tags });
  await put(bucket, 'retagged', { tags });
  time += days(1);
  const { remove } = store.objects;
  const racing: Store = {
    ...store,
    objects: {
      ...store.objects,
      async remove(from, key, precondition) {
        if (key === 'replaced') await put(from, key, { tags });
        else await store.objects.update(from, key, (now) => ({ ...now, tags: {} }));
        return remove(from, key, precondition);
      },
    },
  };
  expect(await run({ store: racing })).toBeUndefined();
  expect(await versions(bucket)).toEqual(['replaced', 'retagged']);
});

describe('in a versioned bucket', () => {
  it('puts a delete marker on top, then removes what it covers, then the marker', async () => {
    const bucket = await makeBucket(
      [
        {
          Expiration: { Days: 1 },
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
      ],
      'Enabled',
    );
    await put(bucket, 'a');
    time += days(1);
    expect(await run()).toMatchObject({ expire: 1 });
    expect(await versions(bucket)).toEqual(['a marker', 'a']);
    time += days(1);
    expect(await run()).toMatchObject({ 'remove-noncurrent': 1, 'remove-marker': 0 });
    expect(await versions(bucket)).toEqual(['a marker']);
    expect(await run()).toMatchObject({ 'remove-marker': 1 });
    expect(await versions(bucket)).toEqual([]);
  });

  it('counts the days of a noncurrent version from when the next one came', async () => {
    const bucket = await makeBucket(
      [{ NoncurrentVersionExpiration: { NoncurrentDays: 2 } }],
      'Enabled',
    );
    await put(bucket, 'a');
    time += days(5);
    await put(bucket, 'a');
    time += days(1);
    expect(await run()).toBeUndefined();
    time += days(1);
    expect(await run()).toMatchObject({ 'remove-noncurrent': 1 });
    expect(await versions(bucket)).toEqual(['a']);
  });

  it('keeps the newest noncurrent versions, over pages of any size', async () => {
    for (const pageSize of [1, 2, 3, 7]) {
      const name = `bucket-${pageSize}`;
      const bucket = await makeBucket(
        [{ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 } }],
        'Enabled',
        name,
      );
      for (let count = 0; count < 6; count++) {
        await put(bucket, 'a');
        await put(bucket, 'b');
      }
      time += days(1);
      expect(await run({ limits: { pageSize } })).toMatchObject({ 'remove-noncurrent': 6 });
      expect(await versions(bucket)).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
    }
  });

  it('removes a lone delete marker whatever the size of pages, and no other', async () => {
    for (const pageSize of [1, 2, 5]) {
      const bucket = await makeBucket(
        [{ Expiration: { ExpiredObjectDeleteMarker: true } }],
        'Enabled',
        `bucket-${pageSize}`,
      );
      await put(bucket, 'covered');
      for (const key of ['alone', 'covered', 'last']) await store.objects.remove(bucket, key);
      expect(await run({ limits: { pageSize } })).toMatchObject({ 'remove-marker': 2 });
      expect(await versions(bucket)).toEqual(['covered marker', 'covered']);
    }
  });

  it('spares a version that became current meanwhile', async () => {
    const bucket = await makeBucket(
      [{ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }],
      'Enabled',
    );
    await put(bucket, 'a');
    const newer = await put(bucket, 'a');
    time += days(1);
    const { removeVersion } = store.objects;
    const racing: Store = {
      ...store,
      objects: {
        ...store.objects,
        async removeVersion(...asked) {
          await removeVersion(bucket, 'a', newer.versionId);
          return removeVersion(...asked);
        },
      },
    };
    expect(await run({ store: racing })).toBeUndefined();
    expect(await versions(bucket)).toEqual(['a']);
  });

  it('spares versions under retention', async () => {
    const bucket = await makeBucket(
      [{ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }],
      'Enabled',
    );
    await put(bucket, 'a', { lock: { mode: 'GOVERNANCE', retainUntil: time + days(3) } });
    await put(bucket, 'a');
    time += days(2);
    expect(await run()).toBeUndefined();
    time += days(1);
    expect(await run()).toMatchObject({ 'remove-noncurrent': 1 });
  });
});

it('gives up uploads that were not completed in time', async () => {
  const bucket = await makeBucket([
    { Filter: { Prefix: 'a' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } },
  ]);
  for (const key of ['a1', 'a2', 'b']) {
    await store.uploads.create(bucket, key, { ...attributes, initiator: 'owner' });
  }
  time += days(2);
  await store.uploads.create(bucket, 'a3', { ...attributes, initiator: 'owner' });
  expect(await run({ limits: { pageSize: 1 } })).toMatchObject({ 'abort-upload': 2 });
  expect(deeds.map(({ action, key }) => [action, key])).toEqual([
    ['abort-upload', 'a1'],
    ['abort-upload', 'a2'],
  ]);
  const { entries } = await store.listing.uploads(bucket, { prefix: '', delimiter: '', limit: 9 });
  expect(entries.map((one) => one.kind === 'upload' && one.upload.key)).toEqual(['a3', 'b']);
});

it('gives every bucket its turn and goes on where a stopped run ended', async () => {
  const rules = [{ Expiration: { Days: 1 } }];
  const large = await makeBucket(rules, undefined, 'large');
  const small = await makeBucket(rules, undefined, 'small');
  for (let count = 0; count < 6; count++) await put(large, `key-${count}`);
  await put(small, 'key');
  time += days(1);
  const stopping = new AbortController();
  const turns: string[] = [];
  const swept: LifecycleJobDeps['events']['swept'] = ({ name }, report) => {
    turns.push(`${name} ${report.actions.expire}`);
    if (turns.length === 2) stopping.abort(new Error('the server stops'));
  };
  const bounded = { limits: { pageSize: 2, maxVersions: 2 }, events: { swept, acted: () => {} } };
  await expect(run(bounded, stopping.signal)).rejects.toThrow('the server stops');
  expect(turns[0]).toMatch(/^large [1-3]$/);
  expect(turns[1]).toBe('small 1');

  const looked: (string | undefined)[] = [];
  const watched: Store = {
    ...store,
    listing: {
      ...store.listing,
      versions(bucket, query) {
        if (bucket.name === 'large') looked.push(query.after);
        return store.listing.versions(bucket, query);
      },
    },
  };
  await run({ ...bounded, store: watched });
  expect(looked[0]).toBeDefined();
  await run();
  expect(await versions(large)).toEqual([]);
});

it('begins at the first key again after a sweep to the end, though the bucket shrank meanwhile', async () => {
  const bucket = await makeBucket([{ Expiration: { Days: 1 } }]);
  for (const key of ['a', 'b', 'c']) await put(bucket, key);
  const shrinking: Store = {
    ...store,
    listing: {
      ...store.listing,
      async versions(from, query) {
        if (query.after !== undefined) await store.objects.remove(from, 'c');
        return store.listing.versions(from, query);
      },
    },
  };
  await run({ limits: { pageSize: 2 }, store: shrinking });
  time += days(1);
  expect(await run()).toMatchObject({ expire: 2 });
});

it('a bucket whose sweep fails does not keep the others waiting', async () => {
  const rules = [{ Expiration: { Days: 1 } }];
  await put(await makeBucket(rules, undefined, 'bad'), 'a');
  const good = await makeBucket(rules, undefined, 'good');
  await put(good, 'a');
  time += days(1);
  const failing: Store = {
    ...store,
    objects: {
      ...store.objects,
      remove(bucket, ...rest) {
        if (bucket.name === 'bad') throw new Error('disk trouble');
        return store.objects.remove(bucket, ...rest);
      },
    },
  };
  await expect(run({ store: failing })).rejects.toThrow('was not carried out: 1');
  expect(await versions(good)).toEqual([]);
});

it.each([
  [dayMs, 3_600_000],
  [10_000, 1_000],
])('with days of %d ms runs every %d ms', (length, interval) => {
  expect(job({ dayMs: length }).intervalMs).toBe(interval);
});
