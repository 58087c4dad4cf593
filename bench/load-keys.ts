/**
 * `tsx bench/load-keys.ts --data-dir DIR --bucket NAME --keys N [--prefixes P] [--versions V]`: fills a bucket of
 * a data directory that no server has open, through the engine's own code, thousands of objects a commit.
 *
 * For lists and starts at sizes that would take hours over HTTP. The records are those that puts leave; only
 * their guards are missing, since the claim on the directory keeps everybody else out.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { claimDataDirectory, prepareDataDirectory } from '../src/cli/data-directory.ts';
import { defaultNamespace } from '../src/identity/identity.ts';
import { loadOrCreateRootCredentials } from '../src/identity/root-credentials.ts';
import { createMemoryBlobStore } from '../src/store/blob/memory.ts';
import { newBlobOp } from '../src/store/blobs.ts';
import { createStore } from '../src/store/create-store.ts';
import { ensureFormat } from '../src/store/format.ts';
import { createIdSource } from '../src/store/ids.ts';
import { objectKey, versionKey } from '../src/store/keyspace.ts';
import { openLmdbMetaStore } from '../src/store/meta/lmdb.ts';
import type { MetaOp, MetaStore } from '../src/store/meta/port.ts';
import { encodeRecord } from '../src/store/record-codec.ts';
import type { Acl, Bucket, ObjectRecord } from '../src/store/records.ts';
import { type UsageChange, usageOp } from '../src/store/usage.ts';
import { newVersion } from '../src/store/versions.ts';
import { type KeyLayout, keyAt } from './listed-keys.ts';

interface Filling {
  readonly dataDir: string;
  readonly bucket: string;
  readonly keys: number;
  readonly layout: KeyLayout;
}

/** A version is two records: what it is, and its bytes. A commit takes up to 30,000. */
const versionsPerCommit = 10_000;
/** Slot of the process in counters: the first worker's, as no server runs. */
const writer = 0;
const body = Buffer.from('listed');
const etag = createHash('md5').update(body).digest('hex');
const now = (): number => Date.now();

async function fill({ dataDir, bucket: name, keys, layout }: Filling): Promise<void> {
  const directory = await prepareDataDirectory(dataDir);
  const claim = await claimDataDirectory(directory);
  try {
    const { accountId } = await loadOrCreateRootCredentials(directory);
    const meta = await openLmdbMetaStore({ path: join(directory, 'meta') });
    try {
      await ensureFormat(meta, now);
      const bucket = await createBucket(meta, name, accountId, layout.versions > 1);
      await putAll(meta, bucket, keys, layout);
    } finally {
      await meta.close();
    }
  } finally {
    await claim.release();
  }
}

async function createBucket(
  meta: MetaStore,
  name: string,
  owner: string,
  versioned: boolean,
): Promise<Bucket> {
  // Every body lies in its record: nothing is asked of the store of bytes.
  const store = createStore({ meta, blobs: createMemoryBlobStore(), now, randomBytes, writer });
  const { created } = await store.buckets.create({
    namespace: defaultNamespace,
    name,
    locationConstraint: '',
    acl: aclOf(owner),
    ...(versioned && { versioning: 'Enabled' }),
  });
  if (!created) throw new Error(`the bucket ${name} is there already`);
  return (await store.buckets.get(defaultNamespace, name))!;
}

const aclOf = (account: string): Acl => ({
  owner: account,
  grants: [{ grantee: { account }, permission: 'FULL_CONTROL' }],
});

async function putAll(
  meta: MetaStore,
  bucket: Bucket,
  count: number,
  layout: KeyLayout,
): Promise<void> {
  const ids = createIdSource({ now, randomBytes });
  const acl = aclOf(bucket.acl.owner);
  const recordOf = (): ObjectRecord => ({
    ...newVersion(ids, bucket, { object: undefined, marker: undefined }),
    etag,
    size: body.length,
    blob: ids.next(),
    lastModified: now(),
    headers: { contentType: 'application/octet-stream' },
    metadata: {},
    storageClass: 'STANDARD',
    acl,
  });

  const keysPerCommit = Math.ceil(versionsPerCommit / layout.versions);
  for (let first = 0; first < count; first += keysPerCommit) {
    const last = Math.min(count, first + keysPerCommit);
    const ops: MetaOp[] = [];
    for (let n = first; n < last; n += 1) {
      const key = keyAt(layout, n, count);
      for (let version = layout.versions; version > 0; version -= 1) {
        const record = recordOf();
        const at =
          version === 1 ? objectKey(bucket.part, key) : versionKey(bucket.part, key, record.order);
        const home = { kind: 'inline', bytes: body } as const;
        ops.push({ op: 'put', at, value: encodeRecord(record) });
        ops.push(newBlobOp(record.blob!, { length: body.length, references: 1, home }));
      }
    }
    const result = await meta.commit([...ops, ...countOps(bucket, last - first, layout)]);
    if (!result.committed) throw new Error('a commit without guards has failed');
  }
}

function countOps({ part }: Bucket, keys: number, { versions }: KeyLayout): MetaOp[] {
  const older = keys * (versions - 1);
  const change: UsageChange = {
    objects: keys,
    bytes: keys * body.length,
    noncurrentVersions: older,
    noncurrentBytes: older * body.length,
  };
  const op = usageOp(part, writer, change);
  return op === undefined ? [] : [op];
}

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    bucket: { type: 'string' },
    keys: { type: 'string' },
    prefixes: { type: 'string', default: '0' },
    versions: { type: 'string', default: '1' },
  },
});
const { 'data-dir': dataDir, bucket, keys } = values;
if (dataDir === undefined || bucket === undefined || keys === undefined) {
  throw new Error('--data-dir, --bucket and --keys say what to fill');
}
const startedAt = performance.now();
const layout = { prefixes: Number(values.prefixes), versions: Number(values.versions) };
await fill({ dataDir, bucket, keys: Number(keys), layout });
console.log(JSON.stringify({ seconds: (performance.now() - startedAt) / 1000 }));
