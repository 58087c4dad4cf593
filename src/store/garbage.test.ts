/** Garbage collection over the memory adapters where it is cut off, or where two collectors meet. */
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import type { BlobStore } from './blob/port.ts';
import { audit } from './contract/audit.ts';
import { createStore } from './create-store.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaStore } from './meta/port.ts';
import type { Bucket } from './records.ts';

const acl = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };
const large = Buffer.from('a text that is not kept inline');

let time: number;
let meta: MetaStore;
let blobs: BlobStore;
let store: ReturnType<typeof open>;
let bucket: Bucket;

const open = (over: MetaStore, writer: number) =>
  createStore({
    meta: over,
    blobs,
    now: () => time++,
    randomBytes,
    writer,
    limits: { inlineMaxBytes: 16 },
  });

beforeEach(async () => {
  time = 1_700_000_000_000;
  meta = createMemoryMetaStore();
  blobs = createMemoryBlobStore({ now: () => time });
  store = open(meta, 0);
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  bucket = (await store.buckets.get('default', 'b'))!;
});

const put = async (key: string) => {
  await store.objects.put(bucket, key, await store.objects.stage(large), described);
  return (await store.objects.get(bucket, key))!;
};
const recordsIn = async (table: 'part' | 'upload' | 'usage') =>
  (await meta.scan({ table, part: bucket.part, limit: 100 })).entries.length;

describe('two collectors at one entry', () => {
  it('drop one reference, and the bytes stay while something refers to them', async () => {
    const source = await put('source');
    await store.objects.copy(source, bucket, 'copy', described);
    await store.objects.remove(bucket, 'source');
    const peer = open(meta, 1);
    time += 1000;
    const reports = await Promise.all([store, peer].map((one) => one.garbage.collect(time)));
    expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
    const copy = (await store.objects.get(bucket, 'copy'))!;
    expect(await store.objects.read(copy, 0, copy.size)).toBeDefined();
  });

  it('remove the bytes of the last reference', async () => {
    await put('key');
    await store.objects.remove(bucket, 'key');
    const peer = open(meta, 1);
    time += 1000;
    await Promise.all([store, peer].map((one) => one.garbage.collect(time)));
    expect((await blobs.list()).entries).toEqual([]);
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });
});

it('a disk that is broken is told of with how many entries wait, and a few of the causes', async () => {
  for (let count = 0; count < 40; count++) await put('key');
  blobs.remove = () => Promise.reject(new Error('disk trouble'));
  time += 1000;
  const { failed, failures } = await store.garbage.collect(time);
  expect([failed, failures.length]).toEqual([39, 16]);
});

it('what a bucket left goes wherever the collection was cut off', async () => {
  for (let cut = 1; ; cut++) {
    const name = `cut-${cut}`;
    await store.buckets.create({ namespace: 'default', name, locationConstraint: '', acl });
    bucket = (await store.buckets.get('default', name))!;
    const upload = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, initiator: 'owner' };
    const { uploadId } = await store.uploads.create(bucket, 'key', upload);
    const begun = (await store.uploads.get(bucket, 'key', uploadId))!;
    const staged = await store.objects.stage(large);
    await store.uploads.putPart(bucket, begun, 1, staged, { etag: 'e' });
    expect(await store.buckets.remove(bucket)).toBe('removed');
    let commits = 0;
    const failing = open(
      {
        ...meta,
        async commit(ops) {
          if (++commits >= cut) throw new Error('power cut');
          return meta.commit(ops);
        },
      },
      1,
    );
    time += 1000;
    const { failures } = await failing.garbage.collect(time);
    for (let round = 0; round < 3; round++) {
      time += 1000;
      await store.garbage.collect(time);
    }
    expect([await recordsIn('upload'), await recordsIn('part'), await recordsIn('usage')]).toEqual([
      0, 0, 0,
    ]);
    expect((await blobs.list()).entries).toEqual([]);
    expect(await audit(meta, blobs, [])).toEqual([]);
    if (failures.length === 0) return;
  }
});
