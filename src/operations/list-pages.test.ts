/** The list operations, page by page: their markers and tokens join pages up to what the history says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixLine, VersionModel, versionLine } from '../store/contract/version-model.ts';
import { type House, openHouse } from './contract/house.ts';

const Bucket = 'archive';

interface Question {
  readonly Prefix: string;
  readonly Delimiter: string;
}

interface Entry {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IsLatest?: boolean | undefined;
}

const keyLines = (entries: readonly Entry[] = []) => entries.map(({ Key }) => `key ${Key}`);
const prefixLines = (entries: readonly { Prefix?: string | undefined }[] = []) =>
  entries.map(({ Prefix }) => prefixLine(Prefix ?? ''));
const versionLines = (entries: readonly Entry[] = [], isMarker: boolean) =>
  entries.map(({ Key = '', VersionId = '', IsLatest = false }) =>
    versionLine(Key, VersionId, isMarker, IsLatest),
  );

/** Lists that an answer keeps apart, each in its order. */
type Lists = readonly (readonly string[])[];

interface Page<Marker> {
  readonly lists: Lists;
  readonly isTruncated: boolean | undefined;
  readonly next: Marker;
}

async function joined<Marker extends object>(
  size: number,
  first: Marker,
  fetchPage: (marker: Marker) => Promise<Page<Marker>>,
): Promise<Lists> {
  const lists: string[][] = [];
  let marker = first;
  for (;;) {
    const page = await fetchPage(marker);
    const count = page.lists.reduce((sum, list) => sum + list.length, 0);
    if (page.isTruncated) expect(count).toBe(size);
    else expect(count).toBeLessThanOrEqual(size);
    for (const [i, list] of page.lists.entries()) lists[i] = [...(lists[i] ?? []), ...list];
    if (!page.isTruncated) return lists;
    marker = page.next;
  }
}

const versions = (house: House, question: Question, MaxKeys: number) =>
  joined<{ KeyMarker?: string | undefined; VersionIdMarker?: string | undefined }>(
    MaxKeys,
    {},
    async (marker) => {
      const page = await house.run('ListObjectVersions', {
        Bucket,
        MaxKeys,
        ...question,
        ...marker,
      });
      return {
        lists: [
          versionLines(page.Versions, false),
          versionLines(page.DeleteMarkers, true),
          prefixLines(page.CommonPrefixes),
        ],
        isTruncated: page.IsTruncated,
        next: { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker },
      };
    },
  );

const objects = (house: House, question: Question, MaxKeys: number) =>
  joined<{ ContinuationToken?: string | undefined }>(MaxKeys, {}, async (marker) => {
    const page = await house.run('ListObjectsV2', { Bucket, MaxKeys, ...question, ...marker });
    return {
      lists: [keyLines(page.Contents), prefixLines(page.CommonPrefixes)],
      isTruncated: page.IsTruncated,
      next: { ContinuationToken: page.NextContinuationToken },
    };
  });

/** Without a delimiter the client takes the last key for a marker, as S3 gives none. */
const objectsByMarker = (house: House, question: Question, MaxKeys: number) =>
  joined<{ Marker?: string | undefined }>(MaxKeys, {}, async (marker) => {
    const page = await house.run('ListObjects', { Bucket, MaxKeys, ...question, ...marker });
    return {
      lists: [keyLines(page.Contents), prefixLines(page.CommonPrefixes)],
      isTruncated: page.IsTruncated,
      next: { Marker: page.NextMarker ?? page.Contents?.at(-1)?.Key },
    };
  });

const uploads = (house: House, question: Question, MaxUploads: number) =>
  joined<{ KeyMarker?: string | undefined; UploadIdMarker?: string | undefined }>(
    MaxUploads,
    {},
    async (marker) => {
      const page = await house.run('ListMultipartUploads', {
        Bucket,
        MaxUploads,
        ...question,
        ...marker,
      });
      return {
        lists: [
          (page.Uploads ?? []).map(({ Key, UploadId }) => `${Key} ${UploadId}`),
          prefixLines(page.CommonPrefixes),
        ],
        isTruncated: page.IsTruncated,
        next: { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker },
      };
    },
  );

const piece = fc.constantFrom('a', 'b', '/', 'ä', '😀');
const key = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(''));
const question = fc.record({
  Prefix: fc.constantFrom('', '', 'a', 'a/', '/'),
  Delimiter: fc.constantFrom('', '/', '/', 'b'),
});
const pageSize = fc.integer({ min: 1, max: 4 });
const actions = [
  'put',
  'put',
  'put',
  'delete',
  'deleteVersion',
  'copy',
  'Enabled',
  'Suspended',
] as const;
const command = fc.record({ at: fc.nat(), do: fc.constantFrom(...actions) });
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

async function replay(house: House, keys: readonly string[], commands: readonly Command[]) {
  const model = new VersionModel();
  for (const { at, do: action } of commands) {
    const Key = keys[at % keys.length]!;
    if (action === 'put') {
      const bytes = Buffer.from(Key);
      const { VersionId } = await house.run('PutObject', { Bucket, Key, Body: bytes });
      model.add(Key, { id: VersionId ?? 'null', bytes });
    } else if (action === 'delete') {
      const { DeleteMarker, VersionId } = await house.run('DeleteObject', { Bucket, Key });
      if (DeleteMarker) model.add(Key, { id: VersionId ?? 'none', bytes: undefined });
      else model.remove(Key, 'null');
    } else if (action === 'deleteVersion') {
      const versionsOfKey = model.of(Key);
      const version = versionsOfKey[at % Math.max(versionsOfKey.length, 1)];
      const VersionId = version?.id ?? 'null';
      const answer = await house.run('DeleteObject', { Bucket, Key, VersionId });
      expect(answer.DeleteMarker === true).toBe(version !== undefined && !version.bytes);
      model.remove(Key, VersionId);
    } else if (action === 'copy') {
      const from = keys[(at + 1) % keys.length]!;
      const bytes = model.current(from);
      if (bytes === undefined) continue;
      const { VersionId } = await house.run('CopyObject', {
        Bucket,
        Key,
        CopySource: `${Bucket}/${encodeURIComponent(from)}`,
        MetadataDirective: 'REPLACE',
      });
      model.add(Key, { id: VersionId ?? 'null', bytes });
    } else {
      const VersioningConfiguration = { Status: action };
      await house.run('PutBucketVersioning', { Bucket, VersioningConfiguration });
    }
  }
  return model;
}

/** A model's lines as an answer keeps them apart. */
function apart(lines: readonly string[], ...kinds: readonly RegExp[]): Lists {
  const prefixes = lines.filter((line) => line.startsWith('prefix '));
  const others = lines.filter((line) => !line.startsWith('prefix '));
  return [...kinds.map((kind) => others.filter((line) => kind.test(line))), prefixes];
}

describe('any page size gives the list that the history makes', () => {
  it('of versions, delete markers and objects', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { minLength: 1, maxLength: 8 }),
        fc.array(command, { maxLength: 40 }),
        question,
        pageSize,
        async (keys, commands, asked, size) => {
          const house = openHouse();
          await house.run('CreateBucket', { Bucket });
          const model = await replay(house, keys, commands);
          const of = { prefix: asked.Prefix, delimiter: asked.Delimiter };
          expect(await versions(house, asked, size)).toEqual(
            apart(model.versions(of), / object( latest)?$/, / marker( latest)?$/),
          );
          const listed = apart(model.objects(of), /^key /);
          expect(await objects(house, asked, size)).toEqual(listed);
          expect(await objectsByMarker(house, asked, size)).toEqual(listed);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('of uploads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { maxLength: 12 }),
        question,
        pageSize,
        async (keys, asked, size) => {
          const house = openHouse();
          await house.run('CreateBucket', { Bucket });
          for (const Key of keys) await house.run('CreateMultipartUpload', { Bucket, Key });
          const whole = await uploads(house, { Prefix: '', Delimiter: '' }, 1000);
          expect(whole[0]).toHaveLength(keys.length);
          const { Prefix, Delimiter } = asked;
          const lines = new Set<string>();
          for (const line of whole[0]!) {
            const name = line.slice(0, line.lastIndexOf(' '));
            if (!name.startsWith(Prefix)) continue;
            const cut = Delimiter === '' ? -1 : name.indexOf(Delimiter, Prefix.length);
            lines.add(cut < 0 ? line : prefixLine(name.slice(0, cut + Delimiter.length)));
          }
          expect(await uploads(house, asked, size)).toEqual(apart([...lines], /./));
        },
      ),
      { numRuns: 100 },
    );
  });
});
