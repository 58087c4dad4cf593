import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import { audit } from './contract/audit.ts';
import { createStore } from './create-store.ts';
import { FormatVersionError } from './errors.ts';
import { ensureFormat, formatVersion } from './format.ts';
import { annotationKey, bucketKey, objectKey, systemKey, usageKey } from './keyspace.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaOp } from './meta/port.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { sumUsage } from './usage.ts';

const now = () => 1_700_000_000_000;
const at = systemKey('format');

describe('the format record', () => {
  it('is written when a directory is first used, and kept', async () => {
    const meta = createMemoryMetaStore();
    await ensureFormat(meta, now);
    await ensureFormat(meta, () => 2_000_000_000_000);
    const record = await meta.get(at);
    expect(decodeRecord(record!.value)).toEqual({ version: formatVersion, createdAt: now() });
  });

  it('of a newer version is refused by name', async () => {
    const meta = createMemoryMetaStore();
    const value = encodeRecord({ version: formatVersion + 1, createdAt: now() });
    await meta.commit([{ op: 'put', at, value }]);
    await expect(ensureFormat(meta, now)).rejects.toThrow(FormatVersionError);
    await expect(ensureFormat(meta, now)).rejects.toThrow(`format ${formatVersion + 1}`);
  });

  it('of an older version becomes this one, so that an older Kist refuses the directory', async () => {
    const meta = createMemoryMetaStore();
    await meta.commit([{ op: 'put', at, value: encodeRecord({ version: 1, createdAt: now() }) }]);
    await Promise.all([ensureFormat(meta, Date.now), ensureFormat(meta, Date.now)]);
    const record = await meta.get(at);
    expect(decodeRecord(record!.value)).toEqual({ version: formatVersion, createdAt: now() });
  });
});

describe('a directory of format 3', () => {
  it('has the bytes of its annotations counted, once, and a damaged one is in nobody’s way', async () => {
    const meta = createMemoryMetaStore();
    const acl = { owner: 'owner', grants: [] };
    const bucket = { id: '0123456789abcdef', namespace: 'default', name: 'b', createdAt: 1, acl };
    const part = Buffer.from(bucket.id, 'hex');
    const annotation = (name: string, value: Buffer): MetaOp => ({
      op: 'put',
      at: annotationKey(part, '0'.repeat(32), name),
      value,
    });
    await meta.commit([
      { op: 'put', at, value: encodeRecord({ version: 3, createdAt: now() }) },
      { op: 'put', at: bucketKey('default', 'b'), value: encodeRecord(bucket) },
      { op: 'add', at: usageKey(part, 7), deltas: [1, 100] },
      annotation('a', encodeRecord({ size: 30 })),
      annotation('b', encodeRecord({ size: 4 })),
      annotation('c', Buffer.from('damaged')),
    ]);
    await Promise.all([ensureFormat(meta, now), ensureFormat(meta, now)]);
    await ensureFormat(meta, now);
    const usage = await meta.scan({ table: 'usage', part, limit: 10 });
    expect(sumUsage(usage.entries.map(({ value }) => value))).toMatchObject({
      objects: 1,
      bytes: 100,
      annotationBytes: 34,
    });
  });
});

/** Buckets and objects as format version 1 has them. */
describe('a directory of format 1', () => {
  const acl = { owner: 'owner', grants: [] };
  const versionOne = {
    bucket: {
      id: '0123456789abcdef',
      namespace: 'default',
      name: 'b',
      createdAt: 1,
      locationConstraint: '',
      acl,
    },
    object: {
      headers: {},
      metadata: {},
      storageClass: 'STANDARD',
      acl,
      versionId: 'null',
      size: 0,
      etag: 'e',
      lastModified: 1,
    },
  };

  it('has its objects listed, versioned and removed as those that came later', async () => {
    const meta = createMemoryMetaStore();
    const part = Buffer.from(versionOne.bucket.id, 'hex');
    const keys = ['kept', 'over', 'gone'];
    await meta.commit([
      { op: 'put', at, value: encodeRecord({ version: 1, createdAt: 1 }) },
      { op: 'put', at: bucketKey('default', 'b'), value: encodeRecord(versionOne.bucket) },
      { op: 'add', at: usageKey(part, 0), deltas: [keys.length, 0, 0, 0, 0] },
      ...keys.map((key): MetaOp => {
        return { op: 'put', at: objectKey(part, key), value: encodeRecord(versionOne.object) };
      }),
    ]);
    await ensureFormat(meta, now);
    const blobs = createMemoryBlobStore({ now });
    const store = createStore({ meta, blobs, now, randomBytes, writer: 0 });
    const load = async () => (await store.buckets.get('default', 'b'))!;
    await store.buckets.update(await load(), (one) => ({ ...one, versioning: 'Enabled' }));
    const bucket = await load();
    const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };
    const none = await store.objects.stage(Buffer.alloc(0));
    const { versionId } = await store.objects.put(bucket, 'over', none, described);
    await store.objects.remove(bucket, 'gone');
    const query = { prefix: '', delimiter: '', limit: 1 };
    const seen: string[] = [];
    let from: { after?: string; afterVersionId?: string } = {};
    for (let more = true; more; ) {
      const page = await store.listing.versions(bucket, { ...query, ...from });
      for (const entry of page.entries) {
        if (entry.kind === 'prefix') continue;
        const { key, versionId: id, deleteMarker } = entry.version;
        seen.push(`${key} ${deleteMarker ? 'marker' : id}`);
        from = { after: key, afterVersionId: id };
      }
      more = page.more;
    }
    expect(seen).toEqual([
      'gone marker',
      'gone null',
      'kept null',
      `over ${versionId}`,
      'over null',
    ]);
    for (const key of keys) await store.objects.removeVersion(bucket, key, 'null');
    expect(await store.objects.version(bucket, 'kept', 'null')).toBeUndefined();
    expect((await store.objects.get(bucket, 'over'))?.versionId).toBe(versionId);
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });
});
