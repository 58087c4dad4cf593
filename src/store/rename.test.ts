/** Renaming over the memory adapters: races, tokens, counters, and what is left behind. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import type { BlobStore } from './blob/port.ts';
import { audit } from './contract/audit.ts';
import { createStore } from './create-store.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaStore } from './meta/port.ts';
import type { Bucket, StoredObject } from './records.ts';
import { renameTokenLifetimeMs } from './rename.ts';

const acl = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };

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
  const open = (writer: number) =>
    createStore({ meta, blobs, now: () => time++, randomBytes, writer });
  store = open(0);
  peer = open(1);
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  bucket = (await store.buckets.get('default', 'b'))!;
});

const put = async (key: string, text = key) =>
  store.objects.put(bucket, key, await store.objects.stage(Buffer.from(text)), described);
const get = async (key: string) => store.objects.get(bucket, key);
const keys = async () => {
  const { entries } = await store.listing.objects(bucket, {
    prefix: '',
    delimiter: '',
    limit: 1000,
  });
  return entries.map((entry) => (entry.kind === 'object' ? entry.object.key : entry.prefix));
};
const text = async (key: string) => {
  const object = (await get(key))!;
  return (await store.objects.read(object, 0, object.size)).toString();
};
const rename = async (from: string, to: string, token?: string, through = store) =>
  through.objects.rename(bucket, (await get(from))!, to, {
    token: token === undefined ? undefined : { id: token, request: `${from} to ${to}` },
  });
const faults = () => audit(meta, blobs, [bucket]);

describe('a rename', () => {
  it('moves the record and nothing else', async () => {
    await put('old', 'content');
    const { key: _key, seq: _seq, order: _order, ...before } = (await get('old'))!;
    expect(await rename('old', 'new')).toBe('renamed');
    const { key, seq: _, order: __, ...after } = (await get('new'))!;
    expect([key, after]).toEqual(['new', before]);
    expect(await keys()).toEqual(['new']);
    expect(await faults()).toEqual([]);
  });

  it('releases what it replaces', async () => {
    await put('old', 'content');
    await put('new', 'replaced');
    await rename('old', 'new');
    expect(await text('new')).toBe('content');
    expect(await faults()).toEqual([]);
    const report = await store.garbage.collect(time + 1);
    expect(report.blobs).toBe(1);
    expect(await text('new')).toBe('content');
    expect(await faults()).toEqual([]);
  });

  it('forgets the upload, which was one of the old key', async () => {
    const upload = await store.uploads.create(bucket, 'old', { ...described, initiator: 'owner' });
    const stored = (await store.uploads.get(bucket, 'old', upload.uploadId))!;
    const staged = await store.objects.stage(Buffer.from('part'));
    await store.uploads.putPart(bucket, stored, 1, staged, { etag: 'e' });
    await store.uploads.complete(bucket, stored, (parts) => ({
      parts: [{ part: parts.get(1)! }],
      object: described,
    }));
    expect((await get('old'))?.uploadId).toBe(upload.uploadId);
    await rename('old', 'new');
    expect((await get('new'))?.uploadId).toBeUndefined();
    expect(await text('new')).toBe('part');
  });

  it('takes only the source that was given', async () => {
    await put('old', 'first');
    const source = (await get('old'))!;
    await put('old', 'second');
    expect(await store.objects.rename(bucket, source, 'new', {})).toBe('source-changed');
    await store.objects.remove(bucket, 'old');
    expect(await store.objects.rename(bucket, source, 'new', {})).toBe('source-changed');
    expect(await keys()).toEqual([]);
  });

  it('asks its precondition about what the new key has', async () => {
    await put('old');
    const seen: (StoredObject | undefined)[] = [];
    const refuse = (current: StoredObject | undefined) => {
      seen.push(current);
      throw new Error('refused');
    };
    const source = (await get('old'))!;
    const attempt = () =>
      store.objects.rename(bucket, source, 'new', { precondition: refuse, token });
    const token = { id: 'token', request: 'this' };
    await expect(attempt()).rejects.toThrow('refused');
    await put('new');
    await expect(attempt()).rejects.toThrow('refused');
    expect(seen.map((object) => object?.key)).toEqual([undefined, 'new']);
    expect(await store.objects.renamedBefore(bucket, token)).toBeUndefined();
    expect(await keys()).toEqual(['new', 'old']);
  });

  it('is refused where versioning came meanwhile', async () => {
    await put('old');
    await store.buckets.update(bucket, (now) => ({ ...now, versioning: 'Enabled' }));
    expect(await rename('old', 'new')).toBe('versioned');
    expect(await keys()).toEqual(['old']);
  });
});

describe('renames that race', () => {
  it('have one winner of one source, in one process and in two', async () => {
    await put('old');
    const source = (await get('old'))!;
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        (at % 2 === 0 ? store : peer).objects.rename(bucket, source, `new-${at}`, {}),
      ),
    );
    expect(outcomes.filter((one) => one === 'renamed')).toHaveLength(1);
    expect(await keys()).toHaveLength(1);
    expect(await faults()).toEqual([]);
  });

  it('do not wait for each other when they swap keys', async () => {
    await put('a');
    await put('b');
    const [a, b] = [(await get('a'))!, (await get('b'))!];
    const outcomes = await Promise.all([
      store.objects.rename(bucket, a, 'b', {}),
      store.objects.rename(bucket, b, 'a', {}),
    ]);
    expect(outcomes.sort()).toEqual(['renamed', 'source-changed']);
    expect(await keys()).toHaveLength(1);
    expect(await faults()).toEqual([]);
  });

  it('leave every object under exactly one key, whatever else happens to the keys', async () => {
    const names = ['a', 'b', 'c'];
    const name = fc.constantFrom(...names);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), key: name }),
      fc.record({ kind: fc.constant('remove' as const), key: name }),
      fc.record({ kind: fc.constant('rename' as const), key: name, to: name }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 6 }),
        async (rounds) => {
          for (const round of rounds) {
            await Promise.all(
              round.map(async (one, at) => {
                const through = at % 2 === 0 ? store : peer;
                if (one.kind === 'put') await put(one.key);
                else if (one.kind === 'remove') await through.objects.remove(bucket, one.key);
                else {
                  const source = await get(one.key);
                  if (source === undefined || one.key === one.to) return;
                  await through.objects.rename(bucket, source, one.to, {});
                }
              }),
            );
            expect(await faults()).toEqual([]);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('happen once for one token', async () => {
    await put('old');
    const source = (await get('old'))!;
    const token = { id: 'token', request: 'this' };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (at % 2 === 0 ? store : peer).objects.rename(bucket, source, 'new', { token }),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set(['renamed']));
    expect(await faults()).toEqual([]);
  });
});

describe('a token', () => {
  it('is known with its request, and refuses another', async () => {
    await put('old');
    await rename('old', 'new', 'token');
    const known = (request: string) =>
      store.objects.renamedBefore(bucket, { id: 'token', request });
    expect(await known('old to new')).toBe('renamed');
    expect(await known('another')).toBe('other-request');
    await put('other');
    expect(await rename('other', 'new', 'token')).toBe('other-request');
    expect(await keys()).toEqual(['new', 'other']);
  });

  it('is forgotten after a day, and not before', async () => {
    await put('old');
    await rename('old', 'new', 'token');
    const token = { id: 'token', request: 'old to new' };
    time += renameTokenLifetimeMs - 1000;
    await store.garbage.collect(time);
    expect(await store.objects.renamedBefore(bucket, token)).toBe('renamed');
    time += 2000;
    await store.garbage.collect(time);
    expect(await store.objects.renamedBefore(bucket, token)).toBeUndefined();
    expect(
      (await meta.scan({ table: 'garbage', part: Buffer.alloc(0), limit: 10 })).entries,
    ).toEqual([]);
  });

  it('goes with its bucket', async () => {
    await put('old');
    await rename('old', 'new', 'token');
    await store.objects.remove(bucket, 'new');
    expect(await store.buckets.remove(bucket)).toBe('removed');
    await store.garbage.collect(time + 1);
    const left = await meta.scan({ table: 'renameToken', part: bucket.part, limit: 10 });
    expect(left.entries).toEqual([]);
  });
});
