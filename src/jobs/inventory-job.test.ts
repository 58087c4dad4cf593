import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createEncryption, type Encryption } from '../features/encryption/encryption.ts';
import { openKeyRing } from '../features/encryption/key-ring.ts';
import { inventoryConfig } from '../features/inventory/configuration.ts';
import { dayMs } from '../features/lifecycle/evaluate.ts';
import { requestedRules } from '../features/lifecycle/requested-rules.ts';
import type { InventoryConfiguration } from '../model/types.gen.ts';
import { createMemoryBlobStore } from '../store/blob/memory.ts';
import { createStore } from '../store/create-store.ts';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import type { MetaStore } from '../store/meta/port.ts';
import type { Bucket, ObjectAttributes } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createSystemRecords } from '../store/system-records.ts';
import { type InventoryJobDeps, inventoryJob } from './inventory-job.ts';

const acl = { owner: 'owner', grants: [] };
const attributes = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl };
/** A Monday. */
const start = Date.parse('2024-05-06T07:08:09.123Z');
const daily: InventoryConfiguration = {
  Id: 'report',
  IsEnabled: true,
  IncludedObjectVersions: 'Current',
  Schedule: { Frequency: 'Daily' },
  Destination: {
    S3BucketDestination: { Bucket: 'arn:aws:s3:::reports', Format: 'CSV', Prefix: 'lists' },
  },
};

let time: number;
let meta: MetaStore;
let store: Store;
let encryption: Encryption;
const events = { delivered: vi.fn(), failed: vi.fn() };

beforeEach(async () => {
  time = start;
  const now = (): number => time;
  meta = createMemoryMetaStore();
  store = createStore({ meta, blobs: createMemoryBlobStore({ now }), now, randomBytes, writer: 0 });
  const masterKey = randomBytes(32);
  const records = createSystemRecords(meta);
  const keyRing = await openKeyRing({ records, masterKey, randomBytes, now });
  encryption = createEncryption({ masterKey, keyRing, randomBytes });
  await makeBucket('reports');
  for (const event of Object.values(events)) event.mockReset();
});

async function makeBucket(name: string, versioning?: 'Enabled'): Promise<Bucket> {
  const init = { namespace: 'default', name, locationConstraint: '', acl, versioning };
  await store.buckets.create(init);
  return (await store.buckets.get('default', name))!;
}

const bucketNow = async (name: string) => (await store.buckets.get('default', name))!;

async function configure(name: string, change: Partial<InventoryConfiguration> = {}) {
  const configuration = { ...daily, ...change };
  await store.buckets.setConfig(
    await bucketNow(name),
    inventoryConfig(configuration.Id),
    configuration,
  );
}

async function put(bucket: Bucket, key: string, more: Partial<ObjectAttributes> = {}) {
  const staged = await store.objects.stage(Buffer.from(key));
  return store.objects.put(bucket, key, staged, { ...attributes, ...more, etag: 'etag' });
}

const run = (overrides: Partial<InventoryJobDeps> = {}, signal = new AbortController().signal) =>
  inventoryJob({
    meta,
    store,
    encryption,
    now: () => time,
    randomBytes,
    dayMs,
    events,
    ...overrides,
  }).run(signal);

/** Key → bytes of all that was delivered. */
async function delivered(): Promise<Map<string, Buffer>> {
  const reports = await bucketNow('reports');
  const query = { prefix: '', delimiter: '', limit: 1000 };
  const { entries } = await store.listing.objects(reports, query);
  const found = new Map<string, Buffer>();
  for (const entry of entries) {
    if (entry.kind !== 'object') continue;
    const bytes = await store.objects.read(entry.object, 0, entry.object.size);
    const chunks: Buffer[] = [];
    for await (const chunk of Buffer.isBuffer(bytes) ? [bytes] : bytes) chunks.push(chunk);
    found.set(entry.object.key, Buffer.concat(chunks));
  }
  return found;
}

interface Manifest {
  readonly fileSchema: string;
  readonly files: readonly { readonly key: string; readonly MD5checksum: string }[];
}

async function manifests(): Promise<readonly Manifest[]> {
  const found = [...(await delivered())].filter(([key]) => key.endsWith('manifest.json'));
  return found.map(([, bytes]) => JSON.parse(bytes.toString()) as Manifest);
}

/** The rows of a report, without quotes. */
async function rowsOf({ files }: Manifest): Promise<readonly string[][]> {
  const found = await delivered();
  const text = files.map(({ key }) => gunzipSync(found.get(key)!).toString()).join('');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => line.slice(1, -1).split('","'));
}

describe('a report', () => {
  it('consists of lists, manifest, checksum and symlinks, where S3 has them', async () => {
    const bucket = await makeBucket('source');
    for (const key of ['a', 'b c/ü', 'other']) await put(bucket, key);
    await configure('source');
    expect(await run()).toEqual({ reports: 1, failures: 0 });
    const found = await delivered();
    const [checksum, manifest, data, symlink, ...more] = [...found.keys()];
    expect(checksum).toBe('lists/source/report/2024-05-06T07-08Z/manifest.checksum');
    expect(manifest).toBe('lists/source/report/2024-05-06T07-08Z/manifest.json');
    expect(data).toMatch(/^lists\/source\/report\/data\/[0-9a-f-]{36}\.csv\.gz$/);
    expect(symlink).toBe('lists/source/report/hive/dt=2024-05-06-07-08/symlink.txt');
    expect(more).toEqual([]);
    const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
    expect(found.get(checksum!)!.toString()).toBe(md5(found.get(manifest!)!));
    expect(found.get(symlink!)!.toString()).toBe(`s3://reports/${data}\n`);
    expect(JSON.parse(found.get(manifest!)!.toString())).toEqual({
      sourceBucket: 'source',
      destinationBucket: 'arn:aws:s3:::reports',
      version: '2016-11-30',
      creationTimestamp: String(start),
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key',
      files: [{ key: data, size: found.get(data!)!.length, MD5checksum: md5(found.get(data!)!) }],
    });
    expect(gunzipSync(found.get(data!)!).toString()).toBe(
      '"source","a"\n"source","b%20c/%C3%BC"\n"source","other"\n',
    );
  });

  it('has the fields that are asked for, in the order of the documentation', async () => {
    const bucket = await makeBucket('source');
    const lifecycle = requestedRules(
      { Rules: [{ Status: 'Enabled', Filter: {}, Expiration: { Days: 1 } }] },
      () => 'rule',
    );
    await store.buckets.setConfig(bucket, 'lifecycle', lifecycle);
    const own = {
      owner: 'writer',
      grants: [{ grantee: { account: 'writer' }, permission: 'FULL_CONTROL' }],
    } as const;
    await put(bucket, 'a', {
      acl: own,
      lock: { mode: 'GOVERNANCE', retainUntil: start + dayMs, legalHold: 'ON' },
      encryption: { algorithm: 'aws:kms', dataKey: '', bucketKey: true },
    });
    await configure('source', {
      OptionalFields: [
        'LifecycleExpirationDate',
        'ObjectOwner',
        'ObjectAccessControlList',
        'ChecksumAlgorithm',
        'BucketKeyStatus',
        'ObjectLockLegalHoldStatus',
        'ObjectLockMode',
        'ObjectLockRetainUntilDate',
        'EncryptionStatus',
        'IsMultipartUploaded',
        'StorageClass',
        'ETag',
        'LastModifiedDate',
        'Size',
      ],
    });
    await run();
    const [manifest] = await manifests();
    expect(manifest!.fileSchema).toBe(
      'Bucket, Key, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded, ' +
        'EncryptionStatus, ObjectLockRetainUntilDate, ObjectLockMode, ObjectLockLegalHoldStatus, ' +
        'BucketKeyStatus, ChecksumAlgorithm, ObjectAccessControlList, ObjectOwner, ' +
        'LifecycleExpirationDate',
    );
    const [row] = await rowsOf(manifest!);
    const acls = JSON.parse(Buffer.from(row!.splice(13, 1)[0]!, 'base64').toString());
    expect(acls).toEqual({
      version: '2022-11-10',
      status: 'AVAILABLE',
      grants: [{ canonicalId: 'writer', type: 'CanonicalUser', permission: 'FULL_CONTROL' }],
    });
    expect(row).toEqual([
      'source',
      'a',
      '1',
      '2024-05-06T07:08:09.123Z',
      'etag',
      'STANDARD',
      'false',
      'SSE-KMS',
      '2024-05-07T07:08:09.123Z',
      'GOVERNANCE',
      'On',
      'ENABLED',
      '',
      'writer',
      '2024-05-08T00:00:00.000Z',
    ]);
  });

  it('of all versions tells them apart; of current ones has those alone', async () => {
    const bucket = await makeBucket('source', 'Enabled');
    const first = await put(bucket, 'a');
    const second = await put(bucket, 'a');
    const { marker } = await store.objects.remove(bucket, 'b');
    await configure('source', { IncludedObjectVersions: 'All', OptionalFields: ['Size'] });
    await run();
    const [manifest] = await manifests();
    expect(manifest!.fileSchema).toBe('Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size');
    expect(await rowsOf(manifest!)).toEqual([
      ['source', 'a', second.versionId, 'true', 'false', '1'],
      ['source', 'a', first.versionId, 'false', 'false', '1'],
      ['source', 'b', marker!.versionId, 'true', 'true', ''],
    ]);
    time += dayMs;
    await configure('source');
    await run();
    expect(await rowsOf((await manifests())[1]!)).toEqual([['source', 'a']]);
  });

  it('is of the keys with a prefix, and of nothing if there are none', async () => {
    const bucket = await makeBucket('source');
    for (const key of ['in/a', 'out/a']) await put(bucket, key);
    await configure('source', { Filter: { Prefix: 'in/' } });
    await configure('source', { Id: 'none', Filter: { Prefix: 'nowhere/' } });
    await run();
    const [none, some] = await manifests();
    expect(none!.files).toEqual([]);
    expect(await rowsOf(some!)).toEqual([['source', 'in/a']]);
  });

  it('is split into files of a bounded length, over pages of any size', async () => {
    const bucket = await makeBucket('source', 'Enabled');
    for (const key of ['a', 'b', 'c'])
      for (let count = 0; count < 3; count++) await put(bucket, key);
    for (const pageSize of [1, 2, 5]) {
      const Id = `pages-${pageSize}`;
      await configure('source', { Id, IncludedObjectVersions: 'All' });
      await run({ limits: { pageSize, maxFileRows: 4 } });
    }
    for (const manifest of await manifests()) {
      expect(manifest.files).toHaveLength(3);
      const rows = await rowsOf(manifest);
      expect(rows.map(([, key]) => key)).toEqual([...'aaabbbccc']);
      expect(new Set(rows.map(([, , versionId]) => versionId)).size).toBe(9);
    }
  });

  it('is encrypted as its configuration says', async () => {
    await put(await makeBucket('source'), 'a');
    await configure('source', {
      Destination: {
        S3BucketDestination: {
          ...daily.Destination.S3BucketDestination,
          Encryption: { SSES3: {} },
        },
      },
    });
    await run();
    const reports = await bucketNow('reports');
    const query = { prefix: '', delimiter: '', limit: 9 };
    const { entries } = await store.listing.objects(reports, query);
    const algorithms = entries.map((one) => one.kind === 'object' && one.object.encryption);
    expect(algorithms).toHaveLength(4);
    for (const one of algorithms) expect(one).toMatchObject({ algorithm: 'AES256' });
  });
});

describe('reports are due', () => {
  it('once in each day, the first at once', async () => {
    await makeBucket('source');
    await configure('source');
    await run();
    expect(await run()).toBeUndefined();
    time = Date.parse('2024-05-07T00:00:00Z') - 1;
    expect(await run()).toBeUndefined();
    time += 1;
    expect(await run()).toEqual({ reports: 1, failures: 0 });
    expect(await manifests()).toHaveLength(2);
  });

  it('once in each week, from Sunday on', async () => {
    await makeBucket('source');
    await configure('source', { Schedule: { Frequency: 'Weekly' } });
    await run();
    time = Date.parse('2024-05-12T00:00:00Z') - 1;
    expect(await run()).toBeUndefined();
    time += 1;
    expect(await run()).toEqual({ reports: 1, failures: 0 });
  });

  it('never, of a configuration that is disabled', async () => {
    await makeBucket('source');
    await configure('source', { IsEnabled: false });
    expect(await run()).toBeUndefined();
  });

  it('again at the next run where one failed, which holds up no other', async () => {
    const bad = await makeBucket('bad');
    await configure(bad.name, {
      Destination: { S3BucketDestination: { Bucket: 'arn:aws:s3:::gone', Format: 'CSV' } },
    });
    await makeBucket('good');
    await configure('good');
    expect(await run()).toEqual({ reports: 1, failures: 1 });
    const [bucket, id, error] = events.failed.mock.calls[0]!;
    expect([bucket.name, id]).toEqual(['bad', 'report']);
    expect(error.message).toBe('the destination bucket gone is gone');
    await makeBucket('gone');
    expect(await run()).toEqual({ reports: 1, failures: 0 });
    expect(events.delivered).toHaveBeenCalledTimes(2);
  });
});

describe('a report that is cut off', () => {
  const limits = { pageSize: 1, maxFileRows: 2 };

  it('goes on where it was, and is in no manifest before it is whole', async () => {
    const bucket = await makeBucket('source');
    for (const key of 'abcdef') await put(bucket, key);
    await configure('source');
    const stopping = new AbortController();
    let pages = 0;
    const looked: (string | undefined)[] = [];
    const watched: Store = {
      ...store,
      listing: {
        ...store.listing,
        objects(from, query) {
          looked.push(query.after);
          if (++pages === 3) stopping.abort(new Error('the server stops'));
          return store.listing.objects(from, query);
        },
      },
    };
    await expect(run({ limits, store: watched }, stopping.signal)).rejects.toThrow('stops');
    expect(await manifests()).toEqual([]);
    const before = [...(await delivered()).keys()];
    expect(before).toHaveLength(1);

    // What changes meanwhile is for the next report.
    await configure('source', { OptionalFields: ['Size'] });
    await put(bucket, 'g');
    time += 60_000;
    looked.length = 0;
    expect(await run({ limits, store: watched })).toEqual({ reports: 1, failures: 0 });
    expect(looked[0]).toBe('b');
    const [manifest] = await manifests();
    expect(manifest!.fileSchema).toBe('Bucket, Key');
    expect((await rowsOf(manifest!)).map(([, key]) => key)).toEqual([...'abcdefg']);
    expect([...(await delivered()).keys()]).toContain(before[0]);
    expect(events.delivered).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ name: 'source' }),
      { id: 'report', rows: 7, files: 4 },
      0,
    );
  });

  it('is begun anew where its destination was changed, since the old one may be gone for good', async () => {
    const bucket = await makeBucket('source');
    await put(bucket, 'a');
    await configure('source', {
      Destination: { S3BucketDestination: { Bucket: 'arn:aws:s3:::gone', Format: 'CSV' } },
    });
    expect(await run()).toEqual({ reports: 0, failures: 1 });
    await configure('source');
    expect(await run()).toEqual({ reports: 1, failures: 0 });
    expect(await manifests()).toHaveLength(1);
    expect(await run()).toBeUndefined();
  });

  it('is for the day that it began in: the next day has its own', async () => {
    const bucket = await makeBucket('source');
    for (const key of 'abc') await put(bucket, key);
    await configure('source');
    const failing: Store = {
      ...store,
      listing: {
        ...store.listing,
        objects() {
          throw new Error('power cut');
        },
      },
    };
    expect(await run({ limits, store: failing })).toEqual({ reports: 0, failures: 1 });
    time += dayMs;
    expect(await run({ limits })).toEqual({ reports: 1, failures: 0 });
    expect(await run({ limits })).toEqual({ reports: 1, failures: 0 });
    expect(await run({ limits })).toBeUndefined();
    expect(await manifests()).toHaveLength(2);
  });

  it('writes a file again under the same name if nobody knows that it was delivered', async () => {
    const bucket = await makeBucket('source');
    for (const key of 'abc') await put(bucket, key);
    await configure('source');
    let saves = 0;
    const forgetful: InventoryJobDeps['meta'] = {
      get: meta.get.bind(meta),
      scan: meta.scan.bind(meta),
      commit(ops) {
        if (++saves === 2) throw new Error('power cut');
        return meta.commit(ops);
      },
    };
    expect(await run({ limits, meta: forgetful })).toEqual({ reports: 0, failures: 1 });
    await run({ limits });
    const [manifest] = await manifests();
    const data = [...(await delivered()).keys()].filter((key) => key.endsWith('.csv.gz'));
    expect(data.sort()).toEqual(manifest!.files.map(({ key }) => key).sort());
    expect((await rowsOf(manifest!)).map(([, key]) => key)).toEqual([...'abc']);
  });
});

it.each([
  [dayMs, 3_600_000],
  [10_000, 1_000],
])('with days of %d ms looks every %d ms', (length, interval) => {
  const job = inventoryJob({
    meta,
    store,
    encryption,
    now: () => time,
    randomBytes,
    dayMs: length,
    events,
  });
  expect(job.intervalMs).toBe(interval);
});
