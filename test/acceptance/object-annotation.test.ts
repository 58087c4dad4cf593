import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectAnnotationCommand,
  DeleteObjectCommand,
  GetObjectAnnotationCommand,
  type GetObjectAnnotationCommandInput,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  type ListObjectAnnotationsCommandInput,
  PutObjectAnnotationCommand,
  type PutObjectAnnotationCommandInput,
  PutObjectLegalHoldCommand,
  RenameObjectCommand,
  UpdateObjectEncryptionCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { setPolicy } from '../support/bucket-policy.ts';
import { bytesOf, put, readText } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { chunkedPut, md5Base64, signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';
import { lockBucket, putVersion, versionedBucket } from '../support/versions.ts';

const server = await startTestServer({ kmsKeyIds: ['first', 'second'] });
const { main } = server;
let Bucket: string;
const Key = 'object';

beforeEach(async () => {
  Bucket = await server.createBucket();
  await put(main, Bucket, Key, 'content');
});

function annotate(
  AnnotationName: string,
  AnnotationPayload: string | Buffer = AnnotationName,
  more: Partial<PutObjectAnnotationCommandInput> = {},
  client = main,
) {
  const input = { Bucket, Key, AnnotationName, AnnotationPayload, ...more };
  return client.send(new PutObjectAnnotationCommand(input));
}

const get = (
  AnnotationName: string,
  more: Partial<GetObjectAnnotationCommandInput> = {},
  client = main,
) => client.send(new GetObjectAnnotationCommand({ Bucket, Key, AnnotationName, ...more }));

async function text(AnnotationName: string, more: Partial<GetObjectAnnotationCommandInput> = {}) {
  return (await get(AnnotationName, more)).AnnotationPayload?.transformToString();
}

const list = (more: Partial<ListObjectAnnotationsCommandInput> = {}, client = main) =>
  client.send(new ListObjectAnnotationsCommand({ Bucket, Key, ...more }));

async function names(more: Partial<ListObjectAnnotationsCommandInput> = {}) {
  return (await list(more)).Annotations?.map(({ AnnotationName }) => AnnotationName) ?? [];
}

const drop = (AnnotationName: string, more = {}, client = main) =>
  client.send(new DeleteObjectAnnotationCommand({ Bucket, Key, AnnotationName, ...more }));

test('an annotation is kept beside its object, and shown with what is known of it', async () => {
  const before = await main.send(new HeadObjectCommand({ Bucket, Key }));
  const answer = await annotate('labels', '{"cat": 0.9}');
  const ETag = `"${Buffer.from(md5Base64('{"cat": 0.9}'), 'base64').toString('hex')}"`;
  expect(answer).toMatchObject({ Key, AnnotationName: 'labels', ETag });
  const got = await get('labels', { ChecksumMode: 'ENABLED' });
  expect(await got.AnnotationPayload?.transformToString()).toBe('{"cat": 0.9}');
  expect(got).toMatchObject({ ContentLength: 12, ETag, ChecksumType: 'FULL_OBJECT' });
  expect(got.LastModified).toBeInstanceOf(Date);
  const { Annotations } = await list();
  expect(Annotations).toMatchObject([{ AnnotationName: 'labels', ETag, Size: 12 }]);
  expect(Annotations?.[0]?.ChecksumAlgorithm).toHaveLength(1);
  const after = await main.send(new HeadObjectCommand({ Bucket, Key }));
  expect([after.ETag, after.LastModified]).toEqual([before.ETag, before.LastModified]);
  expect(await readText(main, Bucket, Key)).toBe('content');
});

test('it is replaced under its name, and deleted', async () => {
  await annotate('note', 'first');
  await annotate('note', 'second');
  expect([await names(), await text('note')]).toEqual([['note'], 'second']);
  const { $metadata } = await drop('note');
  expect($metadata.httpStatusCode).toBe(204);
  expect(await codeOf(get('note'))).toBe('404 NoSuchAnnotation');
  expect(await names()).toEqual([]);
  expect((await drop('note')).$metadata.httpStatusCode).toBe(204);
});

test('1 MiB is taken, sent in chunks too; more, nothing, and what is no text is refused', async () => {
  const large = Buffer.alloc(1024 * 1024, 'ü');
  await annotate('large', large);
  expect(Buffer.from((await text('large')) ?? '').equals(large)).toBe(true);
  const path = `/${Bucket}/${Key}`;
  const query = 'annotation&annotationName=chunked';
  const request = chunkedPut({ path, query, data: [large], signed: true });
  expect(outcome(await exchange(server.port, request.bytes))).toBe('200');
  expect(await codeOf(annotate('larger', Buffer.alloc(1024 * 1024 + 1, 'a')))).toBe(
    '400 EntityTooLarge',
  );
  expect(await codeOf(annotate('empty', ''))).toBe('400 InvalidRequest');
  expect(await codeOf(annotate('binary', Buffer.of(0xff, 0xfe)))).toBe('415 UnsupportedMediaType');
  expect(await names()).toEqual(['chunked', 'large']);
});

test.each(['ü/b c&d<e>', "a'b", '日本語', 'x'.repeat(512), '😀'])(
  'the name %j is kept as it is',
  async (name) => {
    await annotate(name, 'x');
    expect(await names()).toEqual([name]);
    expect(await text(name)).toBe('x');
  },
);

test('names that are empty, too long or hold control characters are refused', async () => {
  expect(await codeOf(annotate('x'.repeat(513)))).toBe('400 AnnotationNameTooLong');
  expect(await codeOf(annotate('ü'.repeat(257)))).toBe('400 AnnotationNameTooLong');
  expect(await codeOf(annotate('a\nb'))).toBe('400 InvalidAnnotationName');
  const path = `/${Bucket}/${Key}`;
  const query = 'annotation=&annotationName=';
  const { bytes } = signedV4({ method: 'PUT', path, query, body: 'x' });
  expect(outcome(await exchange(server.port, bytes))).toBe('400 InvalidAnnotationName');
});

test('they are listed in order, by prefix, in pages', async () => {
  const all = ['a/1', 'a/2', 'a/3', 'b', 'ü'];
  for (const name of [...all].reverse()) await annotate(name, 'x');
  expect(await names()).toEqual(all);
  expect(await names({ AnnotationPrefix: 'a/' })).toEqual(['a/1', 'a/2', 'a/3']);
  const paged: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await list({ MaxAnnotationResults: 2, ContinuationToken });
    expect(page).toMatchObject({ Bucket, Key, MaxAnnotationResults: 2 });
    expect(page.AnnotationCount).toBe(page.Annotations?.length);
    paged.push(...(page.Annotations ?? []).map(({ AnnotationName }) => AnnotationName));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(paged).toEqual(all);
  expect(await codeOf(list({ MaxAnnotationResults: 0 }))).toBe('400 InvalidArgument');
  expect(await codeOf(list({ ContinuationToken: 'made up' }))).toBe('400 InvalidArgument');
  expect(await codeOf(list({ AnnotationPrefix: 'x'.repeat(513) }))).toBe('400 InvalidPrefix');
});

test('an object has up to 1,000, also of many writers', async () => {
  const queue = Array.from({ length: 1005 }, (_, at) => `n${at}`).values();
  const refused: string[] = [];
  const worker = async () => {
    for (const name of queue) {
      const answer = await codeOf(annotate(name, 'x')).catch(() => 'done');
      if (answer !== 'done') refused.push(answer);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  expect(refused).toEqual(Array(5).fill('400 AnnotationLimitExceeded'));
  expect(await names()).toHaveLength(1000);
  const [first = ''] = (await names()) as string[];
  await annotate(first, 'replaced');
  await drop(first);
  await annotate('another');
});

test('a checksum is verified, kept and returned', async () => {
  const path = `/${Bucket}/${Key}`;
  const send = (name: string, value: string) => {
    const query = 'annotation=&annotationName=checked';
    const headers = { [`x-amz-checksum-${name}`]: value };
    const { bytes } = signedV4({ method: 'PUT', path, query, body: '123456789', headers });
    return exchange(server.port, bytes);
  };
  expect(outcome(await send('crc32', 'AAAAAA=='))).toBe('400 BadDigest');
  expect(await names()).toEqual([]);
  const answer = await send('xxhash3', 'ctyxi2ehff8=');
  expect(answer.headers['x-amz-checksum-xxhash3']).toBe('ctyxi2ehff8=');
  const { Annotations } = await list();
  expect(Annotations).toMatchObject([{ ChecksumAlgorithm: ['XXHASH3'] }]);
  expect(await codeOf(annotate('md5', 'x', { ContentMD5: md5Base64('y') }))).toBe('400 BadDigest');
});

test('a condition on the object’s ETag is heeded', async () => {
  const { ETag } = await main.send(new HeadObjectCommand({ Bucket, Key }));
  const ObjectIfMatch = '"another"';
  expect(await codeOf(annotate('a', 'x', { ObjectIfMatch }))).toBe('412 PreconditionFailed');
  await annotate('a', 'x', { ObjectIfMatch: ETag });
  expect(await codeOf(drop('a', { ObjectIfMatch }))).toBe('412 PreconditionFailed');
  await drop('a', { ObjectIfMatch: ETag });
});

test('they are those of one version, and gone with it', async () => {
  Bucket = await versionedBucket(server);
  const old = await putVersion(main, Bucket, Key, 'old');
  const { ObjectVersionId } = await annotate('note', 'of the old');
  expect(ObjectVersionId).toBe(old);
  const current = await putVersion(main, Bucket, Key, 'current');
  expect(await names()).toEqual([]);
  await annotate('note', 'of the current');
  expect((await annotate('more', 'x', { VersionId: old })).ObjectVersionId).toBe(old);
  expect(await names({ VersionId: old })).toEqual(['more', 'note']);
  expect(await text('note', { VersionId: old })).toBe('of the old');
  expect((await get('note')).ObjectVersionId).toBe(current);
  await drop('more', { VersionId: old });
  await main.send(new DeleteObjectCommand({ Bucket, Key, VersionId: current }));
  expect(await text('note')).toBe('of the old');
  await main.send(new DeleteObjectCommand({ Bucket, Key }));
  expect(await codeOf(get('note'))).toBe('404 NoSuchKey');
  expect(await text('note', { VersionId: old })).toBe('of the old');
});

test('an object that is put again has none', async () => {
  await annotate('note');
  await put(main, Bucket, Key, 'again');
  expect(await names()).toEqual([]);
  await main.send(new DeleteObjectCommand({ Bucket, Key }));
  expect(await codeOf(annotate('note'))).toBe('404 NoSuchKey');
});

test('a renamed object keeps them', async () => {
  await annotate('note');
  await main.send(new RenameObjectCommand({ Bucket, Key: 'new', RenameSource: Key }));
  expect(await names({ Key: 'new' })).toEqual(['note']);
  expect(await text('note', { Key: 'new' })).toBe('note');
});

function copy(more: Partial<CopyObjectCommandInput> = {}, client = main) {
  const input = { Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}`, ...more };
  return client.send(new CopyObjectCommand(input));
}

test('a copy has its own of its source’s, unless they are excluded', async () => {
  const large = bytesOf(100_000).toString('base64');
  await annotate('note', 'before');
  await annotate('large', large);
  await copy();
  await annotate('note', 'after');
  await drop('large');
  expect(await names({ Key: 'copy' })).toEqual(['large', 'note']);
  expect(await text('note', { Key: 'copy' })).toBe('before');
  expect(await text('large', { Key: 'copy' })).toBe(large);
  await annotate('own', 'x', { Key: 'copy' });
  expect(await names()).toEqual(['note']);
  await copy({ Key: 'bare', AnnotationDirective: 'EXCLUDE' });
  expect(await names({ Key: 'bare' })).toEqual([]);
  const AnnotationDirective = 'MERGE' as 'COPY';
  expect(await codeOf(copy({ AnnotationDirective }))).toBe('400 InvalidArgument');
});

test('an object that is copied onto itself keeps them', async () => {
  await annotate('note');
  await copy({ Key, MetadataDirective: 'REPLACE', Metadata: { a: 'b' } });
  expect(await text('note')).toBe('note');
});

const modes = {
  plain: {},
  'SSE-S3': { ServerSideEncryption: 'AES256' },
  'SSE-KMS': { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'first' },
} as const;
type Mode = keyof typeof modes;
const modeNames = Object.keys(modes) as Mode[];
const ways = modeNames.flatMap((from) => modeNames.map((to) => ({ from, to })));

test.each(ways)('those of $from are readable in a copy of $to', async ({ from, to }) => {
  const payload = bytesOf(100_000).toString('base64');
  await put(main, Bucket, Key, 'content', modes[from]);
  const { ServerSideEncryption } = await annotate('note', payload);
  expect(ServerSideEncryption).toBe(
    (modes[from] as { ServerSideEncryption?: string }).ServerSideEncryption,
  );
  await annotate('small', 'x');
  await copy(modes[to]);
  const got = await get('note', { Key: 'copy', ChecksumMode: 'ENABLED' });
  expect(await got.AnnotationPayload?.transformToString()).toBe(payload);
  expect(await text('small', { Key: 'copy' })).toBe('x');
  const md5 = `"${Buffer.from(md5Base64(payload), 'base64').toString('hex')}"`;
  expect(got.ETag === md5).toBe(to !== 'SSE-KMS');
});

test('another key for their object leaves them readable', async () => {
  await put(main, Bucket, Key, 'content', modes['SSE-S3']);
  await annotate('note');
  const ObjectEncryption = { SSEKMS: { KMSKeyArn: 'second' } };
  await main.send(new UpdateObjectEncryptionCommand({ Bucket, Key, ObjectEncryption }));
  expect(await text('note')).toBe('note');
  await annotate('more');
  expect(await text('more')).toBe('more');
});

test('an object of a customer’s key has none', async () => {
  const key = Buffer.alloc(32, 1);
  const customer = {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: md5Base64(key),
  };
  await annotate('note');
  expect(await codeOf(copy(customer))).toBe('400 InvalidRequest');
  await copy({ ...customer, AnnotationDirective: 'EXCLUDE' });
  expect(await codeOf(annotate('note', 'x', { Key: 'copy' }))).toBe('400 InvalidRequest');
});

test('an object that is locked keeps them', async () => {
  Bucket = await lockBucket(server);
  await put(main, Bucket, Key);
  await annotate('note');
  const hold = (Status: 'ON' | 'OFF') =>
    main.send(new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: { Status } }));
  await hold('ON');
  expect(await codeOf(drop('note'))).toBe('403 AccessDenied');
  await hold('OFF');
  await drop('note');
});

test('others may what the policy allows them, one by one', async () => {
  await annotate('note');
  const asks = {
    's3:PutObjectAnnotation': () => annotate('alt', 'x', {}, server.alt),
    's3:GetObjectAnnotation': () => get('note', {}, server.alt),
    's3:ListObjectAnnotations': () => list({}, server.alt),
    's3:DeleteObjectAnnotation': () => drop('alt', {}, server.alt),
  };
  for (const Action of Object.keys(asks) as (keyof typeof asks)[]) {
    await setPolicy(main, Bucket, { Action, on: '*' });
    for (const [action, ask] of Object.entries(asks)) {
      if (action === Action) await ask();
      else expect(await codeOf(ask())).toBe('403 AccessDenied');
    }
  }
});

test('a copy has them only for those who may read them', async () => {
  await annotate('note');
  const rights = ['s3:GetObject', 's3:PutObject', 's3:PutObjectAnnotation'];
  await setPolicy(main, Bucket, { Action: rights, on: '*' });
  expect(await codeOf(copy({}, server.alt))).toBe('403 AccessDenied');
  await copy({ AnnotationDirective: 'EXCLUDE' }, server.alt);
  await setPolicy(main, Bucket, { Action: [...rights, 's3:GetObjectAnnotation'], on: '*' });
  await copy({}, server.alt);
  const { Annotations } = await list({ Key: 'copy' }, server.alt);
  expect(Annotations).toMatchObject([{ AnnotationName: 'note' }]);
});
