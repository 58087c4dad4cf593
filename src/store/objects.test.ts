/** Objects kept decoded: what another process did to them is seen by the next read. */
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import type { BlobStore } from './blob/port.ts';
import { createStore } from './create-store.ts';
import { blobKey } from './keyspace.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaStore } from './meta/port.ts';
import { decodeBlobRecord, encodeBlobRecord } from './record-codec.ts';
import type { Bucket } from './records.ts';
import type { Store } from './store.ts';

const acl = { owner: 'owner', grants: [] };
const bucketOf = { namespace: 'default', name: 'b', locationConstraint: '', acl };

let reader: Store;
let other: Store;
let bucket: Bucket;
let shared: { readonly meta: MetaStore; readonly blobs: BlobStore };

beforeEach(async () => {
  shared = { meta: createMemoryMetaStore(), blobs: createMemoryBlobStore() };
  const process = (writer: number) =>
    createStore({ ...shared, now: () => 1_700_000_000_000, randomBytes, writer });
  reader = process(0);
  other = process(1);
  await reader.buckets.create(bucketOf);
  bucket = (await reader.buckets.get('default', 'b'))!;
});

async function put(
  store: Store,
  etag: string,
  into = bucket,
  bytes = Buffer.from(etag),
): Promise<void> {
  const staged = await store.objects.stage(bytes);
  await store.objects.put(into, 'key', staged, {
    headers: {},
    metadata: {},
    storageClass: 'STANDARD',
    acl,
    etag,
  });
}

const etagSeen = async (from = bucket) => (await reader.objects.get(from, 'key'))?.etag;

describe('an object that was read before', () => {
  it('is the new one as soon as another process has replaced it', async () => {
    await put(reader, 'first');
    expect(await etagSeen()).toBe('first');
    await put(other, 'second');
    expect(await etagSeen()).toBe('second');
  });

  it('is gone as soon as another process has removed it', async () => {
    await put(reader, 'first');
    expect(await etagSeen()).toBe('first');
    await other.objects.remove(bucket, 'key');
    expect(await etagSeen()).toBeUndefined();
  });

  it('has the tags that another process has given it', async () => {
    await put(reader, 'first');
    expect((await reader.objects.get(bucket, 'key'))?.tags).toBeUndefined();
    await other.objects.update(bucket, 'key', (now) => ({ ...now, tags: { a: 'b' } }));
    expect((await reader.objects.get(bucket, 'key'))?.tags).toEqual({ a: 'b' });
  });

  it('is not that of a bucket of the same name that came later', async () => {
    await put(reader, 'first');
    expect(await etagSeen()).toBe('first');
    await other.objects.remove(bucket, 'key');
    expect(await other.buckets.remove(bucket)).toBe('removed');
    await other.buckets.create(bucketOf);
    const next = (await reader.buckets.get('default', 'b'))!;
    expect(await etagSeen(next)).toBeUndefined();
    await put(other, 'second', next);
    expect(await etagSeen(next)).toBe('second');
  });

  it('is read from where another process has moved its bytes', async () => {
    const { meta, blobs } = shared;
    const bytes = randomBytes(10_000);
    await put(reader, 'etag', bucket, bytes);
    const object = (await reader.objects.get(bucket, 'key'))!;
    const read = async () => await reader.objects.read(object, 0, bytes.length);
    expect(await read()).toEqual(bytes);

    const at = blobKey(object.blob!);
    const record = decodeBlobRecord((await meta.get(at))!.value);
    if (record.home.kind !== 'stored') throw new Error('the body is too small');
    const { locator } = await blobs.write(bytes);
    const value = encodeBlobRecord({ ...record, home: { kind: 'stored', locator } });
    await meta.commit([{ op: 'put', at, value }]);
    await blobs.remove(record.home.locator);
    expect(await read()).toEqual(bytes);
  });
});
