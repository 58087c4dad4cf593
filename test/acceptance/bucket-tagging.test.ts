import {
  CreateBucketCommand,
  DeleteBucketTaggingCommand,
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

function set(TagSet: Tag[], client = server.main) {
  return client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
}

async function tags(of = Bucket) {
  return (await server.main.send(new GetBucketTaggingCommand({ Bucket: of }))).TagSet;
}

const many = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ Key: `key-${i}`, Value: '' }));

test('tags are given back in their order, replaced as a whole, and gone after their deletion', async () => {
  expect(await codeOf(tags())).toBe('404 NoSuchTagSet');
  await set([
    { Key: 'b', Value: '1' },
    { Key: 'a', Value: 'ü' },
  ]);
  expect(await tags()).toEqual([
    { Key: 'b', Value: '1' },
    { Key: 'a', Value: 'ü' },
  ]);
  await set(many(50));
  expect(await tags()).toHaveLength(50);
  await server.main.send(new DeleteBucketTaggingCommand({ Bucket }));
  expect(await codeOf(tags())).toBe('404 NoSuchTagSet');
});

test('what is no set of tags is refused', async () => {
  expect(await codeOf(set(many(51)))).toBe('400 BadRequest');
  expect(await codeOf(set([...many(1), ...many(1)]))).toBe('400 InvalidTag');
  expect(await codeOf(set([{ Key: 'aws:own', Value: '' }]))).toBe('400 InvalidTag');
  expect(await codeOf(set([{ Key: 'x'.repeat(129), Value: '' }]))).toBe('400 InvalidTag');
  expect(await codeOf(tags())).toBe('404 NoSuchTagSet');
});

test('only the owner reads and sets them', async () => {
  await set(many(1));
  const read = server.alt.send(new GetBucketTaggingCommand({ Bucket }));
  expect(await codeOf(read)).toBe('403 AccessDenied');
  expect(await codeOf(set(many(2), server.alt))).toBe('403 AccessDenied');
});

test('a bucket may be created with tags', async () => {
  const created = uniqueBucketName();
  await server.main.send(
    new CreateBucketCommand({
      Bucket: created,
      CreateBucketConfiguration: { Tags: [{ Key: 'team', Value: 'blue' }] },
    }),
  );
  expect(await tags(created)).toEqual([{ Key: 'team', Value: 'blue' }]);
});
