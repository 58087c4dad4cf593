/** An object whose record differs from its checksum: who is failed by it, who isn't, and who may end it. */
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import { createCensus } from './census.ts';
import { createStore } from './create-store.ts';
import { RecordCorruptError } from './errors.ts';
import { objectKey } from './keyspace.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import { walkRecords } from './record-walk.ts';
import type { BucketRecord } from './records.ts';

const acl = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };
const time = 1_700_000_000_000;
const now = () => time;
const noted = Buffer.alloc(100, 'a');
const all = { prefix: '', delimiter: '', limit: 10 };

/** A bucket with keys a, k and z, of which k's record is damaged. */
async function open(versioning?: BucketRecord['versioning']) {
  const meta = createMemoryMetaStore();
  const limits = { inlineMaxBytes: 64, gatherMaxBytes: 64 };
  const blobs = createMemoryBlobStore({ now });
  const store = createStore({ meta, blobs, now, randomBytes, writer: 0, limits });
  const versioned = versioning === undefined ? {} : { versioning };
  const name = { namespace: 'default', name: 'b' };
  await store.buckets.create({ ...name, ...versioned, locationConstraint: '', acl });
  const bucket = (await store.buckets.get(name.namespace, name.name))!;
  const put = async (key: string, precondition?: () => void) =>
    store.objects.put(bucket, key, await store.objects.stage(noted), described, precondition);
  for (const key of ['a', 'k', 'z']) await put(key);
  const at = objectKey(bucket.part, 'k');
  const value = Buffer.from((await meta.get(at))!.value);
  value[20]! ^= 1;
  await meta.commit([{ op: 'put', at, value }]);
  const faults = async () => {
    const census = createCensus();
    for await (const page of walkRecords(meta)) census.add(page);
    return census.finish().map(({ kind }) => kind);
  };
  return { store, bucket, put, faults };
}

const damaged = { name: RecordCorruptError.name };

it('is an error to read, and its neighbours are not', async () => {
  const { store, bucket } = await open();
  await expect(async () => store.objects.get(bucket, 'k')).rejects.toMatchObject(damaged);
  expect((await store.objects.get(bucket, 'a'))?.size).toBe(noted.length);
});

it('is listed as a key of which nothing else is known', async () => {
  const { store, bucket } = await open();
  const { entries } = await store.listing.objectSummaries(bucket, all);
  expect(entries).toMatchObject([
    { object: { key: 'a', size: 100 } },
    { object: { key: 'k', damaged: true } },
    { object: { key: 'z', size: 100 } },
  ]);
  expect(entries[0]).not.toHaveProperty('object.damaged');
});

it('is named where a list of versions or of whole records fails', async () => {
  const { store, bucket } = await open('Enabled');
  await expect(store.listing.versionSummaries(bucket, all)).rejects.toThrow(
    'a version of "k": record checksum',
  );
  await expect(store.listing.objects(bucket, all)).rejects.toMatchObject(damaged);
});

it('is replaced in a bucket that was never versioned: only the doctor knows of its bytes', async () => {
  const { store, bucket, put, faults } = await open();
  await put('k');
  expect((await store.objects.get(bucket, 'k'))?.size).toBe(noted.length);
  // What it referred to, and how many bytes it had, is as it was.
  expect(await faults()).toEqual(['usage', 'references']);
  expect(await store.usage.of(bucket)).toMatchObject({ objects: 3, bytes: 400 });
  await store.objects.remove(bucket, 'k');
  expect(await store.usage.of(bucket)).toMatchObject({ objects: 2, bytes: 300 });
});

it('is deleted in a bucket that was never versioned, which can go then', async () => {
  const { store, bucket } = await open();
  for (const key of ['a', 'k', 'z']) {
    expect(await store.objects.remove(bucket, key)).toEqual(key === 'k' ? {} : expect.anything());
  }
  expect(await store.objects.get(bucket, 'k')).toBeUndefined();
  expect(await store.usage.of(bucket)).toMatchObject({ objects: 0 });
  expect(await store.buckets.remove(bucket)).toBe('removed');
});

it('meets no condition: nobody knows whether it holds', async () => {
  const { store, bucket, put } = await open();
  await expect(put('k', () => {})).rejects.toMatchObject(damaged);
  await expect(store.objects.remove(bucket, 'k', () => {})).rejects.toMatchObject(damaged);
});

it.each(['Enabled', 'Suspended'] as const)(
  'stays where versions are kept, or a lock may be on it: %s',
  async (versioning) => {
    const { store, bucket, put } = await open(versioning);
    await expect(put('k')).rejects.toMatchObject(damaged);
    await expect(store.objects.remove(bucket, 'k')).rejects.toMatchObject(damaged);
    const { versionId } = (await store.objects.get(bucket, 'a'))!;
    const removing = store.objects.removeVersion(bucket, 'k', versionId);
    await expect(removing).rejects.toMatchObject(damaged);
    expect(await store.usage.of(bucket)).toMatchObject({ objects: 3, bytes: 300 });
  },
);
