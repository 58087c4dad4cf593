/** Versions over the memory adapters, against a naive model: a list of versions for each key. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import { audit } from './contract/audit.ts';
import { prefixLine, VersionModel, versionLine } from './contract/version-model.ts';
import { createStore } from './create-store.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { Bucket } from './records.ts';
import type { ListedVersion, PutObject } from './store.ts';

const acl = { owner: 'owner', grants: [] };
const described: PutObject = {
  headers: {},
  metadata: {},
  storageClass: 'STANDARD',
  acl,
  etag: 'e',
};

async function open() {
  let time = 1_700_000_000_000;
  const meta = createMemoryMetaStore();
  const blobs = createMemoryBlobStore({ now: () => time });
  const store = createStore({
    meta,
    blobs,
    // The clock stands still now and then, as it does for requests within a millisecond.
    now: () => time,
    randomBytes,
    writer: 0,
    limits: { inlineMaxBytes: 8, gatherMaxBytes: 64 },
  });
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  const bucket = async (): Promise<Bucket> => (await store.buckets.get('default', 'b'))!;
  const setVersioning = async (versioning: 'Enabled' | 'Suspended') => {
    await store.buckets.update(await bucket(), (now) => ({ ...now, versioning }));
  };
  const put = async (key: string, bytes: Buffer) =>
    store.objects.put(await bucket(), key, await store.objects.stage(bytes), described);
  const collect = async () => {
    for (let round = 0; round < 3; round++) {
      time += 1000;
      expect((await store.garbage.collect(time)).failures).toEqual([]);
    }
  };
  const check = async () => expect(await audit(meta, blobs, [await bucket()])).toEqual([]);
  const tick = () => {
    time++;
  };
  return { meta, blobs, store, bucket, setVersioning, put, collect, check, tick };
}

const shown = (entry: ListedVersion): string => {
  if (entry.kind === 'prefix') return prefixLine(entry.prefix);
  const { version, latest } = entry;
  return versionLine(version.key, version.versionId, version.deleteMarker === true, latest);
};

const keys = ['a', 'a/b', 'a\u0000', 'b'];
const key = fc.constantFrom(...keys);
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), key, size: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), key }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('removeVersion' as const), key, which: fc.nat(5) }),
  },
  fc.record({ do: fc.constant('upload' as const), key, size: fc.nat(40) }),
  fc.record({ do: fc.constant('copy' as const), key, to: key }),
  fc.record({
    do: fc.constant('versioning' as const),
    to: fc.constantFrom('Enabled' as const, 'Suspended' as const),
  }),
  fc.record({ do: fc.constant('tick' as const) }),
  fc.record({ do: fc.constant('collect' as const) }),
);

describe('versions', () => {
  it('are what the history says, for any history and any page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        async (commands, limit) => {
          const { store, bucket, setVersioning, put, collect, check, tick } = await open();
          const model = new VersionModel();
          for (const one of commands) {
            if (one.do === 'put') {
              const bytes = randomBytes(one.size);
              const { versionId } = await put(one.key, bytes);
              model.add(one.key, { id: versionId, bytes });
            } else if (one.do === 'upload') {
              const bytes = randomBytes(one.size);
              const into = await bucket();
              const initiated = { ...described, initiator: 'owner' };
              const { uploadId } = await store.uploads.create(into, one.key, initiated);
              const upload = (await store.uploads.get(into, one.key, uploadId))!;
              const staged = await store.objects.stage(bytes);
              await store.uploads.putPart(into, upload, 1, staged, { etag: 'x' });
              const object = await store.uploads.complete(into, upload, (parts) => ({
                parts: [{ part: parts.get(1)! }],
                object: described,
              }));
              model.add(one.key, { id: object!.versionId, bytes });
            } else if (one.do === 'copy') {
              const source = await store.objects.get(await bucket(), one.key);
              if (source === undefined) continue;
              const bytes = model.current(one.key)!;
              const copied = await store.objects.copy(source, await bucket(), one.to, described);
              model.add(one.to, { id: copied!.versionId, bytes });
            } else if (one.do === 'remove') {
              const { removed, marker } = await store.objects.remove(await bucket(), one.key);
              if (model.versioning === undefined) {
                expect(removed !== undefined).toBe(model.remove(one.key, 'null'));
              } else model.add(one.key, { id: marker!.versionId, bytes: undefined });
            } else if (one.do === 'removeVersion') {
              const id = model.of(one.key)[one.which]?.id ?? 'f'.repeat(32);
              const { removed } = await store.objects.removeVersion(await bucket(), one.key, id);
              expect(removed?.versionId).toBe(model.remove(one.key, id) ? id : undefined);
            } else if (one.do === 'versioning') {
              await setVersioning(one.to);
              model.versioning = one.to;
            } else if (one.do === 'tick') tick();
            else await collect();
          }
          await check();
          await collect();
          await check();
          const now = await bucket();
          for (const each of keys) {
            const object = await store.objects.get(now, each);
            const bytes = object && (await store.objects.read(object, 0, object.size));
            expect(bytes).toEqual(model.current(each));
            for (const { id, bytes: expected } of model.of(each)) {
              const version = (await store.objects.version(now, each, id))!;
              expect(version.versionId).toBe(id);
              if (version.deleteMarker) expect(expected).toBeUndefined();
              else expect(await store.objects.read(version, 0, version.size)).toEqual(expected);
            }
          }
          const listed: string[] = [];
          let after: string | undefined;
          let afterVersionId: string | undefined;
          for (;;) {
            const query = { prefix: '', delimiter: '', after, afterVersionId, limit };
            const page = await store.listing.versions(now, query);
            expect(page.entries.length).toBeLessThanOrEqual(limit);
            for (const entry of page.entries) {
              listed.push(shown(entry));
              if (entry.kind === 'version') {
                after = entry.version.key;
                afterVersionId = entry.version.versionId;
              }
            }
            if (!page.more) break;
          }
          expect(listed).toEqual(model.versions());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('roll into common prefixes, and a listing goes on behind one', async () => {
    const { store, bucket, setVersioning, put } = await open();
    await setVersioning('Enabled');
    for (const each of ['a/1', 'a/1', 'a/2', 'b', 'b', 'c/1']) await put(each, Buffer.from(each));
    await store.objects.remove(await bucket(), 'c/1');
    const list = async (after: string | undefined, limit: number) => {
      const query = { prefix: '', delimiter: '/', after, limit };
      const page = await store.listing.versions(await bucket(), query);
      return page.entries.map((entry) =>
        entry.kind === 'prefix' ? entry.prefix : entry.version.key,
      );
    };
    expect(await list(undefined, 10)).toEqual(['a/', 'b', 'b', 'c/']);
    expect(await list('a/', 10)).toEqual(['b', 'b', 'c/']);
    expect(await list('b', 10)).toEqual(['c/']);
  });

  it('are exact when many write and delete one key at once', async () => {
    const { store, bucket, setVersioning, put, collect, check } = await open();
    await setVersioning('Enabled');
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        if (i % 3 === 0) return store.objects.remove(await bucket(), 'k');
        const { versionId } = await put('k', randomBytes(20));
        if (i % 3 === 1) await store.objects.removeVersion(await bucket(), 'k', versionId);
        return undefined;
      }),
    );
    await collect();
    await check();
    const query = { prefix: '', delimiter: '', limit: 1000 };
    const { entries } = await store.listing.versions(await bucket(), query);
    expect(entries).toHaveLength(40);
    const [newest] = entries;
    const object = await store.objects.get(await bucket(), 'k');
    expect(newest?.kind === 'version' && newest.version.versionId).toBe(
      object?.versionId ?? (await store.objects.currentMarker(await bucket(), 'k'))?.versionId,
    );
  });
});

describe('a configuration', () => {
  it('is seen by whoever loads the bucket after it was set, and gone after it was removed', async () => {
    const { store, bucket } = await open();
    const policy = { Version: '2012-10-17' };
    expect(await store.buckets.config(await bucket(), 'policy')).toBeUndefined();
    await store.buckets.setConfig(await bucket(), 'policy', policy);
    expect(await store.buckets.config(await bucket(), 'policy')).toEqual(policy);
    await store.buckets.setConfig(await bucket(), 'policy', { Version: '2' });
    expect(await store.buckets.config(await bucket(), 'policy')).toEqual({ Version: '2' });
    await store.buckets.setConfig(await bucket(), 'policy', undefined);
    expect(await store.buckets.config(await bucket(), 'policy')).toBeUndefined();
    expect((await bucket()).configured).toEqual([]);
  });
});
