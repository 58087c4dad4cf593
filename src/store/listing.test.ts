/** Lists of objects, versions and uploads: whatever the page size, pages join up to what the history says. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from './blob/memory.ts';
import {
  type ModelQuestion,
  prefixLine,
  VersionModel,
  versionLine,
} from './contract/version-model.ts';
import { createStore } from './create-store.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { Bucket } from './records.ts';
import type { ListObjectsQuery, PutObject } from './store.ts';

const acl = { owner: 'owner', grants: [] };
const described: PutObject = {
  headers: {},
  metadata: {},
  storageClass: 'STANDARD',
  acl,
  etag: 'e',
};

async function open() {
  const time = 1_700_000_000_000;
  const meta = createMemoryMetaStore();
  const blobs = createMemoryBlobStore({ now: () => time });
  const limits = { inlineMaxBytes: 64, gatherMaxBytes: 64 };
  const store = createStore({ meta, blobs, now: () => time, randomBytes, writer: 0, limits });
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  return store;
}

type TestStore = Awaited<ReturnType<typeof open>>;
const bucketOf = async (store: TestStore): Promise<Bucket> =>
  (await store.buckets.get('default', 'b'))!;

/** Where a list goes on: members of a query. */
type Marker = Pick<ListObjectsQuery, 'after'> & {
  readonly afterVersionId?: string;
  readonly afterUploadId?: string;
};

interface Page {
  readonly lines: readonly string[];
  readonly last: Marker | undefined;
  readonly more: boolean;
}

/** All pages, each of `limit` entries but the last, which never comes empty after a full one. */
async function joined(
  limit: number,
  fetchPage: (marker: Marker) => Promise<Page>,
): Promise<string[]> {
  const lines: string[] = [];
  let marker: Marker = {};
  for (;;) {
    const page = await fetchPage(marker);
    if (page.more) expect(page.lines).toHaveLength(limit);
    else expect(page.lines.length).toBeLessThanOrEqual(limit);
    if (marker.after !== undefined) expect(page.lines).not.toHaveLength(0);
    lines.push(...page.lines);
    if (!page.more) return lines;
    marker = page.last!;
  }
}

async function objectPage(store: TestStore, query: ListObjectsQuery): Promise<Page> {
  const { entries, more } = await store.listing.objects(await bucketOf(store), query);
  const last = entries.at(-1);
  return {
    lines: entries.map((entry) =>
      entry.kind === 'prefix' ? prefixLine(entry.prefix) : `key ${entry.object.key}`,
    ),
    last: last && { after: last.kind === 'prefix' ? last.prefix : last.object.key },
    more,
  };
}

async function versionPage(store: TestStore, query: ListObjectsQuery & Marker): Promise<Page> {
  const { entries, more } = await store.listing.versions(await bucketOf(store), query);
  const last = entries.at(-1);
  return {
    lines: entries.map((entry) => {
      if (entry.kind === 'prefix') return prefixLine(entry.prefix);
      const { version, latest } = entry;
      return versionLine(version.key, version.versionId, version.deleteMarker === true, latest);
    }),
    last:
      last?.kind === 'version'
        ? { after: last.version.key, afterVersionId: last.version.versionId }
        : last && { after: last.prefix },
    more,
  };
}

async function uploadPage(store: TestStore, query: ListObjectsQuery & Marker): Promise<Page> {
  const { entries, more } = await store.listing.uploads(await bucketOf(store), query);
  const last = entries.at(-1);
  return {
    lines: entries.map((entry) =>
      entry.kind === 'prefix'
        ? prefixLine(entry.prefix)
        : `${entry.upload.key} ${entry.upload.uploadId}`,
    ),
    last:
      last?.kind === 'upload'
        ? { after: last.upload.key, afterUploadId: last.upload.uploadId }
        : last && { after: last.prefix },
    more,
  };
}

/** Pieces that order differently as UTF-16 and as bytes, need escaping, or are the delimiter. */
const piece = fc.constantFrom('a', 'b', '/', '/', '\u0000', '\u0001', 'ä', '\uffff', '😀');
const key = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
const question = fc.record({
  prefix: fc.oneof(
    fc.constant(''),
    fc.array(piece, { maxLength: 2 }).map((all) => all.join('')),
  ),
  delimiter: fc.constantFrom('', '/', '/', 'b', '//', 'a/', '\u0000', '😀'),
});
const pageSize = fc.integer({ min: 1, max: 5 });

/** What is done to the n-th of the keys. */
const command = fc.record({
  at: fc.nat(),
  do: fc.constantFrom(
    'put' as const,
    'put' as const,
    'put' as const,
    'remove' as const,
    'removeVersion' as const,
    'Enabled' as const,
    'Suspended' as const,
  ),
});
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

async function replay(
  store: TestStore,
  keys: readonly string[],
  commands: readonly Command[],
): Promise<VersionModel> {
  const model = new VersionModel();
  for (const { at, do: action } of commands) {
    const bucket = await bucketOf(store);
    const name = keys[at % keys.length]!;
    if (action === 'put') {
      const bytes = Buffer.from(name);
      const staged = await store.objects.stage(bytes);
      const { versionId } = await store.objects.put(bucket, name, staged, described);
      model.add(name, { id: versionId, bytes });
    } else if (action === 'remove') {
      const { marker } = await store.objects.remove(bucket, name);
      if (marker === undefined) model.remove(name, 'null');
      else model.add(name, { id: marker.versionId, bytes: undefined });
    } else if (action === 'removeVersion') {
      const versions = model.of(name);
      const id = versions[at % Math.max(versions.length, 1)]?.id ?? 'null';
      await store.objects.removeVersion(bucket, name, id);
      model.remove(name, id);
    } else {
      model.versioning = action;
      await store.buckets.update(bucket, (now) => ({ ...now, versioning: action }));
    }
  }
  return model;
}

describe('any page size gives the same list', () => {
  it('of objects and of versions, with and without prefix and delimiter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { minLength: 1, maxLength: 12 }),
        fc.array(command, { maxLength: 60 }),
        fc.array(fc.tuple(question, pageSize), { minLength: 3, maxLength: 3 }),
        async (keys, commands, asked) => {
          const store = await open();
          const model = await replay(store, keys, commands);
          const everything: ModelQuestion = { prefix: '', delimiter: '' };
          for (const [one, limit] of [[everything, 1] as const, ...asked]) {
            const objects = await joined(limit, (marker) =>
              objectPage(store, { ...one, ...marker, limit }),
            );
            expect(objects).toEqual(model.objects(one));
            const versions = await joined(limit, (marker) =>
              versionPage(store, { ...one, ...marker, limit }),
            );
            expect(versions).toEqual(model.versions(one));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of uploads, with and without prefix and delimiter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.array(fc.tuple(question, pageSize), { minLength: 3, maxLength: 3 }),
        async (keys, begun, asked) => {
          const store = await open();
          const uploads = new Map<string, string[]>(keys.map((name) => [name, []]));
          for (const at of begun) {
            const name = keys[at % keys.length]!;
            const upload = { ...described, initiator: 'owner' };
            const { uploadId } = await store.uploads.create(await bucketOf(store), name, upload);
            uploads.get(name)!.push(uploadId);
          }
          for (const [one, limit] of asked) {
            const listed = await joined(limit, (marker) =>
              uploadPage(store, { ...one, ...marker, limit }),
            );
            expect(listed).toEqual(expectedUploads(uploads, one));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of more versions of a key than are read at once', async () => {
    const store = await open();
    await store.buckets.update(await bucketOf(store), (now) => ({ ...now, versioning: 'Enabled' }));
    const puts = Array.from({ length: 700 }, () => ({ at: 1, do: 'put' as const }));
    const model = await replay(
      store,
      ['a', 'b', 'c'],
      [{ at: 0, do: 'put' }, { at: 0, do: 'Enabled' }, ...puts, { at: 2, do: 'put' }],
    );
    for (const limit of [1000, 256, 300]) {
      const versions = await joined(limit, (marker) =>
        versionPage(store, { prefix: '', delimiter: '', ...marker, limit }),
      );
      expect(versions).toEqual(model.versions());
    }
  });
});

/** Uploads of a key in the order they were begun. */
function expectedUploads(
  uploads: ReadonlyMap<string, readonly string[]>,
  { prefix, delimiter }: ModelQuestion,
): string[] {
  const lines = new Set<string>();
  const inOrder = [...uploads.keys()].sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  for (const name of inOrder) {
    const ids = uploads.get(name)!;
    if (ids.length === 0 || !name.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    if (cut < 0) for (const id of ids) lines.add(`${name} ${id}`);
    else lines.add(prefixLine(name.slice(0, cut + delimiter.length)));
  }
  return [...lines];
}

describe('a list of versions', () => {
  it('goes on in the key whose null version its marker names, though that is gone', async () => {
    const store = await open();
    await replay(
      store,
      ['a', 'b'],
      [
        { at: 0, do: 'Enabled' },
        { at: 0, do: 'put' },
        { at: 0, do: 'put' },
        { at: 0, do: 'Suspended' },
        { at: 0, do: 'put' },
        { at: 1, do: 'put' },
      ],
    );
    const query = { prefix: '', delimiter: '', limit: 1 };
    const first = await versionPage(store, query);
    expect(first).toMatchObject({ lines: ['a null object latest'], more: true });
    await store.objects.removeVersion(await bucketOf(store), 'a', 'null');
    const rest = await versionPage(store, { ...query, ...first.last, limit: 10 });
    expect(rest.lines.map((line) => line.split(' ')[0])).toEqual(['a', 'a', 'b']);
  });
});
