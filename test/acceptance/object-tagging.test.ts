import {
  CopyObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { setPolicy } from '../support/bucket-policy.ts';
import { complete, createUpload, uploadPart } from '../support/multipart.ts';
import { put } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';
import { putMarker, putVersion, versionedBucket } from '../support/versions.ts';

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
  expect(await codeOf(set(TagSet))).toBe('400 InvalidTag');
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

test('tags are those of one version, the current one unless another is named', async () => {
  const bucket = await versionedBucket(server);
  const old = await putVersion(server.main, bucket, Key, 'old');
  const current = await putVersion(server.main, bucket, Key, 'current');
  const at = { Bucket: bucket, Key };
  const TagSet = [{ Key: 'a', Value: '1' }];
  const answer = await server.main.send(
    new PutObjectTaggingCommand({ ...at, VersionId: old, Tagging: { TagSet } }),
  );
  expect(answer.VersionId).toBe(old);
  const tagsOf = (VersionId?: string) =>
    server.main.send(new GetObjectTaggingCommand({ ...at, VersionId }));
  expect(await tagsOf(old)).toMatchObject({ TagSet, VersionId: old });
  expect(await tagsOf()).toMatchObject({ TagSet: [], VersionId: current });
  const deleted = await server.main.send(new DeleteObjectTaggingCommand({ ...at, VersionId: old }));
  expect(deleted.VersionId).toBe(old);
  expect((await tagsOf(old)).TagSet).toEqual([]);
  expect(await codeOf(tagsOf('f'.repeat(32)))).toBe('404 NoSuchVersion');
});

test('a delete marker has no tags', async () => {
  const bucket = await versionedBucket(server);
  const VersionId = await putMarker(server.main, bucket, Key);
  for (const version of [{}, { VersionId }]) {
    const at = { Bucket: bucket, Key, ...version };
    const Tagging = { TagSet: [] };
    expect(await codeOf(server.main.send(new GetObjectTaggingCommand(at)))).toBe(
      '405 MethodNotAllowed',
    );
    expect(await codeOf(server.main.send(new PutObjectTaggingCommand({ ...at, Tagging })))).toBe(
      '405 MethodNotAllowed',
    );
    expect(await codeOf(server.main.send(new DeleteObjectTaggingCommand(at)))).toBe(
      '405 MethodNotAllowed',
    );
  }
});

test('tagging changes neither ETag nor time, and the tags are counted', async () => {
  await put(server.main, Bucket, 'unchanged');
  const head = () => server.main.send(new HeadObjectCommand({ Bucket, Key: 'unchanged' }));
  const before = await head();
  const TagSet = [{ Key: 'a', Value: '1' }];
  await server.main.send(
    new PutObjectTaggingCommand({ Bucket, Key: 'unchanged', Tagging: { TagSet } }),
  );
  const after = await head();
  expect([after.ETag, after.LastModified]).toEqual([before.ETag, before.LastModified]);
  expect([before.TagCount, after.TagCount]).toEqual([undefined, 1]);
});

/** Ways to make an object together with its tags; a form's are in post-object.test.ts. */
const ways = {
  put: (key: string, Tagging?: string) => put(server.main, Bucket, key, 'x', { Tagging }),
  copy: (key: string, Tagging?: string) => {
    const CopySource = `${Bucket}/${Key}`;
    const TaggingDirective = 'REPLACE';
    return server.main.send(
      new CopyObjectCommand({ Bucket, Key: key, CopySource, TaggingDirective, Tagging }),
    );
  },
  upload: async (key: string, Tagging?: string) => {
    const upload = await createUpload(server.main, Bucket, key, { Tagging });
    return complete(server.main, upload, [await uploadPart(server.main, upload, 1, 'x')]);
  },
} as const;
const wayNames = Object.keys(ways) as (keyof typeof ways)[];

test.each(wayNames)('a %s takes ten tags, decoded', async (way) => {
  const pairs = Array.from({ length: 9 }, (_, at) => `k${at}=v+${at}`);
  await ways[way](`tagged-${way}`, [...pairs, 'b%20c=%C3%BC'].join('&'));
  expect(await tags(`tagged-${way}`)).toEqual([
    { Key: 'b c', Value: 'ü' },
    ...Array.from({ length: 9 }, (_, at) => ({ Key: `k${at}`, Value: `v ${at}` })),
  ]);
});

test.each(wayNames)('a %s that says nothing of tags has none', async (way) => {
  await ways[way](`untagged-${way}`);
  expect(await tags(`untagged-${way}`)).toEqual([]);
});

const badHeaders = [
  ['eleven tags', Array.from({ length: 11 }, (_, at) => `k${at}=v`).join('&')],
  ['a key twice', 'k=1&k=2'],
  ['an empty key', '=v'],
  ['a long key', `${'k'.repeat(129)}=v`],
  ['a long value', `k=${'v'.repeat(257)}`],
  ['a key of the system', 'aws:k=v'],
  ['a character that no tag has', 'k=%3C'],
  ['a malformed escape', 'k=%zz'],
] as const;
const refusals = wayNames.flatMap((way) =>
  badHeaders.map(([what, header]) => ({ way, what, header })),
);

test.each(refusals)('a $way with $what is refused', async ({ way, header }) => {
  const key = `refused-${way}`;
  expect(await codeOf(ways[way](key, header))).toMatch(
    /^400 (InvalidTag|InvalidArgument|BadRequest)$/,
  );
  expect(await codeOf(server.main.send(new HeadObjectCommand({ Bucket, Key: key })))).toBe(
    '404 NotFound',
  );
});

test('a copy has the tags of its source unless they are to be replaced', async () => {
  await put(server.main, Bucket, 'source', 'x', { Tagging: 'a=1' });
  const copy = (TaggingDirective?: 'COPY' | 'REPLACE', Tagging?: string) => {
    const CopySource = `${Bucket}/source`;
    return server.main.send(
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource, TaggingDirective, Tagging }),
    );
  };
  await copy();
  expect(await tags('copy')).toEqual([{ Key: 'a', Value: '1' }]);
  await copy('REPLACE', 'b=2');
  expect(await tags('copy')).toEqual([{ Key: 'b', Value: '2' }]);
  await copy('COPY');
  expect(await tags('copy')).toEqual([{ Key: 'a', Value: '1' }]);
  await copy('REPLACE');
  expect(await tags('copy')).toEqual([]);
});

test('who may tag can depend on the tags that are there', async () => {
  const bucket = await server.createBucket();
  await put(server.main, bucket, 'open', 'x', { Tagging: 'state=open' });
  await put(server.main, bucket, 'closed', 'x', { Tagging: 'state=closed' });
  await setPolicy(server.main, bucket, {
    Action: ['s3:PutObjectTagging', 's3:GetObjectTagging', 's3:DeleteObjectTagging'],
    on: '*',
    Condition: { StringEquals: { 's3:ExistingObjectTag/state': 'open' } },
  });
  const write = (key: string, state: string) => {
    const Tagging = { TagSet: [{ Key: 'state', Value: state }] };
    return server.alt.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: key, Tagging }));
  };
  const drop = (key: string) =>
    server.alt.send(new DeleteObjectTaggingCommand({ Bucket: bucket, Key: key }));
  await write('open', 'open');
  expect(await codeOf(write('closed', 'open'))).toBe('403 AccessDenied');
  expect(await codeOf(drop('closed'))).toBe('403 AccessDenied');
  await write('open', 'closed');
  expect(await codeOf(write('open', 'open'))).toBe('403 AccessDenied');
});

test('tags can be demanded of whatever makes an object', async () => {
  const bucket = await server.createBucket();
  await put(server.main, bucket, 'source', 'x');
  await setPolicy(
    server.main,
    bucket,
    { Action: ['s3:PutObject', 's3:PutObjectTagging', 's3:GetObject'], on: '*' },
    {
      Effect: 'Deny',
      Action: 's3:PutObject',
      on: '*',
      Condition: { StringNotEquals: { 's3:RequestObjectTag/team': 'blue' } },
    },
  );
  const made = (Tagging?: string) => [
    put(server.alt, bucket, 'put', 'x', { Tagging }),
    server.alt.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: 'copy',
        CopySource: `${bucket}/source`,
        TaggingDirective: 'REPLACE',
        Tagging,
      }),
    ),
    createUpload(server.alt, bucket, 'upload', { Tagging }),
  ];
  await Promise.all(made('team=blue&other=tag'));
  for (const Tagging of [undefined, 'team=red', 'Team=blue']) {
    const answers = await Promise.all(made(Tagging).map(codeOf));
    expect(answers).toEqual(Array(3).fill('403 AccessDenied'));
  }
});
