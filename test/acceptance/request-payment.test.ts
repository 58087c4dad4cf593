import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetBucketRequestPaymentCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketRequestPaymentCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { put } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = uniqueBucketName();
const at = { Bucket, Key: 'k' };

function setPayer(Payer: 'Requester' | 'BucketOwner', client = server.main) {
  const RequestPaymentConfiguration = { Payer };
  return client.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration }));
}

async function payer() {
  return (await server.main.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer;
}

beforeAll(async () => {
  await server.main.send(new CreateBucketCommand({ Bucket, ACL: 'public-read-write' }));
  await put(server.main, Bucket, 'k', 'bytes', { ACL: 'public-read' });
});

test("the bucket's owner pays until he says otherwise, and again when he says so", async () => {
  expect(await payer()).toBe('BucketOwner');
  await setPayer('Requester');
  expect(await payer()).toBe('Requester');
  await setPayer('BucketOwner');
  expect(await payer()).toBe('BucketOwner');
  expect(await codeOf(setPayer('Nobody' as 'Requester'))).toBe('400 MalformedXML');
  expect(await codeOf(setPayer('Requester', server.alt))).toBe('403 AccessDenied');
});

test('others have to say that they pay, and are told that they did', async () => {
  await setPayer('Requester');
  const agreed = { RequestPayer: 'requester' } as const;
  expect(await codeOf(server.alt.send(new GetObjectCommand(at)))).toBe('403 AccessDenied');
  expect(await codeOf(put(server.alt, Bucket, 'theirs'))).toBe('403 AccessDenied');
  expect(await codeOf(server.alt.send(new ListObjectsV2Command({ Bucket })))).toBe(
    '403 AccessDenied',
  );
  const got = await server.alt.send(new GetObjectCommand({ ...at, ...agreed }));
  expect(await got.Body?.transformToString()).toBe('bytes');
  expect(got.RequestCharged).toBe('requester');
  expect((await put(server.alt, Bucket, 'theirs', 'x', agreed)).RequestCharged).toBe('requester');
  const own = await server.main.send(new GetObjectCommand(at));
  await own.Body?.transformToByteArray();
  expect(own.RequestCharged).toBeUndefined();
});

test('nobody reads it anonymously, whatever he says', async () => {
  await setPayer('Requester');
  const url = `${server.endpoint}/${Bucket}/k`;
  expect((await fetch(url)).status).toBe(403);
  expect((await fetch(url, { headers: { 'x-amz-request-payer': 'requester' } })).status).toBe(403);
  await setPayer('BucketOwner');
  expect((await fetch(url)).status).toBe(200);
});

test('a copy from it has to be paid for too', async () => {
  await setPayer('Requester');
  const mine = await server.createBucket(server.alt);
  const copy = { Bucket: mine, Key: 'copy', CopySource: `${Bucket}/k` };
  expect(await codeOf(server.alt.send(new CopyObjectCommand(copy)))).toBe('403 AccessDenied');
  await server.alt.send(new CopyObjectCommand({ ...copy, RequestPayer: 'requester' }));
});
