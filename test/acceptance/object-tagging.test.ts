import {
  DeleteObjectTaggingCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { put } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const Key = 'object';
await put(server.main, Bucket, Key);

function set(TagSet: Tag[], client = server.main) {
  return client.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }));
}

async function tags(key = Key): Promise<Tag[]> {
  const { TagSet } = await server.main.send(new GetObjectTaggingCommand({ Bucket, Key: key }));
  return TagSet ?? [];
}

test('tags are kept, replaced as a whole, and deleted', async () => {
  const first = [
    { Key: 'a', Value: '1' },
    { Key: 'b c', Value: 'ü +-=._:/@' },
  ];
  await set(first);
  expect(await tags()).toEqual(first);
  await set([{ Key: 'z', Value: '' }]);
  expect(await tags()).toEqual([{ Key: 'z', Value: '' }]);
  const { $metadata } = await server.main.send(new DeleteObjectTaggingCommand({ Bucket, Key }));
  expect($metadata.httpStatusCode).toBe(204);
  expect(await tags()).toEqual([]);
});

test('tags may come with the object, and are counted', async () => {
  await put(server.main, Bucket, 'with-tags', 'x', { Tagging: 'a=1&b%20c=%C3%BC&empty=' });
  expect(await tags('with-tags')).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b c', Value: 'ü' },
    { Key: 'empty', Value: '' },
  ]);
  const head = await server.main.send(new HeadObjectCommand({ Bucket, Key: 'with-tags' }));
  expect(head.TagCount).toBe(3);
});

test.each<readonly [string, Tag[]]>([
  ['eleven tags', Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))],
  ['a key of 129 characters', [{ Key: 'k'.repeat(129), Value: 'v' }]],
  ['a value of 257 characters', [{ Key: 'k', Value: 'v'.repeat(257) }]],
  ['an empty key', [{ Key: '', Value: 'v' }]],
  [
    'a key twice',
    [
      { Key: 'k', Value: '1' },
      { Key: 'k', Value: '2' },
    ],
  ],
])('%s are refused', async (_, TagSet) => {
  expect(await codeOf(set(TagSet))).toMatch(/^400 (InvalidTag|BadRequest)$/);
});

test('others may neither read nor write them', async () => {
  expect(await codeOf(set([], server.alt))).toBe('403 AccessDenied');
  const request = new GetObjectTaggingCommand({ Bucket, Key });
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
});

test('an object that is not there has none', async () => {
  const request = new GetObjectTaggingCommand({ Bucket, Key: 'missing' });
  expect(await codeOf(server.main.send(request))).toBe('404 NoSuchKey');
});
