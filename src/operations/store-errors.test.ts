/** What a disk that fails comes to in S3's words, through the real store over files whose system says no. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { crc32cOf } from '../digest/digest.ts';
import { S3Error } from '../protocol/errors.ts';
import { type FileSystem, nodeFileSystem } from '../store/blob/file-system.ts';
import { openFileBlobStore } from '../store/blob/files.ts';
import { BlobBusyError } from '../store/blob/port.ts';
import { createStore } from '../store/create-store.ts';
import { BucketGoneError, ContentionError } from '../store/errors.ts';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import { MetaBusyError } from '../store/meta/port.ts';
import { mapStoreError } from './store-errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'kist-store-errors-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The real one, until it is told to fail every call that writes. */
function faultyFiles() {
  let code: string | undefined;
  const refuse = (): void => {
    if (code !== undefined) throw Object.assign(new Error(`${code}: it failed`), { code });
  };
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async open(path, flags) {
      if (flags !== 'r') refuse();
      const file = await nodeFileSystem.open(path, flags);
      return {
        async writev(buffers, position) {
          refuse();
          return await file.writev(buffers, position);
        },
        async datasync() {
          refuse();
          await file.datasync();
        },
        read: (bytes, offset, length, position) => file.read(bytes, offset, length, position),
        stat: () => file.stat(),
        sync: () => file.sync(),
        close: () => file.close(),
      };
    },
  };
  return {
    fileSystem,
    fail: (with_: string | undefined) => {
      code = with_;
    },
  };
}

const acl = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };
/** An entry of a pack, a file. */
const sizes = [10_000, 2_000_000];

test.each([
  ['ENOSPC', 'InsufficientStorage', 507],
  ['EDQUOT', 'InsufficientStorage', 507],
  ['EFBIG', 'InsufficientStorage', 507],
  ['EROFS', 'ServiceUnavailable', 503],
  ['EMFILE', 'ServiceUnavailable', 503],
  ['ENFILE', 'ServiceUnavailable', 503],
  ['EIO', 'InternalError', 500],
])(
  'where the system says %s a put is %s (%i), what was there is read, and puts go on afterwards',
  async (fault, code, status) => {
    const { fileSystem, fail } = faultyFiles();
    const blobs = await openFileBlobStore({
      dir: join(directory, fault),
      writerId: 'worker-0',
      deps: { crc32c: crc32cOf, fileSystem },
    });
    const meta = createMemoryMetaStore();
    const store = createStore({ meta, blobs, now: Date.now, randomBytes, writer: 0 });
    await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
    const bucket = (await store.buckets.get('default', 'b'))!;
    const put = async (key: string, size: number) =>
      await store.objects.put(
        bucket,
        key,
        await store.objects.stage(Buffer.alloc(size, key)),
        described,
      );
    const isRight = async (key: string, size: number) => {
      const object = (await store.objects.get(bucket, key))!;
      const bytes = await store.objects.read(object, 0, size);
      const chunks: Buffer[] = [];
      if (Buffer.isBuffer(bytes)) chunks.push(bytes);
      else for await (const chunk of bytes) chunks.push(chunk);
      return Buffer.concat(chunks).equals(Buffer.alloc(size, key));
    };

    for (const size of sizes) await put(`before${size}`, size);
    fail(fault);
    for (const size of sizes) {
      const thrown = await put(`during${size}`, size).catch(mapStoreError);
      expect(thrown).toBeInstanceOf(S3Error);
      expect(thrown).toMatchObject({ code, status });
      expect(await store.objects.get(bucket, `during${size}`)).toBeUndefined();
      expect(await isRight(`before${size}`, size)).toBe(true);
    }
    await expect(blobs.health()).rejects.toThrow(fault);

    fail(undefined);
    await blobs.health();
    for (const size of sizes) {
      await put(`after${size}`, size);
      expect(await isRight(`after${size}`, size)).toBe(true);
      expect(await isRight(`before${size}`, size)).toBe(true);
    }
    await blobs.close();
  },
);

test.each([
  [new BucketGoneError('gone'), 'NoSuchBucket'],
  [new ContentionError('again'), 'OperationAborted'],
  [new BlobBusyError('too many'), 'SlowDown'],
  [new MetaBusyError('too many'), 'SlowDown'],
])('%s has a name in S3: %s', (error, code) => {
  expect(mapStoreError(error)).toMatchObject({ code, cause: error });
});

test('what S3 has no word for stays what it is', () => {
  const bug = new TypeError('a bug');
  expect(mapStoreError(bug)).toBe(bug);
  const refusal = new S3Error('NoSuchKey');
  expect(mapStoreError(refusal)).toBe(refusal);
});
