/** Two processes at the versions of one key: what one does between two reads of the other. */
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import { createStore } from './create-store.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaStore, MetaTable } from './meta/port.ts';
import type { Bucket } from './records.ts';
import type { PutObject, Store } from './store.ts';

const acl = { owner: 'owner', grants: [] };
const described: PutObject = {
  headers: {},
  metadata: {},
  storageClass: 'STANDARD',
  acl,
  etag: 'e',
};

let mine: Store;
let other: Store;
let bucket: Bucket;
/** Done by the other process just before this one reads the table for the next time. */
let interruption: { readonly table: MetaTable; readonly task: () => Promise<unknown> } | undefined;

/** Done by the other process between the first and the second read of a list. */
let betweenListReads: (() => Promise<unknown>) | undefined;
let listReads = 0;

beforeEach(async () => {
  const now = () => 1_700_000_000_000;
  const meta = createMemoryMetaStore();
  const blobs = createMemoryBlobStore({ now });
  const limits = { inlineMaxBytes: 64, gatherMaxBytes: 64 };
  const storeOver = (over: MetaStore, writer: number) =>
    createStore({ meta: over, blobs, now, randomBytes, writer, limits });
  interruption = undefined;
  betweenListReads = undefined;
  listReads = 0;
  const interrupt = async (table: MetaTable) => {
    const due = interruption;
    if (due?.table !== table) return;
    interruption = undefined;
    await due.task();
  };
  const interrupted: MetaStore = {
    ...meta,
    async get(at) {
      await interrupt(at.table);
      return meta.get(at);
    },
    async scan(range) {
      await interrupt(range.table);
      return meta.scan(range);
    },
    async scanMany(ranges) {
      listReads++;
      if (listReads === 2) await betweenListReads?.();
      return meta.scanMany(ranges);
    },
  };
  mine = storeOver(interrupted, 0);
  other = storeOver(meta, 1);
  await other.buckets.create({
    namespace: 'default',
    name: 'b',
    locationConstraint: '',
    acl,
    versioning: 'Enabled',
  });
  bucket = (await other.buckets.get('default', 'b'))!;
});

async function put(): Promise<string> {
  const staged = await other.objects.stage(randomBytes(8));
  return (await other.objects.put(bucket, 'k', staged, described)).versionId;
}

async function versions(): Promise<(string | undefined)[]> {
  const query = { prefix: '', delimiter: '', limit: 100 };
  const { entries } = await other.listing.versions(bucket, query);
  return entries.map((entry) => (entry.kind === 'version' ? entry.version.versionId : undefined));
}

describe('a version that becomes current while it is looked for', () => {
  let old: string;
  beforeEach(async () => {
    old = await put();
    const newer = await put();
    interruption = {
      table: 'version',
      task: () => other.objects.removeVersion(bucket, 'k', newer),
    };
  });

  it('is found', async () => {
    expect((await mine.objects.version(bucket, 'k', old))?.versionId).toBe(old);
  });

  it('is removed', async () => {
    const { removed } = await mine.objects.removeVersion(bucket, 'k', old);
    expect(removed?.versionId).toBe(old);
    expect(await versions()).toEqual([]);
  });

  it('is shown to the precondition of its removal before it goes', async () => {
    const seen: (string | undefined)[] = [];
    await mine.objects.removeVersion(bucket, 'k', old, (version) => {
      seen.push(version?.versionId);
    });
    expect(seen.at(-1)).toBe(old);
  });

  it('is changed', async () => {
    const change = await mine.objects.update(
      bucket,
      'k',
      (now) => ({ ...now, tags: { a: '1' } }),
      old,
    );
    expect(change?.versionId).toBe(old);
    expect(await other.objects.get(bucket, 'k')).toMatchObject({ tags: { a: '1' } });
  });
});

it('a current version that becomes noncurrent while it is being removed is removed all the same', async () => {
  const old = await put();
  let newer: string | undefined;
  interruption = {
    table: 'version',
    task: async () => {
      newer = await put();
    },
  };
  await mine.objects.removeVersion(bucket, 'k', old);
  expect(await versions()).toEqual([newer]);
});

it('processes that remove all versions of a key leave none', async () => {
  const all: string[] = [];
  for (let i = 0; i < 40; i++) all.push(await put());
  await Promise.all(
    all.map((id, i) => (i % 2 === 0 ? mine : other).objects.removeVersion(bucket, 'k', id)),
  );
  expect(await versions()).toEqual([]);
  expect(await other.usage.of(bucket)).toMatchObject({ objects: 0, noncurrentVersions: 0 });
});

describe('a list of more versions than are read at once', () => {
  let all: readonly string[];
  beforeEach(async () => {
    const ids: string[] = [];
    for (let i = 0; i < 400; i++) ids.unshift(await put());
    all = ids;
  });
  const listed = async () => {
    const query = { prefix: '', delimiter: '', limit: 1000 };
    const { entries } = await mine.listing.versions(bucket, query);
    expect(listReads).toBeGreaterThan(1);
    return entries.map((entry) => (entry.kind === 'version' ? entry.version.versionId : undefined));
  };

  it('misses none that became current meanwhile', async () => {
    betweenListReads = async () => {
      for (const id of all.slice(0, 300)) await other.objects.removeVersion(bucket, 'k', id);
    };
    const found = await listed();
    expect(found.slice(0, 200)).toEqual(all.slice(0, 200));
    expect(found.slice(-100)).toEqual(all.slice(300));
  });

  it('has none twice, though others came on top meanwhile', async () => {
    betweenListReads = async () => {
      for (let i = 0; i < 10; i++) await put();
    };
    expect(await listed()).toEqual(all);
  });
});
