/** A data directory from before quotas, opened by this Kist: `test/fixtures/format-3/README.md`. */
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompleteMultipartUploadCommand, ListPartsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../src/store/blob/memory.ts';
import { createStore } from '../../src/store/create-store.ts';
import { formatVersion, readFormat } from '../../src/store/format.ts';
import { openLmdbMetaStore } from '../../src/store/meta/lmdb.ts';
import type { MetaStore } from '../../src/store/meta/port.ts';
import { put, read } from '../support/objects.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

interface Expected {
  readonly versions: readonly {
    readonly key: string;
    readonly versionId?: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  readonly ann: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly unfinished: { readonly key: string; readonly uploadId: string; readonly size: number };
  readonly aborted: { readonly size: number };
}

const fixture = join(import.meta.dirname, '..', 'fixtures', 'format-3');
const expected = JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8')) as Expected;
const { versions, unfinished, aborted } = expected;
const Bucket = 'third';
const ada = {
  accountId: 'ada',
  accessKeyId: 'KISTFIXTUREADA000001',
  secretAccessKey: 'fixtureSecretKey00000000000000000000000002',
};
const env = {
  KIST_ROOT_ACCESS_KEY_ID: 'KISTFIXTUREROOT00001',
  KIST_ROOT_SECRET_ACCESS_KEY: 'fixtureSecretKey00000000000000000000000001',
  KIST_ACCOUNTS: JSON.stringify([ada]),
  KIST_GARBAGE_GRACE_SECONDS: '0',
};
const root = mkdtempSync(join(tmpdir(), 'kist-upgrade-3-'));
const dataDir = join(root, 'data');
let server: RunningServer;
let meta: MetaStore;

beforeAll(async () => {
  cpSync(join(fixture, 'data'), dataDir, { recursive: true });
  const before = await openLmdbMetaStore({ path: join(dataDir, 'meta') });
  expect((await readFormat(before))?.version).toBe(3);
  await before.close();
  server = await startServer({ dataDir, env });
  meta = await openLmdbMetaStore({ path: join(dataDir, 'meta') });
});
afterAll(async () => {
  await server.kill();
  await meta.close();
  rmSync(root, { recursive: true, force: true });
});

/** The server's records, beside it; nothing is read of bodies. */
function storeBeside() {
  const blobs = createMemoryBlobStore();
  return createStore({ meta, blobs, now: () => Date.now(), randomBytes, writer: 900 });
}

test('every version is there byte for byte, and the user has its rights', async () => {
  for (const keys of [ada, expected.ann]) {
    const client = s3Client(server.endpoint, keys);
    for (const { key, versionId, sha256 } of versions) {
      if (keys !== ada && versionId !== versions.findLast((one) => one.key === key)?.versionId) {
        continue;
      }
      if (keys !== ada && key === 'gone') continue;
      const named = keys === ada ? { VersionId: versionId ?? 'null' } : {};
      const bytes = await read(client, Bucket, key, named);
      expect(createHash('sha256').update(bytes).digest('hex'), key).toBe(sha256);
    }
    client.destroy();
  }
  expect((await readFormat(meta))?.version).toBe(formatVersion);
});

test('quotas count what was there, an unfinished upload too, and hold', async () => {
  const store = storeBeside();
  const bucket = (await store.buckets.get('default', Bucket))!;
  expect(bucket.quotas).toBeUndefined();
  const bytes = versions.reduce((sum, { size }) => sum + size, 0) + unfinished.size;
  const objects = versions.length + 2;
  // The part of the aborted upload goes within a second, or has gone already.
  await store.quotas.set({ bucket }, { maxBytes: bytes + aborted.size });
  await expect
    .poll(async () => (await store.quotas.get({ bucket }))?.used, { timeout: 20_000 })
    .toEqual({ bytes, objects });
  await store.quotas.set({ bucket }, { maxBytes: bytes + 100 });
  const client = s3Client(server.endpoint, ada);
  expect(await codeOf(put(client, Bucket, 'more', 'x'.repeat(101)))).toBe('403 QuotaExceeded');
  await put(client, Bucket, 'more', 'x'.repeat(100));
  const { key: Key, uploadId: UploadId } = unfinished;
  const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
  const parts = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  const MultipartUpload = { Parts: parts };
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
  expect((await store.quotas.get({ bucket }))?.used).toEqual({
    bytes: bytes + 100,
    objects: objects + 1,
  });
  client.destroy();
});
