/** How lists go on, for every list operation of the model, and what of a server is no list. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  GetObject,
  ListBucketInventoryConfigurations,
  ListBuckets,
  ListMultipartUploads,
  ListObjects,
  ListObjectsV2,
  ListObjectVersions,
  ListParts,
  operations,
} from '../model/operations.gen.ts';
import type { Bucket, CommonPrefix, _Object as ListedObject, Part } from '../model/types.gen.ts';
import { type ListOperationName, type PaginateOptions, paginate } from './paginate.ts';
import type { Sender } from './sender.ts';
import type { Operation } from './types.ts';

type Values = Readonly<Record<string, unknown>>;

/** Answers in turn, the last one again and again; remembers what it was asked. */
function serverOf(...pages: readonly Values[]) {
  const asked: Values[] = [];
  const send = async (_: Operation, input: Values) => {
    asked.push(input);
    if (asked.length > 10) throw new Error('it goes on for ever');
    return pages[Math.min(asked.length, pages.length) - 1]!;
  };
  return { asked, sender: { send } as unknown as Sender };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const read = <Name extends ListOperationName>(
  name: Name,
  pages: readonly Values[],
  options: PaginateOptions = {},
  input: Values = {},
) => {
  const { asked, sender } = serverOf(...pages);
  return {
    asked,
    pages: paginate<Name>(sender, operations[name] as never, input as never, options),
  };
};

const malformed = expect.objectContaining({ code: 'MalformedResponse' });
const invalid = expect.objectContaining({ code: 'InvalidInput' });

/** Operation → the members of the next input, given those of a page; what its pages list. */
const lists: readonly (readonly [ListOperationName, page: Values, next: Values, item: string])[] = [
  ['ListBuckets', { ContinuationToken: 'c' }, { ContinuationToken: 'c' }, 'Buckets'],
  ['ListObjects', { IsTruncated: true, NextMarker: 'm' }, { Marker: 'm' }, 'Contents'],
  ...(
    [
      ['ListObjectsV2', 'Contents'],
      ['ListBucketAnalyticsConfigurations', 'AnalyticsConfigurationList'],
      ['ListBucketIntelligentTieringConfigurations', 'IntelligentTieringConfigurationList'],
      ['ListBucketInventoryConfigurations', 'InventoryConfigurationList'],
      ['ListBucketMetricsConfigurations', 'MetricsConfigurationList'],
    ] as const
  ).map(
    ([name, item]) =>
      [
        name,
        { IsTruncated: true, NextContinuationToken: 'c', ContinuationToken: 'b' },
        { ContinuationToken: 'c' },
        item,
      ] as const,
  ),
  [
    'ListObjectAnnotations',
    { NextContinuationToken: 'c' },
    { ContinuationToken: 'c' },
    'Annotations',
  ],
  [
    'ListObjectVersions',
    { IsTruncated: true, NextKeyMarker: 'k', NextVersionIdMarker: 'v' },
    { KeyMarker: 'k', VersionIdMarker: 'v' },
    'Versions',
  ],
  [
    'ListMultipartUploads',
    { IsTruncated: true, NextKeyMarker: 'k', NextUploadIdMarker: 'u' },
    { KeyMarker: 'k', UploadIdMarker: 'u' },
    'Uploads',
  ],
  [
    'ListParts',
    { IsTruncated: true, NextPartNumberMarker: '7' },
    { PartNumberMarker: '7' },
    'Parts',
  ],
];

describe('a list', () => {
  it('is known of each operation of the model that has pages', () => {
    const inModel = Object.keys(operations).filter((name) => name.startsWith('List'));
    expect(lists.map(([name]) => name).sort()).toEqual(inModel.sort());
  });

  it.each(lists)('of %s goes on where its page says', async (name, page, next, item) => {
    const input = { Bucket: 'b', Prefix: 'p' };
    const last = { [item]: [{ is: 'second' }] };
    const { asked, pages } = read(name, [{ ...page, [item]: [{ is: 'first' }] }, last], {}, input);
    const items = await all<unknown>(pages.items());
    expect(items).toMatchObject([{ is: 'first' }, { is: 'second' }]);
    expect(asked).toEqual([input, { ...input, ...next }]);
  });

  it.each(lists)(
    'of %s that says the same place again is an error, and no end',
    async (name, page) => {
      await expect(all(read(name, [page]).pages)).rejects.toThrow(malformed);
    },
  );

  it.each(lists.filter(([, page]) => page.IsTruncated))(
    'of %s that has more and does not say where is an error, and no end',
    async (name) => {
      await expect(all(read(name, [{ IsTruncated: true }]).pages)).rejects.toThrow(malformed);
      const empty = {
        IsTruncated: true,
        NextContinuationToken: '',
        NextMarker: '',
        NextKeyMarker: '',
      };
      await expect(all(read(name, [empty]).pages)).rejects.toThrow(malformed);
    },
  );

  it('that begins where it was told and stays there is an error', async () => {
    const page = { IsTruncated: true, NextContinuationToken: 'c' };
    const { pages } = read('ListObjectsV2', [page], {}, { ContinuationToken: 'c' });
    await expect(all(pages)).rejects.toThrow(malformed);
  });

  it('of ListObjects goes on after its last key if no marker is named', async () => {
    const first = { IsTruncated: true, Contents: [{ Key: 'a' }, { Key: 'b' }] };
    const prefixes = { IsTruncated: true, CommonPrefixes: [{ Prefix: 'c/' }] };
    const { asked, pages } = read('ListObjects', [first, prefixes, { IsTruncated: false }]);
    await all(pages);
    expect(asked.map(({ Marker }) => Marker)).toEqual([undefined, 'b', 'c/']);
  });

  it('ends where it says so, whatever else its page has', async () => {
    const page = { IsTruncated: false, NextPartNumberMarker: '0', Parts: [] };
    expect(await all(read('ListParts', [page]).pages)).toEqual([page]);
  });

  it('forgets a second marker that the next page does not have', async () => {
    const first = { IsTruncated: true, NextKeyMarker: 'a', NextVersionIdMarker: 'v' };
    const second = { IsTruncated: true, NextKeyMarker: 'p/' };
    const { asked, pages } = read('ListObjectVersions', [first, second, {}]);
    await all(pages);
    expect(asked[2]).toEqual({ KeyMarker: 'p/', VersionIdMarker: undefined });
  });

  it('goes on with plain markers where keys were asked for encoded', async () => {
    const input = { EncodingType: 'url' };
    const marker = { IsTruncated: true, NextMarker: 'a%20b%2B' };
    const key = { IsTruncated: true, Contents: [{ Key: 'c%20d' }] };
    const { asked, pages } = read('ListObjects', [marker, key, {}], {}, input);
    await all(pages);
    expect(asked.map(({ Marker }) => Marker)).toEqual([undefined, 'a b+', 'c d']);
    // Tokens are no keys.
    const token = { IsTruncated: true, NextContinuationToken: 'a%20b' };
    const v2 = read('ListObjectsV2', [token, {}], {}, input);
    await all(v2.pages);
    expect(v2.asked[1]!.ContinuationToken).toBe('a%20b');
  });

  it('is asked for while it is read, and from its start each time', async () => {
    const page = { IsTruncated: true, NextContinuationToken: 'c', Contents: [{ Key: 'a' }] };
    const { asked, pages } = read('ListObjectsV2', [page, { Contents: [{ Key: 'b' }] }]);
    for await (const _ of pages) break;
    expect(asked).toHaveLength(1);
    for await (const _ of pages.items()) break;
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual({});
  });
});

describe('items', () => {
  const versions = {
    Versions: [{ Key: 'a', VersionId: '2' }, { Key: 'b' }],
    DeleteMarkers: [{ Key: 'a', VersionId: '3' }],
    CommonPrefixes: [{ Prefix: 'p/' }],
  };

  it('of versions are told apart from markers of deletions', async () => {
    const { pages } = read('ListObjectVersions', [versions]);
    expect(await all<unknown>(pages.items())).toEqual([
      { Key: 'a', VersionId: '2', DeleteMarker: false },
      { Key: 'b', DeleteMarker: false },
      { Key: 'a', VersionId: '3', DeleteMarker: true },
    ]);
  });

  it('may be those of another list of the pages', async () => {
    const { sender } = serverOf(versions);
    const pages = paginate(sender, ListObjectVersions, { Bucket: 'b' });
    expect(await all(pages.items('CommonPrefixes'))).toEqual([{ Prefix: 'p/' }]);
    expect(await all(pages.items('DeleteMarkers'))).toEqual(versions.DeleteMarkers);
  });

  it('have the types of what is listed', () => {
    const { sender } = serverOf({});
    const objects = paginate(sender, ListObjectsV2, { Bucket: 'b' });
    expectTypeOf(objects.items()).toEqualTypeOf<AsyncGenerator<ListedObject, void, undefined>>();
    expectTypeOf(objects.items('CommonPrefixes')).toEqualTypeOf<
      AsyncGenerator<CommonPrefix, void, undefined>
    >();
    const parts = paginate(sender, ListParts, { Bucket: 'b', Key: 'k', UploadId: 'u' });
    expectTypeOf(parts.items()).toEqualTypeOf<AsyncGenerator<Part, void, undefined>>();
    const buckets = paginate(sender, ListBuckets, {});
    expectTypeOf(buckets.items()).toEqualTypeOf<AsyncGenerator<Bucket, void, undefined>>();
    // @ts-expect-error: a page has no such list
    buckets.items('CommonPrefixes');
    // @ts-expect-error: it lists nothing
    expect(() => paginate(sender, GetObject, { Bucket: 'b', Key: 'k' })).toThrow(invalid);
    // @ts-expect-error: which bucket?
    paginate(sender, ListMultipartUploads, {});
  });
});

describe('limits of a list', () => {
  const endless = (from: number): Values => ({
    IsTruncated: true,
    NextContinuationToken: `after ${from + 1}`,
    Contents: [{ Key: `${from}` }, { Key: `${from + 1}` }],
    CommonPrefixes: [{ Prefix: `${from}/` }],
  });
  const pages = [endless(0), endless(2), endless(4)];

  it.each([
    [0, 0, []],
    [1, 1, ['0']],
    [2, 1, ['0', '1']],
    [3, 2, ['0', '1', '2']],
    [5, 3, ['0', '1', '2', '3', '4']],
  ])('%d items are all there are, and %d pages are asked for', async (maxItems, requests, keys) => {
    const one = read('ListObjectsV2', pages, { maxItems });
    const items = await all(one.pages.items());
    expect(items.map(({ Key }) => Key)).toEqual(keys);
    expect(one.asked).toHaveLength(requests);
    const other = read('ListObjectsV2', pages, { maxItems });
    const listed = (await all(other.pages)).flatMap(({ Contents = [] }) => Contents);
    expect(listed.map(({ Key }) => Key)).toEqual(keys);
    expect(other.asked).toHaveLength(requests);
  });

  it('hold for the list that was asked for', async () => {
    const { pages: list } = read('ListObjectsV2', pages, { maxItems: 2 });
    const prefixes = await all(list.items('CommonPrefixes'));
    expect(prefixes).toEqual([{ Prefix: '0/' }, { Prefix: '2/' }]);
  });

  it('cut versions and markers together', async () => {
    const page = { Versions: [1, 2], DeleteMarkers: [3, 4] };
    const { pages: list } = read('ListObjectVersions', [page], { maxItems: 3 });
    expect(await all(list)).toEqual([{ Versions: [1, 2], DeleteMarkers: [3] }]);
  });

  it.each([
    ['ListObjectsV2', 'MaxKeys'],
    ['ListBuckets', 'MaxBuckets'],
    ['ListMultipartUploads', 'MaxUploads'],
    ['ListParts', 'MaxParts'],
    ['ListObjectAnnotations', 'MaxAnnotationResults'],
  ] as const)('of %s pages are %s', async (name, member) => {
    const { asked, pages: list } = read(name, [{}], { pageSize: 7 });
    await all(list);
    expect(asked).toEqual([{ [member]: 7 }]);
  });

  it('that cannot be are refused', () => {
    for (const options of [{ maxItems: -1 }, { maxItems: 1.5 }, { pageSize: 0 }]) {
      expect(() => read('ListObjectsV2', [{}], options)).toThrow(invalid);
    }
    const { sender } = serverOf({});
    const input = { Bucket: 'b' };
    expect(() =>
      paginate(sender, ListBucketInventoryConfigurations, input, { pageSize: 7 }),
    ).toThrow(invalid);
    expect(() => paginate(sender, ListObjects, input, { maxItems: Number.NaN })).toThrow(invalid);
  });
});
