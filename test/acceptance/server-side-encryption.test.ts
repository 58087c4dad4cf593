import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { createKist } from '../../src/index.ts';
import { main as account, testAccounts } from '../support/accounts.ts';
import { complete, createUpload, smallestPartBytes, uploadPart } from '../support/multipart.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { codeOf, type Refusal, refusalOf, s3Client } from '../support/s3-client.ts';
import { presignedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer({ kmsKeyIds: ['invoices'] });
const { main } = server;
const Bucket = await server.createBucket();

const md5Of = (bytes: Buffer) => createHash('md5').update(bytes);

function customer(fill: number) {
  const key = Buffer.alloc(32, fill);
  const SSECustomerKeyMD5 = md5Of(key).digest('base64');
  return {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5,
  };
}
const key = customer(1);
const wrongKey = customer(2);
const asSource = {
  CopySourceSSECustomerAlgorithm: key.SSECustomerAlgorithm,
  CopySourceSSECustomerKey: key.SSECustomerKey,
  CopySourceSSECustomerKeyMD5: key.SSECustomerKeyMD5,
};

const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'invoices' } as const;
const modes = [
  {
    mode: 'SSE-C',
    asks: key,
    reads: key,
    says: { SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: key.SSECustomerKeyMD5 },
  },
  {
    mode: 'SSE-S3',
    asks: { ServerSideEncryption: 'AES256' },
    reads: {},
    says: { ServerSideEncryption: 'AES256' },
  },
  { mode: 'SSE-KMS', asks: kms, reads: {}, says: kms },
] as const;
const ways = modes.flatMap((from) => modes.map((to) => ({ from, to })));

const body = bytesOf(200_000);

test.each(modes)('$mode: an object comes back whole, in ranges, and as a head', async (one) => {
  const { mode, asks, reads, says } = one;
  const Key = `whole-${mode}`;
  const answer = await put(main, Bucket, Key, body, asks);
  expect(answer).toMatchObject(says);
  expect(answer.ETag === `"${md5Of(body).digest('hex')}"`).toBe(mode === 'SSE-S3');
  const got = await main.send(new GetObjectCommand({ Bucket, Key, ...reads }));
  expect(got).toMatchObject({ ...says, ContentLength: body.length, ETag: answer.ETag });
  expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true);
  const head = await main.send(new HeadObjectCommand({ Bucket, Key, ...reads }));
  expect(head).toMatchObject({ ...says, ContentLength: body.length, ETag: answer.ETag });
  for (const [Range, start, end] of [
    ['bytes=0-0', 0, 1],
    ['bytes=65535-65536', 65_535, 65_537],
    ['bytes=65536-131071', 65_536, 131_072],
    ['bytes=-5', 199_995, 200_000],
    ['bytes=100000-', 100_000, 200_000],
  ] as const) {
    const range = await read(main, Bucket, Key, { ...reads, Range });
    expect(range.equals(body.subarray(start, end))).toBe(true);
  }
});

test.each(modes)(
  '$mode: an upload in parts comes back whole, in ranges and in parts',
  async (one) => {
    const { mode, asks, reads, says } = one;
    const Key = `parts-${mode}`;
    const created = await main.send(new CreateMultipartUploadCommand({ Bucket, Key, ...asks }));
    expect(created).toMatchObject(says);
    const upload = { Bucket, Key, UploadId: created.UploadId! };
    const bodies = [bytesOf(smallestPartBytes + 7, 3), bytesOf(smallestPartBytes, 4), body];
    const parts = [];
    for (const [index, part] of bodies.entries()) {
      parts.push(await uploadPart(main, upload, index + 1, part, reads));
    }
    await uploadPart(main, upload, 2, 'replaced', reads);
    parts[1] = await uploadPart(main, upload, 2, bodies[1]!, reads);
    await complete(main, upload, parts, reads);
    const whole = Buffer.concat(bodies);
    expect((await read(main, Bucket, Key, reads)).equals(whole)).toBe(true);
    const second = await read(main, Bucket, Key, { ...reads, PartNumber: 2 });
    expect(second.equals(bodies[1]!)).toBe(true);
    const start = smallestPartBytes - 100;
    const Range = `bytes=${start}-${start + 2_000_000}`;
    const range = await read(main, Bucket, Key, { ...reads, Range });
    expect(range.equals(whole.subarray(start, start + 2_000_001))).toBe(true);
  },
);

test.each(ways)('a copy goes from $from.mode to $to.mode', async ({ from, to }) => {
  const Key = `${from.mode}-to-${to.mode}`;
  await put(main, Bucket, 'source', body, from.asks);
  const CopySource = `${Bucket}/source`;
  const opens = from.mode === 'SSE-C' ? asSource : {};
  const copied = await main.send(
    new CopyObjectCommand({ Bucket, Key, CopySource, ...to.asks, ...opens }),
  );
  expect(copied).toMatchObject(to.says);
  expect((await read(main, Bucket, Key, to.reads)).equals(body)).toBe(true);
});

test('a copy that asks for nothing is not encrypted, and one that is encrypted can come of plain bytes', async () => {
  await put(main, Bucket, 'source', body, key);
  const CopySource = `${Bucket}/source`;
  const plain = new CopyObjectCommand({ Bucket, Key: 'plain', CopySource, ...asSource });
  expect((await main.send(plain)).ServerSideEncryption).toBeUndefined();
  expect((await read(main, Bucket, 'plain')).equals(body)).toBe(true);
  const upload = await createUpload(main, Bucket, 'of-plain', kms);
  const { CopyPartResult, ...answer } = await main.send(
    new UploadPartCopyCommand({
      ...upload,
      PartNumber: 1,
      CopySource: `${Bucket}/plain`,
      CopySourceRange: 'bytes=10-150009',
    }),
  );
  expect(answer).toMatchObject(kms);
  await complete(main, upload, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
  expect((await read(main, Bucket, 'of-plain')).equals(body.subarray(10, 150_010))).toBe(true);
});

test('an object of a customer key is shown to nobody without it', async () => {
  const Key = 'secret';
  await put(main, Bucket, Key, body, key);
  const ObjectAttributes = ['ETag' as const, 'ObjectSize' as const];
  const requests = (more: object) => [
    () => main.send(new GetObjectCommand({ Bucket, Key, ...more })),
    () => main.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes, ...more })),
  ];
  for (const request of requests({})) expect(await codeOf(request())).toBe('400 InvalidRequest');
  for (const request of requests(wrongKey)) {
    expect(await codeOf(request())).toBe('403 AccessDenied');
  }
  const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` });
  expect(await codeOf(main.send(copy))).toBe('400 InvalidRequest');
  const head = (more: object) => main.send(new HeadObjectCommand({ Bucket, Key, ...more }));
  expect((await refusalOf(head({}))).status).toBe(400);
  expect((await refusalOf(head(wrongKey))).status).toBe(403);
  const told = await main.send(
    new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes, ...key }),
  );
  expect(told.ObjectSize).toBe(body.length);
});

test('a customer key is refused where the object has none', async () => {
  await put(main, Bucket, 'plain');
  const get = new GetObjectCommand({ Bucket, Key: 'plain', ...key });
  expect(await codeOf(main.send(get))).toBe('400 InvalidRequest');
});

/** The texts of an error document. */
function documentOf({ message, fields }: Refusal): string {
  const texts = Object.values(fields).filter((field) => typeof field === 'string');
  return [message, ...texts].join('\n');
}

test('an error never repeats the key, not even among the headers that were signed', async () => {
  const wrong = { ...key, SSECustomerAlgorithm: 'AES192' };
  const refusal = await refusalOf(put(main, Bucket, 'a', 'a', wrong));
  expect(refusal.code).toBe('InvalidEncryptionAlgorithmError');
  expect(documentOf(refusal)).not.toContain(key.SSECustomerKey);
  const stranger = s3Client(server.endpoint, { ...account, secretAccessKey: 'not-the-secret' });
  const mismatch = await refusalOf(put(stranger, Bucket, 'a', 'a', key));
  expect(mismatch.code).toBe('SignatureDoesNotMatch');
  const document = documentOf(mismatch);
  expect(document).toContain('customer-key:(redacted)');
  expect(document).toContain(key.SSECustomerKeyMD5);
  expect(document).not.toContain(key.SSECustomerKey);
  stranger.destroy();
});

test('reading takes no header that says how to encrypt', async () => {
  await put(main, Bucket, 'plain');
  const headers = { 'x-amz-server-side-encryption': 'AES256' };
  const { host } = new URL(server.endpoint);
  for (const method of ['GET', 'HEAD']) {
    const url = presignedV4({
      method,
      path: `/${Bucket}/plain`,
      host,
      headers,
      expiresSeconds: 60,
    });
    expect((await fetch(server.endpoint + url, { method, headers })).status).toBe(400);
  }
});

test('a key that the server has not is not found, and the default key is made on demand', async () => {
  const unknown = { ...kms, SSEKMSKeyId: 'nobody' };
  expect(await codeOf(put(main, Bucket, 'a', 'a', unknown))).toBe('400 KMS.NotFoundException');
  const answer = await put(main, Bucket, 'a', 'a', { ServerSideEncryption: 'aws:kms' });
  expect(answer.SSEKMSKeyId).toBe('alias/aws/s3');
  const context = Buffer.from('{"purpose":"test"}').toString('base64');
  const bound = await put(main, Bucket, 'b', 'b', { ...kms, SSEKMSEncryptionContext: context });
  expect(bound.SSEKMSEncryptionContext).toBe(context);
  expect(String(await read(main, Bucket, 'b'))).toBe('b');
});

test('a customer key may not come over plain HTTP where that is not allowed', async () => {
  const strict = await startTestServer({ sseCOverHttp: false });
  const bucket = await strict.createBucket();
  const refusal = await refusalOf(put(strict.main, bucket, 'a', 'a', key));
  expect(refusal.code).toBe('InvalidRequest');
  expect(refusal.message).toContain('secure connection');
});

const dataDir = mkdtempSync(join(tmpdir(), 'kist-encryption-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('what is encrypted is not on disk, survives a restart, and wants the same master key', async () => {
  const text = 'nobody may read this on the disk. '.repeat(10_000);
  const options = { dataDir, accounts: testAccounts, kmsKeyIds: ['invoices'] };
  const keys = modes.map(({ mode }) => mode);
  {
    await using kist = await createKist(options);
    const client = s3Client(kist.endpoint, account);
    const { CreateBucketCommand } = await import('@aws-sdk/client-s3');
    await client.send(new CreateBucketCommand({ Bucket: 'vault' }));
    for (const { mode, asks } of modes) {
      await put(client, 'vault', mode, text, asks);
      await put(client, 'vault', `${mode}-small`, text.slice(0, 100), asks);
    }
    client.destroy();
  }
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const content = readFileSync(join(file.parentPath, file.name));
    expect(content.includes('nobody may read')).toBe(false);
    expect(content.includes(key.SSECustomerKey)).toBe(false);
  }
  {
    await using kist = await createKist(options);
    const client = s3Client(kist.endpoint, account);
    for (const [index, mode] of keys.entries()) {
      const { reads } = modes[index]!;
      expect(String(await read(client, 'vault', mode, reads))).toBe(text);
      expect(String(await read(client, 'vault', `${mode}-small`, reads))).toBe(text.slice(0, 100));
    }
    client.destroy();
  }
  const masterKey = Buffer.alloc(32, 9).toString('base64');
  await expect(createKist({ ...options, masterKey })).rejects.toThrow('master key is not the one');
});
