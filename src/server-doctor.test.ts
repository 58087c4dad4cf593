/** The doctor over whole data directories: what it finds, what it repairs, what it leaves alone. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { crc32cOf } from './digest/digest.ts';
import { type DoctorRequest, examineDataDirectory } from './server-doctor.ts';
import { type FileBlobStore, openFileBlobStore } from './store/blob/files.ts';
import { readAll, testBytes } from './store/contract/blob.ts';
import { createStore } from './store/create-store.ts';
import { ensureFormat, formatVersion } from './store/format.ts';
import { garbageOp } from './store/garbage.ts';
import { createIdSource } from './store/ids.ts';
import {
  annotationKey,
  blobKey,
  bucketKey,
  configKey,
  markerKey,
  nullPointer,
  objectKey,
  systemKey,
  versionKey,
} from './store/keyspace.ts';
import { type LmdbMetaStore, openLmdbMetaStore } from './store/meta/lmdb.ts';
import type { MetaKey, MetaStore } from './store/meta/port.ts';
import { decodeBlobRecord, encodeBlobRecord, encodeRecord } from './store/record-codec.ts';
import type { Bucket } from './store/records.ts';
import type { Store } from './store/store.ts';
import { usageOp } from './store/usage.ts';

const KiB = 1024;
const acl = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };
const directory = mkdtempSync(join(tmpdir(), 'kist-doctor-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const inPack = testBytes(20 * KiB, 5);
const now = () => Date.now();

interface Open {
  readonly meta: LmdbMetaStore;
  readonly blobs: FileBlobStore;
  readonly store: Store & Pick<ReturnType<typeof createStore>, 'garbage'>;
  readonly bucket: Bucket;
}

let places = 0;
let dataDir: string;

/** The directory as a server has it open. */
async function withStore<T>(use: (open: Open) => Promise<T>): Promise<T> {
  const meta = await openLmdbMetaStore({ path: join(dataDir, 'meta') });
  await ensureFormat(meta, now);
  const blobs = await openFileBlobStore({
    dir: join(dataDir, 'blobs'),
    writerId: '0',
    packBlobMaxBytes: 256 * KiB,
    deps: { crc32c: crc32cOf },
  });
  const limits = { inlineMaxBytes: 100, gatherMaxBytes: 256 * KiB };
  const store = createStore({ meta, blobs, now, randomBytes, writer: 0, limits });
  const name = { namespace: 'default', name: 'photos' };
  if ((await store.buckets.get(name.namespace, name.name)) === undefined) {
    await store.buckets.create({ ...name, locationConstraint: '', acl, versioning: 'Enabled' });
  }
  const bucket = (await store.buckets.get(name.namespace, name.name))!;
  try {
    return await use({ meta, blobs, store, bucket });
  } finally {
    await blobs.close();
    await meta.close();
  }
}

async function put({ store, bucket }: Open, key: string, body: Buffer): Promise<string> {
  await store.objects.put(bucket, key, await store.objects.stage(body), described);
  return (await store.objects.get(bucket, key))!.blob!;
}

beforeEach(async () => {
  dataDir = join(directory, String(++places));
  await withStore(async (open) => {
    await put(open, 'inline', Buffer.from('small'));
    await put(open, 'pack', testBytes(5000, 1));
    await put(open, 'pack', inPack);
    await put(open, 'file', testBytes(600 * KiB, 6));
    await open.store.objects.remove(open.bucket, 'inline');
    const source = (await open.store.objects.get(open.bucket, 'pack'))!;
    await open.store.objects.copy(source, open.bucket, 'copy', described);
    const upload = await open.store.uploads.create(open.bucket, 'large', {
      ...described,
      initiator: 'owner',
    });
    const stored = (await open.store.uploads.get(open.bucket, 'large', upload.uploadId))!;
    const staged = await open.store.objects.stage(testBytes(300 * KiB, 8));
    await open.store.uploads.putPart(open.bucket, stored, 1, staged, { etag: 'p' });
  });
});

const examine = (more: Partial<DoctorRequest> = {}) =>
  examineDataDirectory({ dataDir, live: false, quick: false, repair: false, ...more });
const kinds = async (...given: Parameters<typeof examine>) =>
  (await examine(...given)).faults.map(({ kind }) => kind);

function flipBit(path: string, pattern: Buffer): void {
  const bytes = readFileSync(path);
  let at = bytes.indexOf(pattern);
  expect(at).not.toBe(-1);
  for (; at !== -1; at = bytes.indexOf(pattern, at + 1)) bytes[at + 3]! ^= 0x10;
  writeFileSync(path, bytes);
}
const packPath = () => {
  const packs = join(dataDir, 'blobs', 'packs');
  return join(packs, readdirSync(packs).find((name) => name.endsWith('.pack'))!);
};

it('finds nothing wrong where nothing is, and tells how far it has come', async () => {
  const steps = new Set<string>();
  const report = await examineDataDirectory({
    dataDir,
    live: false,
    quick: false,
    repair: false,
    onProgress: ({ step }) => steps.add(step),
  });
  expect(report).toMatchObject({ faults: [], faultCount: 0, healthy: true, format: formatVersion });
  expect(report.counted).toMatchObject({ blobs: 5, bodies: 4, unreadable: 0 });
  expect([...steps]).toEqual(['records', 'bytes', 'orphans']);
});

describe('what can be counted anew', () => {
  it('is usage', async () => {
    await withStore(async ({ meta, bucket }) => {
      await meta.commit([usageOp(bucket.part, 7, { objects: 2, bytes: -5 })!]);
    });
    const report = await examine();
    expect(report).toMatchObject({ healthy: false, faults: [{ kind: 'usage', repaired: false }] });
    expect(await examine({ repair: true })).toMatchObject({
      healthy: true,
      faults: [{ kind: 'usage', repaired: true }],
    });
    expect(await examine()).toMatchObject({ faults: [] });
    await withStore(async ({ store, bucket }) => {
      expect(await store.usage.of(bucket)).toMatchObject({ objects: 3, deleteMarkers: 1 });
    });
  });

  it.each([1, 9])('is references: two are counted, not %i', async (references) => {
    await withStore(async ({ meta, store, bucket }) => {
      const at = blobKey((await store.objects.get(bucket, 'pack'))!.blob!);
      const blob = decodeBlobRecord((await meta.get(at))!.value);
      const value = encodeBlobRecord({ ...blob, references });
      await meta.commit([{ op: 'put', at, value }]);
    });
    expect(await kinds()).toEqual(['references']);
    expect(await examine({ repair: true })).toMatchObject({ healthy: true });
    expect(await kinds()).toEqual([]);
  });

  it('is a blob that nothing refers to: it goes the way of garbage', async () => {
    await withStore(async ({ meta, bucket }) => {
      // As if the object's record had been lost with its usage.
      await meta.commit([
        { op: 'delete', at: objectKey(bucket.part, 'file') },
        usageOp(bucket.part, 0, { objects: -1, bytes: -600 * KiB })!,
      ]);
    });
    expect(await kinds()).toEqual(['references']);
    expect(await examine({ repair: true })).toMatchObject({ healthy: true });
    expect(await kinds()).toEqual([]);
    await withStore(async ({ store }) => {
      expect((await store.garbage.collect(now() + 1000)).bytes).toBe(600 * KiB);
    });
    expect(await kinds()).toEqual([]);
  });
});

describe('what a crash leaves', () => {
  it('is bytes without a record, and garbage that refers to nothing', async () => {
    await withStore(async ({ meta, store }) => {
      await store.objects.stage(testBytes(1000, 1));
      await store.objects.stage(testBytes(700 * KiB, 1));
      const ids = createIdSource({ now, randomBytes });
      await meta.commit([garbageOp(ids, { kind: 'blob', blob: '00'.repeat(16) })]);
    });
    const report = await examine();
    expect(report.healthy).toBe(true);
    expect(report.faults.map(({ kind, leftover }) => [kind, leftover])).toEqual([
      ['dangling-garbage', true],
      ['orphan-bytes', true],
      ['orphan-bytes', true],
    ]);
    const repaired = await examine({ repair: true });
    expect(repaired.faults.map((fault) => fault.repaired)).toEqual([true, true, true]);
    expect(await kinds()).toEqual([]);
  });

  it('is left alone while a record cannot be read, which may be the one it belongs to', async () => {
    await withStore(async (open) => {
      const id = await put(open, 'more', testBytes(3000, 2));
      await open.meta.commit([
        { op: 'put', at: blobKey(id), value: Buffer.from('not what was written') },
      ]);
      await open.store.objects.stage(testBytes(1000, 1));
    });
    const report = await examine({ repair: true });
    expect(report.healthy).toBe(false);
    expect(report.faults.map(({ kind, repaired }) => [kind, repaired])).toEqual([
      ['record', false],
      ['blob-missing', false],
      ['orphan-bytes', false],
    ]);
    expect(report.faults[1]!.objects).toEqual(['default/photos/more']);
  });
});

describe('what surrounds sound bytes', () => {
  const corrupt = (path: string, at: number) => {
    const bytes = readFileSync(path);
    bytes[at]! ^= 0x10;
    writeFileSync(path, bytes);
  };
  const packs = () => join(dataDir, 'blobs', 'packs');

  it('is told when it is damaged, with the objects, and written anew', async () => {
    const bytes = readFileSync(packPath());
    corrupt(packPath(), bytes.indexOf(inPack) - 20);
    for (const quick of [true, false]) {
      const report = await examine({ quick });
      expect(report).toMatchObject({
        healthy: false,
        faults: [{ kind: 'frame', repaired: false }],
      });
      expect(report.faults[0]!.objects).toEqual(['default/photos/copy', 'default/photos/pack']);
    }
    expect(await examine({ repair: true })).toMatchObject({
      healthy: true,
      faults: [{ repaired: true }],
    });
    expect(await kinds()).toEqual([]);
    await withStore(async ({ store, bucket }) => {
      const object = (await store.objects.get(bucket, 'copy'))!;
      expect(await readAll(await store.objects.read(object, 0, object.size))).toEqual(inPack);
    });
  });

  it('is a seal, too, which is made anew', async () => {
    const seal = join(packs(), readdirSync(packs()).find((name) => name.endsWith('.seal'))!);
    corrupt(seal, 12);
    expect(await examine()).toMatchObject({ healthy: false, faults: [{ kind: 'pack' }] });
    expect(await examine({ repair: true })).toMatchObject({ healthy: true });
    expect(await kinds()).toEqual([]);
  });

  it("is a pack's head, which nobody needs once the pack is sealed: told, and left", async () => {
    corrupt(packPath(), 30);
    expect(await examine({ repair: true })).toMatchObject({
      healthy: false,
      faults: [{ kind: 'pack', repaired: false }],
    });
  });
});

it('stops where it is told to, and the directory can be opened again', async () => {
  for (const step of ['records', 'bytes', 'orphans']) {
    const stopping = new AbortController();
    const run = examineDataDirectory({
      dataDir,
      live: false,
      quick: false,
      repair: true,
      signal: stopping.signal,
      onProgress: (progress) => {
        if (progress.step === step) stopping.abort(new Error(`told in ${step}`));
      },
    });
    // The last step may have nothing left to be stopped in.
    if (step === 'orphans') await run.catch(() => {});
    else await expect(run).rejects.toThrow(`told in ${step}`);
  }
  expect(await kinds()).toEqual([]);
});

describe('what is lost', () => {
  it('is told with the objects it belongs to, copies too', async () => {
    flipBit(packPath(), inPack.subarray(100, 164));
    expect(await kinds({ quick: true })).toEqual([]);
    const report = await examine({ repair: true });
    expect(report).toMatchObject({ healthy: false, faults: [{ kind: 'bytes', repaired: false }] });
    expect(report.faults[0]!.objects).toEqual(['default/photos/copy', 'default/photos/pack']);
  });

  it('is bytes that are gone, which a quick look finds', async () => {
    rmSync(packPath());
    const report = await examine({ quick: true });
    expect(report.faults.map(({ kind }) => kind)).toEqual(['bytes', 'bytes']);
    const objects = report.faults.flatMap((fault) => fault.objects ?? []);
    expect(objects).toHaveLength(3);
    expect(objects).toContainEqual(expect.stringMatching(/^default\/photos\/pack \(version /));
  });

  it('is a record that differs from its checksum', async () => {
    await withStore(async ({ meta, bucket }) => {
      const at = objectKey(bucket.part, 'copy');
      const value = Buffer.from((await meta.get(at))!.value);
      value[20]! ^= 1;
      await meta.commit([{ op: 'put', at, value }]);
    });
    const report = await examine({ repair: true });
    expect(report.faults[0]).toMatchObject({ kind: 'record', repaired: false });
    expect(report.faults[0]!.message).toContain('copy');
    // One object is not counted, and that must not become the truth.
    expect(report.faults.every(({ repaired }) => !repaired)).toBe(true);
  });
});

describe('damaged records that are dropped', () => {
  const drop = () => examine({ repair: true, dropDamaged: true });

  /** Flips a bit of a record. */
  async function damage(meta: MetaStore, at: MetaKey): Promise<Buffer> {
    const value = Buffer.from((await meta.get(at))!.value);
    value[value.length >> 1]! ^= 1;
    await meta.commit([{ op: 'put', at, value }]);
    return value;
  }
  /** What ListObjectVersions shows of a key, newest first. */
  const shown = async ({ store, bucket }: Open, key: string) =>
    (await store.listing.versions(bucket, { prefix: key, delimiter: '', limit: 10 })).entries.map(
      (entry) => entry.kind === 'version' && [entry.version.versionId, entry.latest],
    );
  const suspend = async ({ store, bucket }: Open): Promise<Bucket> => {
    await store.buckets.update(bucket, (now) => ({ ...now, versioning: 'Suspended' }));
    return (await store.buckets.get('default', 'photos'))!;
  };

  it('are kept aside, named, and hold up no repair of the rest', async () => {
    const value = await withStore(async ({ meta, bucket, store }) => {
      await store.objects.stage(testBytes(1000, 1));
      return await damage(meta, objectKey(bucket.part, 'file'));
    });
    expect(await examine({ repair: true })).toMatchObject({ healthy: false });
    const report = await drop();
    expect(report).toMatchObject({ healthy: true, counted: { unreadable: 0 } });
    expect(report.faults.map(({ kind, repaired }) => [kind, repaired])).toEqual([
      ['usage', true],
      ['references', true],
      ['orphan-bytes', true],
    ]);
    const { file, records } = report.dropped!;
    expect(records).toEqual(['object default/photos/file: a delete marker is in its place']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      table: 'object',
      name: 'default/photos/file',
      key: Buffer.from('file').toString('hex'),
      value: value.toString('base64'),
    });
    expect(await examine()).toMatchObject({ faults: [], healthy: true });
    expect(await drop()).not.toHaveProperty('dropped');
    await withStore(async ({ store }) => {
      expect((await store.garbage.collect(now() + 1000)).bytes).toBe(600 * KiB);
    });
    expect(await kinds()).toEqual([]);
  });

  it('leave no delete marker in a bucket that was never versioned', async () => {
    const plain = { namespace: 'default', name: 'plain', locationConstraint: '', acl };
    await withStore(async ({ meta, store }) => {
      await store.buckets.create(plain);
      const bucket = (await store.buckets.get('default', 'plain'))!;
      const staged = await store.objects.stage(testBytes(1000, 1));
      await store.objects.put(bucket, 'k', staged, described);
      await damage(meta, objectKey(bucket.part, 'k'));
    });
    expect((await drop()).dropped!.records).toEqual(['object default/plain/k: dropped']);
    expect(await kinds()).toEqual([]);
    await withStore(async ({ store }) => {
      const bucket = (await store.buckets.get('default', 'plain'))!;
      expect(await store.usage.of(bucket)).toMatchObject({ objects: 0, bytes: 0 });
      expect(await store.buckets.remove(bucket)).toBe('removed');
    });
  });

  it('show no older version as if it were the newest, and bring back nothing deleted', async () => {
    await withStore(async ({ meta, bucket }) => {
      await damage(meta, objectKey(bucket.part, 'pack'));
      // Deleted before.
      await damage(meta, markerKey(bucket.part, 'inline'));
    });
    expect((await drop()).dropped!.records).toEqual([
      'object default/photos/pack: a delete marker is in its place',
      'marker default/photos/inline: a delete marker is in its place',
    ]);
    expect(await kinds()).toEqual([]);
    await withStore(async (open) => {
      for (const key of ['pack', 'inline']) {
        expect(await open.store.objects.get(open.bucket, key)).toBeUndefined();
        const [marker, older] = (await shown(open, key)) as [string, boolean][];
        expect([marker![1], older![1]]).toEqual([true, false]);
        await open.store.objects.removeVersion(open.bucket, key, marker![0]);
        const current = await open.store.objects.get(open.bucket, key);
        expect(current?.versionId).toBe(older![0]);
      }
    });
    expect(await kinds()).toEqual([]);
  });

  it.each(['version', 'pointer', 'both', 'beside it'] as const)(
    'agree with the pointer to the null version: %s',
    async (what) => {
      await withStore(async (open) => {
        const { store, meta } = open;
        const enabled = open.bucket;
        const bucket = await suspend(open);
        await put({ ...open, bucket }, 'pack', testBytes(200, 3));
        await store.buckets.update(bucket, () => enabled);
        const again = (await store.buckets.get('default', 'photos'))!;
        await put({ ...open, bucket: again }, 'pack', testBytes(200, 4));
        const versions = (
          await store.listing.versions(again, {
            prefix: 'pack',
            delimiter: '',
            limit: 10,
          })
        ).entries;
        const orders = versions.map((entry) => entry.kind === 'version' && entry.version.order);
        const [, ofNull, other] = orders as string[];
        const order = what === 'beside it' ? other! : ofNull!;
        if (what !== 'pointer') await damage(meta, versionKey(again.part, 'pack', order));
        if (what === 'pointer' || what === 'both') {
          await damage(meta, versionKey(again.part, 'pack', nullPointer));
        }
      });
      await drop();
      expect(await kinds()).toEqual([]);
      await withStore(async ({ store, bucket }) => {
        const found = await store.objects.version(bucket, 'pack', 'null');
        if (what === 'pointer' || what === 'beside it') expect(found?.versionId).toBe('null');
        else expect(found).toBeUndefined();
      });
    },
  );

  it('are made anew where bytes say whose they are', async () => {
    const id = await withStore(async ({ meta, store, bucket }) => {
      const { blob } = (await store.objects.get(bucket, 'copy'))!;
      await damage(meta, blobKey(blob!));
      return blob;
    });
    expect((await drop()).dropped!.records).toEqual([
      `blob ${id}: made anew from what surrounds its bytes`,
    ]);
    expect(await kinds()).toEqual([]);
    await withStore(async ({ store, bucket }) => {
      const object = (await store.objects.get(bucket, 'copy'))!;
      expect(await readAll(await store.objects.read(object, 0, object.size))).toEqual(inPack);
    });
  });

  it('are garbage, uploads and their parts, too', async () => {
    await withStore(async ({ meta, bucket, store }) => {
      const { versionId } = (await store.objects.get(bucket, 'file'))!;
      await store.objects.removeVersion(bucket, 'file', versionId);
      for (const table of ['garbage', 'upload'] as const) {
        const part = table === 'garbage' ? Buffer.alloc(0) : bucket.part;
        const [record] = (await meta.scan({ table, part, limit: 1 })).entries;
        await damage(meta, { table, part, key: record!.key });
      }
    });
    expect((await drop()).dropped!.records).toHaveLength(2);
    expect(await kinds()).toEqual([]);
    await withStore(async ({ store, bucket }) => {
      // The object, and the part of the upload that nobody can complete any more.
      expect(await store.garbage.collect(now() + 1000)).toMatchObject({ failed: 0 });
      expect(await store.garbage.collect(now() + 1000)).toMatchObject({ failed: 0 });
      expect(await store.usage.of(bucket)).toMatchObject({ uploads: 0, parts: 0, partBytes: 0 });
    });
    expect(await kinds()).toEqual([]);
  });

  it('are annotations, whose number is set, and objects with some, which go with them', async () => {
    const facts = {
      etag: 'e',
      checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
    } as const;
    const annotated = async ({ store, bucket }: Open, key: string) => {
      for (const name of ['one', 'two']) {
        const object = (await store.objects.get(bucket, key))!;
        const staged = await store.objects.stage(testBytes(2000, 7));
        await store.annotations.put(bucket, object, name, staged, facts, { max: 9 });
      }
      return (await store.objects.get(bucket, key))!.annotations!.set;
    };
    await withStore(async (open) => {
      const set = await annotated(open, 'pack');
      await annotated(open, 'file');
      await damage(open.meta, annotationKey(open.bucket.part, set, 'one'));
      await damage(open.meta, objectKey(open.bucket.part, 'file'));
    });
    const report = await drop();
    expect(report.healthy).toBe(true);
    expect(report.faults.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['annotations', 'stray-annotations']),
    );
    expect(await kinds()).toEqual([]);
    await withStore(async ({ store, bucket }) => {
      expect((await store.objects.get(bucket, 'pack'))!.annotations!.count).toBe(1);
      for (let round = 0; round < 2; round++) await store.garbage.collect(now() + 1000);
    });
    const { counted } = await examine();
    // Of `copy` and `pack`, the noncurrent `pack` and `inline`, the upload's part, and one annotation.
    expect(counted.blobs).toBe(5);
    expect(await kinds()).toEqual([]);
  });

  it('are none that say who may do what, nor what is in a bucket that nobody can name', async () => {
    await withStore(async ({ meta, store, bucket }) => {
      await store.buckets.setConfig(bucket, 'policy', { Statement: ['Deny'] });
      await damage(meta, configKey(bucket.part, 'policy'));
    });
    expect(await drop()).toMatchObject({
      healthy: false,
      faults: [{ kind: 'record', repaired: false }],
    });
    await withStore(async ({ meta, bucket }) => {
      await damage(meta, objectKey(bucket.part, 'file'));
      await damage(meta, bucketKey('default', 'photos'));
    });
    const report = await drop();
    expect(report).not.toHaveProperty('dropped');
    expect(report.faults.filter(({ kind }) => kind === 'record')).toHaveLength(3);
    expect(report.faults.every(({ repaired }) => !repaired)).toBe(true);
  });
});

it('beside a server takes nothing that changes meanwhile for wrong', async () => {
  await withStore(async (open) => {
    let isOver = false;
    const churn = (async () => {
      for (let i = 0; !isOver; i++) {
        await put(open, `k${i % 7}`, testBytes(200 + (i % 5) * 9000, i + 1));
        if (i % 3 === 0) await open.store.objects.remove(open.bucket, `k${i % 5}`);
        if (i % 10 === 0) await open.store.garbage.collect(now() + 1000);
      }
    })();
    for (let look = 0; look < 5; look++) {
      expect(await examine({ live: true })).toMatchObject({ faults: [], healthy: true });
    }
    isOver = true;
    await churn;
  });
});

it('refuses a directory of a newer format by name', async () => {
  await withStore(async ({ meta }) => {
    const value = encodeRecord({ version: 99, createdAt: 0 });
    await meta.commit([{ op: 'put', at: systemKey('format'), value }]);
  });
  await expect(examine()).rejects.toThrow('is in format 99');
});
