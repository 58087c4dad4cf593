/** The engine's domain logic over the memory adapters: histories, sharing, deletion, counters. */
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import type { BlobStore } from './blob/port.ts';
import { audit } from './contract/audit.ts';
import { createStore } from './create-store.ts';
import { BucketGoneError } from './errors.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaStore } from './meta/port.ts';
import { sweepOrphans } from './orphans.ts';
import type { Bucket } from './records.ts';
import type { BytesOut, PutObject } from './store.ts';

const acl = { owner: 'owner', grants: [] };
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const described = (bytes: Buffer): PutObject => ({
  headers: {},
  metadata: {},
  storageClass: 'STANDARD',
  acl,
  etag: md5(bytes),
});

async function collect(bytes: BytesOut): Promise<Buffer> {
  if (Buffer.isBuffer(bytes)) return bytes;
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

let time: number;
let meta: MetaStore;
let blobs: BlobStore;
let store: ReturnType<typeof createStore>;
let bucket: Bucket;

async function open(): Promise<void> {
  time = 1_700_000_000_000;
  meta = createMemoryMetaStore();
  blobs = createMemoryBlobStore({ now: () => time });
  store = createStore({
    meta,
    blobs,
    now: () => time++,
    randomBytes,
    writer: 0,
    limits: { inlineMaxBytes: 16, gatherMaxBytes: 64 },
  });
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  bucket = (await store.buckets.get('default', 'b'))!;
}

const put = async (key: string, bytes: Buffer, into = bucket) =>
  store.objects.put(into, key, await store.objects.stage(bytes), described(bytes));
const get = async (key: string): Promise<Buffer | undefined> => {
  const object = await store.objects.get(bucket, key);
  return object && collect(await store.objects.read(object, 0, object.size));
};
const newUpload = (key: string) =>
  store.uploads.create(bucket, key, {
    headers: {},
    metadata: {},
    storageClass: 'STANDARD',
    acl,
    initiator: 'owner',
  });
const putPart = async (key: string, uploadId: string, number: number, bytes: Buffer) => {
  const upload = await store.uploads.get(bucket, key, uploadId);
  const staged = await store.objects.stage(bytes);
  return store.uploads.putPart(bucket, upload!, number, staged, { etag: md5(bytes) });
};
const complete = async (key: string, uploadId: string, numbers: readonly number[]) => {
  const upload = await store.uploads.get(bucket, key, uploadId);
  if (upload === undefined) return undefined;
  return store.uploads.complete(bucket, upload, (parts) => ({
    parts: numbers.map((number) => ({ part: parts.get(number)! })),
    object: described(Buffer.alloc(0)),
  }));
};
/** Everything that is garbage by now goes, and what that makes garbage too. */
const collectGarbage = async (): Promise<void> => {
  for (let round = 0; round < 4; round++) {
    time += 1000;
    const report = await store.garbage.collect(time);
    expect(report.failures).toEqual([]);
  }
};

beforeEach(open);

describe('an object', () => {
  it('is read back whole and in ranges from each home', async () => {
    for (const size of [0, 1, 16, 17, 64, 65, 5000]) {
      const bytes = randomBytes(size);
      await put('k', bytes);
      expect(await get('k')).toEqual(bytes);
      const object = (await store.objects.get(bucket, 'k'))!;
      const range = await collect(
        await store.objects.read(object, Math.floor(size / 3), Math.ceil(size / 2)),
      );
      expect(range).toEqual(bytes.subarray(Math.floor(size / 3), Math.ceil(size / 2)));
    }
  });

  it('keeps nothing when its source fails', async () => {
    async function* failing() {
      yield Buffer.alloc(100);
      throw new Error('cut');
    }
    await expect(store.objects.stage(failing(), { length: 1000 })).rejects.toThrow('cut');
    await expect(store.objects.stage(failing())).rejects.toThrow('cut');
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });

  it('has one winner among writers that want it absent', async () => {
    const absent = (current: unknown): void => {
      if (current !== undefined) throw new Error('there already');
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, async (_, i) => {
        const bytes = Buffer.alloc(100, i);
        const staged = await store.objects.stage(bytes);
        return store.objects.put(bucket, 'one', staged, described(bytes), absent);
      }),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await collectGarbage();
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });

  it('shares its bytes with its copies and outlives none of them', async () => {
    const bytes = randomBytes(500);
    await put('from', bytes);
    const source = (await store.objects.get(bucket, 'from'))!;
    await store.objects.copy(source, bucket, 'to', described(bytes));
    expect((await blobs.list()).entries).toHaveLength(1);
    await store.objects.remove(bucket, 'from');
    await collectGarbage();
    expect(await get('to')).toEqual(bytes);
    await store.objects.remove(bucket, 'to');
    await collectGarbage();
    expect((await blobs.list()).entries).toHaveLength(0);
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });

  it('can be copied onto itself', async () => {
    const bytes = randomBytes(500);
    await put('k', bytes);
    const source = (await store.objects.get(bucket, 'k'))!;
    await store.objects.copy(source, bucket, 'k', { ...described(bytes), metadata: { a: 'b' } });
    await collectGarbage();
    expect(await get('k')).toEqual(bytes);
    expect((await store.objects.get(bucket, 'k'))?.metadata).toEqual({ a: 'b' });
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });

  it('is not copied from bytes that are gone', async () => {
    const bytes = randomBytes(500);
    await put('from', bytes);
    const source = (await store.objects.get(bucket, 'from'))!;
    await store.objects.remove(bucket, 'from');
    await collectGarbage();
    expect(await store.objects.copy(source, bucket, 'to', described(bytes))).toBeUndefined();
  });
});

describe('an upload', () => {
  it('joins its parts without moving bytes', async () => {
    const { uploadId } = await newUpload('big');
    const parts = [randomBytes(300), randomBytes(10), randomBytes(700)];
    for (const [i, bytes] of parts.entries()) await putPart('big', uploadId, i + 1, bytes);
    const before = (await blobs.list()).entries;
    const object = await complete('big', uploadId, [1, 2, 3]);
    expect(object?.size).toBe(1010);
    expect((await blobs.list()).entries).toEqual(before);
    expect(await get('big')).toEqual(Buffer.concat(parts));
    expect(await store.uploads.get(bucket, 'big', uploadId)).toBeUndefined();
    await collectGarbage();
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });

  it('drops the parts that completion leaves out', async () => {
    const { uploadId } = await newUpload('k');
    for (const number of [1, 2, 3]) await putPart('k', uploadId, number, randomBytes(100));
    await complete('k', uploadId, [1, 3]);
    await collectGarbage();
    expect((await blobs.list()).entries).toHaveLength(2);
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });

  it('replaces a part of the same number', async () => {
    const { uploadId } = await newUpload('k');
    await putPart('k', uploadId, 1, randomBytes(100));
    const second = randomBytes(120);
    await putPart('k', uploadId, 1, second);
    await complete('k', uploadId, [1]);
    await collectGarbage();
    expect(await get('k')).toEqual(second);
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });

  it('leaves nothing when it is aborted, and takes no part afterwards', async () => {
    const { uploadId } = await newUpload('k');
    await putPart('k', uploadId, 1, randomBytes(100));
    const upload = (await store.uploads.get(bucket, 'k', uploadId))!;
    expect(await store.uploads.abort(bucket, upload)).toBe(true);
    const late = await store.objects.stage(randomBytes(100));
    expect(await store.uploads.putPart(bucket, upload, 2, late, { etag: 'x' })).toBeUndefined();
    await collectGarbage();
    expect((await blobs.list()).entries).toHaveLength(0);
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });

  it('is consistent when parts arrive while it completes', async () => {
    for (let round = 0; round < 20; round++) {
      const { uploadId } = await newUpload('race');
      const first = randomBytes(100);
      await putPart('race', uploadId, 1, first);
      const later = randomBytes(110);
      const [object, part] = await Promise.all([
        complete('race', uploadId, [1]),
        putPart('race', uploadId, 1, later),
      ]);
      expect(object).toBeDefined();
      const bytes = await get('race');
      expect([first, later].some((one) => one.equals(bytes!))).toBe(true);
      if (bytes!.equals(later)) expect(part).toBeDefined();
    }
    await collectGarbage();
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });

  it('takes ranges of objects as parts, again and again', async () => {
    let expected = randomBytes(1000);
    await put('grow', expected);
    for (let round = 0; round < 6; round++) {
      const source = (await store.objects.get(bucket, 'grow'))!;
      const { uploadId } = await newUpload('grow');
      const upload = (await store.uploads.get(bucket, 'grow', uploadId))!;
      const whole = { object: source, start: 0, end: source.size };
      await store.uploads.copyPart(bucket, upload, 1, whole, { etag: 'x' });
      const middle = { object: source, start: 100, end: 200 };
      await store.uploads.copyPart(bucket, upload, 2, middle, { etag: 'y' });
      await complete('grow', uploadId, [1, 2]);
      expected = Buffer.concat([expected, expected.subarray(100, 200)]);
      await collectGarbage();
      expect(await get('grow')).toEqual(expected);
      expect(await audit(meta, blobs, [bucket])).toEqual([]);
    }
  });
});

describe('an object of very many extents', () => {
  it('is no more of them than a commit can free again', async () => {
    const pieces = await newUpload('pieces');
    const numbers = Array.from({ length: 256 }, (_, at) => at + 1);
    for (const number of numbers) await putPart('pieces', pieces.uploadId, number, Buffer.alloc(1));
    await complete('pieces', pieces.uploadId, numbers);
    const source = { object: (await store.objects.get(bucket, 'pieces'))!, start: 0, end: 256 };
    const { uploadId } = await newUpload('copy');
    const upload = (await store.uploads.get(bucket, 'copy', uploadId))!;
    const copies = Array.from({ length: 120 }, (_, at) => at + 1);
    for (const number of copies) {
      await store.uploads.copyPart(bucket, upload, number, source, { etag: 'e' });
    }
    await complete('copy', uploadId, copies);
    expect(await get('copy')).toEqual(Buffer.alloc(256 * 120));
    await store.objects.remove(bucket, 'copy');
    await store.objects.remove(bucket, 'pieces');
    await collectGarbage();
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
    expect((await meta.scan({ table: 'blob', part: Buffer.alloc(0), limit: 1 })).entries).toEqual(
      [],
    );
  });
});

describe('a bucket', () => {
  it('goes only when it is empty, and takes its uploads along', async () => {
    await put('k', randomBytes(100));
    const { uploadId } = await newUpload('u');
    await putPart('u', uploadId, 1, randomBytes(100));
    expect(await store.buckets.remove(bucket)).toBe('not-empty');
    await store.objects.remove(bucket, 'k');
    expect(await store.buckets.remove(bucket)).toBe('removed');
    expect(await store.buckets.remove(bucket)).toBe('absent');
    await collectGarbage();
    expect((await blobs.list()).entries).toHaveLength(0);
    expect(await audit(meta, blobs, [])).toEqual([]);
  });

  it('is never removed under a put that is acknowledged', async () => {
    for (let round = 0; round < 30; round++) {
      const name = `r${round}`;
      await store.buckets.create({ namespace: 'default', name, locationConstraint: '', acl });
      const raced = (await store.buckets.get('default', name))!;
      const [removed, written] = await Promise.allSettled([
        store.buckets.remove(raced),
        put('k', randomBytes(20), raced),
      ]);
      expect(removed.status).toBe('fulfilled');
      const gone = removed.status === 'fulfilled' && removed.value === 'removed';
      expect(written.status).toBe(gone ? 'rejected' : 'fulfilled');
      if (written.status === 'rejected') expect(written.reason).toBeInstanceOf(BucketGoneError);
    }
  });

  it('has the same name as another in another namespace', async () => {
    const init = { name: 'b', locationConstraint: '', acl };
    const other = await store.buckets.create({ ...init, namespace: 'other' });
    expect(other.created).toBe(true);
    expect((await store.buckets.create({ ...init, namespace: 'other' })).created).toBe(false);
    expect(other.bucket.id).not.toBe(bucket.id);
  });
});

describe('a listing', () => {
  const alphabet = fc.constantFrom('a', 'b', '/', 'é', '\u{1F600}', '~', '\u0000');
  const key = fc.string({ unit: alphabet, minLength: 1, maxLength: 6 });
  const bytesOrder = (a: string, b: string): number =>
    Buffer.compare(Buffer.from(a), Buffer.from(b));

  /** What S3 says a listing is, in the most naive way. */
  function naive(keys: readonly string[], prefix: string, delimiter: string, after?: string) {
    const seen = new Set<string>();
    for (const one of [...keys].sort(bytesOrder)) {
      if (!one.startsWith(prefix)) continue;
      const at = delimiter === '' ? -1 : one.indexOf(delimiter, prefix.length);
      const entry = at < 0 ? `k:${one}` : `p:${one.slice(0, at + delimiter.length)}`;
      if (after !== undefined && bytesOrder(entry.slice(2), after) <= 0) continue;
      seen.add(entry);
    }
    return [...seen];
  }

  it('is the same for any page size, prefix, delimiter and marker', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 25 }),
        fc.string({ unit: alphabet, maxLength: 2 }),
        fc.constantFrom('', '/', 'a', 'ab'),
        fc.option(key, { nil: undefined }),
        fc.integer({ min: 1, max: 7 }),
        async (keys, prefix, delimiter, start, limit) => {
          await open();
          for (const one of keys) {
            await put(one, Buffer.alloc(0));
            await newUpload(one);
          }
          for (const what of ['objects', 'uploads'] as const) {
            const listed: string[] = [];
            let after = start;
            let afterUploadId: string | undefined;
            for (;;) {
              const page = await store.listing[what](bucket, {
                prefix,
                delimiter,
                after,
                afterUploadId,
                limit,
              } as Parameters<typeof store.listing.uploads>[1]);
              expect(page.entries.length).toBeLessThanOrEqual(limit);
              for (const entry of page.entries) {
                if (entry.kind === 'prefix') {
                  listed.push(`p:${entry.prefix}`);
                  after = entry.prefix;
                  afterUploadId = undefined;
                } else {
                  const stored = entry.kind === 'object' ? entry.object : entry.upload;
                  listed.push(`k:${stored.key}`);
                  after = stored.key;
                  afterUploadId = entry.kind === 'upload' ? entry.upload.uploadId : undefined;
                }
              }
              if (!page.more) break;
            }
            expect(listed).toEqual(naive(keys, prefix, delimiter, start));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('any history', () => {
  const keys = ['a', 'b', 'c'];
  const command = fc.oneof(
    fc.record({
      do: fc.constant('put' as const),
      key: fc.constantFrom(...keys),
      size: fc.nat(200),
    }),
    fc.record({ do: fc.constant('remove' as const), key: fc.constantFrom(...keys) }),
    fc.record({
      do: fc.constant('copy' as const),
      key: fc.constantFrom(...keys),
      to: fc.constantFrom(...keys),
    }),
    fc.record({
      do: fc.constant('upload' as const),
      key: fc.constantFrom(...keys),
      sizes: fc.array(fc.nat(150), { minLength: 1, maxLength: 4 }),
      end: fc.constantFrom('complete', 'abort', 'leave'),
      copyFrom: fc.option(fc.constantFrom(...keys), { nil: undefined }),
    }),
    fc.record({ do: fc.constant('collect' as const) }),
  );

  it('leaves the bytes it should and the counters that are true', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 30 }), async (commands) => {
        await open();
        const model = new Map<string, Buffer>();
        for (const one of commands) {
          if (one.do === 'put') {
            const bytes = randomBytes(one.size);
            await put(one.key, bytes);
            model.set(one.key, bytes);
          } else if (one.do === 'remove') {
            const { removed } = await store.objects.remove(bucket, one.key);
            expect(removed !== undefined).toBe(model.delete(one.key));
          } else if (one.do === 'copy') {
            const source = await store.objects.get(bucket, one.key);
            if (source === undefined) continue;
            await store.objects.copy(source, bucket, one.to, described(Buffer.alloc(0)));
            model.set(one.to, model.get(one.key)!);
          } else if (one.do === 'upload') {
            const { uploadId } = await newUpload(one.key);
            const upload = (await store.uploads.get(bucket, one.key, uploadId))!;
            const parts: Buffer[] = [];
            for (const [i, size] of one.sizes.entries()) {
              const source = one.copyFrom && (await store.objects.get(bucket, one.copyFrom));
              if (source && i % 2 === 0) {
                const range = { object: source, start: 0, end: Math.min(size, source.size) };
                await store.uploads.copyPart(bucket, upload, i + 1, range, { etag: '' });
                parts.push(model.get(source.key)!.subarray(0, range.end));
              } else {
                parts.push(randomBytes(size));
                await putPart(one.key, uploadId, i + 1, parts[i]!);
              }
            }
            if (one.end === 'complete') {
              await complete(
                one.key,
                uploadId,
                one.sizes.map((_, i) => i + 1),
              );
              model.set(one.key, Buffer.concat(parts));
            } else if (one.end === 'abort') {
              await store.uploads.abort(bucket, upload);
            }
          } else {
            await collectGarbage();
          }
        }
        for (const one of keys) expect(await get(one)).toEqual(model.get(one));
        expect(await audit(meta, blobs, [bucket])).toEqual([]);
        await collectGarbage();
        for (const one of keys) expect(await get(one)).toEqual(model.get(one));
        expect(await audit(meta, blobs, [bucket])).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('the orphan sweep', () => {
  it('removes old bytes without a record and nothing else', async () => {
    await put('kept', randomBytes(100));
    await store.objects.stage(randomBytes(100));
    expect((await sweepOrphans(meta, blobs, time - 10_000)).removed).toBe(0);
    expect(await sweepOrphans(meta, blobs, time + 10_000)).toMatchObject({ seen: 2, removed: 1 });
    expect(await get('kept')).toHaveLength(100);
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });
});
