/** Annotations over the memory adapters: what becomes of them with their version, in races and in copies. */
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import type { BlobStore } from './blob/port.ts';
import { audit } from './contract/audit.ts';
import { createStore } from './create-store.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaStore } from './meta/port.ts';
import type { Bucket, StoredObject } from './records.ts';

const acl = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };
const facts = {
  etag: 'e',
  checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
} as const;

let time: number;
let meta: MetaStore;
let blobs: BlobStore;
let store: ReturnType<typeof createStore>;
/** Another process on the same records. */
let peer: ReturnType<typeof createStore>;
let bucket: Bucket;

beforeEach(async () => {
  time = 1_700_000_000_000;
  meta = createMemoryMetaStore();
  blobs = createMemoryBlobStore({ now: () => time });
  const limits = { inlineMaxBytes: 16 };
  const open = (writer: number) =>
    createStore({ meta, blobs, now: () => time++, randomBytes, writer, limits });
  store = open(0);
  peer = open(1);
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  bucket = (await store.buckets.get('default', 'b'))!;
});

const large = 'a text that is not kept inline';
const put = async (key = 'key', text = key) => {
  await store.objects.put(bucket, key, await store.objects.stage(Buffer.from(text)), described);
  return (await store.objects.get(bucket, key))!;
};
const annotate = async (object: StoredObject, name: string, text = name, max = 1000, by = store) =>
  by.annotations.put(bucket, object, name, await by.objects.stage(Buffer.from(text)), facts, {
    max,
  });
const names = async (object: StoredObject) => {
  const query = { prefix: '', limit: 1000 };
  const { annotations } = await store.annotations.list(bucket, object, query);
  return annotations.map(({ name }) => name);
};
const now = async (object: StoredObject) =>
  (await store.objects.version(bucket, object.key, object.versionId)) as StoredObject;
/** Everything that may go is gone, and nothing else. */
const cleaned = async (buckets: readonly Bucket[] = [bucket]) => {
  await store.garbage.collect(time + 1000);
  await store.garbage.collect(time + 1000);
  const page = await meta.scan({ table: 'annotation', part: bucket.part, limit: 100 });
  expect(await audit(meta, blobs, buckets)).toEqual([]);
  return page.entries.length;
};
const version = async () => {
  await store.buckets.update(bucket, (record) => ({ ...record, versioning: 'Enabled' }));
  bucket = (await store.buckets.get('default', 'b'))!;
};

describe('annotations', () => {
  it('go with an object that is removed or replaced', async () => {
    await annotate(await put(), 'a', large);
    await put();
    expect(await cleaned()).toBe(0);
    await annotate((await store.objects.get(bucket, 'key'))!, 'a', large);
    expect(await cleaned()).toBe(1);
    await store.objects.remove(bucket, 'key');
    expect(await cleaned()).toBe(0);
  });

  it('stay with a version wherever it lies, and go with it', async () => {
    await annotate(await put(), 'null', large);
    await version();
    const old = await put();
    await annotate(old, 'old', large);
    await put();
    await store.objects.remove(bucket, 'key');
    expect(await annotate(old, 'more')).toMatchObject({ size: 4 });
    expect(await names(await now(old))).toEqual(['more', 'old']);
    expect(await cleaned()).toBe(3);
    await store.objects.removeVersion(bucket, 'key', 'null');
    expect(await cleaned()).toBe(2);
    await store.objects.removeVersion(bucket, 'key', old.versionId);
    expect(await cleaned()).toBe(0);
  });

  it('are not added to another object that came in the place of theirs', async () => {
    const before = await put();
    await put();
    expect(await annotate(before, 'a', large)).toBe('no-object');
    expect(await store.annotations.remove(bucket, before, 'a')).toBe('no-object');
    expect(await cleaned()).toBe(0);
    await version();
    const gone = await put();
    await store.objects.removeVersion(bucket, 'key', gone.versionId);
    expect(await annotate(gone, 'a', large)).toBe('no-object');
    expect(await cleaned()).toBe(0);
  });

  it('are not added to a version that is gone, whatever comes on top of its key meanwhile', async () => {
    await version();
    const gone = await put();
    await store.objects.removeVersion(bucket, 'key', gone.versionId);
    await put();
    let commits = 0;
    const raced = createStore({
      meta: {
        ...meta,
        async commit(ops) {
          if (++commits === 1) await put();
          return meta.commit(ops);
        },
      },
      blobs,
      now: () => time++,
      randomBytes,
      writer: 1,
    });
    expect(await annotate(gone, 'a', large, 1000, raced)).toBe('no-object');
    expect(commits).toBe(2);
    expect(await cleaned()).toBe(0);
  });

  it('are counted exactly, whoever races', async () => {
    const object = await put();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        annotate(object, `n${at % 15}`, large, 10, at % 2 === 0 ? store : peer),
      ),
    );
    expect(answers.filter((one) => one === 'too-many').length).toBeGreaterThanOrEqual(5);
    expect((await now(object)).annotations?.count).toBe(10);
    expect(await names(await now(object))).toHaveLength(10);
    expect(await cleaned()).toBe(10);
    const removed = await Promise.all(
      (await names(await now(object))).flatMap((name) =>
        [store, peer].map((one) => one.annotations.remove(bucket, object, name)),
      ),
    );
    expect(removed.filter((one) => one === true)).toHaveLength(10);
    expect((await now(object)).annotations?.count).toBe(0);
    expect(await cleaned()).toBe(0);
  });

  it('race the end of their object without a trace', async () => {
    for (let round = 0; round < 20; round++) {
      const object = await put();
      await Promise.all([
        annotate(object, 'a', large, 10, peer),
        store.objects.remove(bucket, 'key'),
        annotate(object, 'b', large, 10, store),
      ]);
      expect(await cleaned()).toBe(0);
    }
  });

  it('give up their bytes where the precondition refuses', async () => {
    const object = await put();
    const staged = await store.objects.stage(Buffer.from(large));
    const refused = store.annotations.put(bucket, object, 'a', staged, facts, {
      max: 10,
      precondition: () => {
        throw new Error('refused');
      },
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await cleaned()).toBe(0);
  });

  it('are a copy’s own once they are copied, with shared bytes', async () => {
    const source = await put();
    await annotate(source, 'a', large);
    const a = (await store.annotations.get(bucket, await now(source), 'a'))!;
    const { blob: bytes, seq: _seq, lastModified: _time, ...rest } = a;
    const annotations = [
      { ...rest, bytes },
      { ...rest, name: 'b', bytes },
    ];
    await store.objects.copy(source, bucket, 'copy', { ...described, annotations });
    const copy = (await store.objects.get(bucket, 'copy'))!;
    expect(await names(copy)).toEqual(['a', 'b']);
    await store.objects.remove(bucket, 'key');
    expect(await cleaned()).toBe(2);
    const b = (await store.annotations.get(bucket, copy, 'b'))!;
    expect((await store.annotations.read(b)).toString()).toBe(large);
    await store.objects.remove(bucket, 'copy');
    expect(await cleaned()).toBe(0);
    const again = store.objects.copy(await put(), bucket, 'copy', { ...described, annotations });
    expect(await again).toBeUndefined();
  });

  it('go with their bucket', async () => {
    await annotate(await put(), 'a', large);
    await store.objects.remove(bucket, 'key');
    expect(await store.buckets.remove(bucket)).toBe('removed');
    expect(await cleaned([])).toBe(0);
  });
});
