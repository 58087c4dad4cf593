/** What requests over TLS are told and allowed, from the first byte to policies: on an embedded server. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, expect, test } from 'vitest';
import { createKist } from '../../src/index.ts';
import { main, testAccounts } from '../support/accounts.ts';
import { type PolicyStatement, setPolicy } from '../support/bucket-policy.ts';
import { createAuthority, fingerprintOf } from '../support/issue-certificate.ts';
import { bytesOf, put, read, readText } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { fingerprintAt, secureClient } from '../support/tls.ts';

const MiB = 2 ** 20;
const authority = createAuthority();
const ca = authority.certificate;
const directory = mkdtempSync(join(tmpdir(), 'kist-embedded-tls-'));
const [cert, key] = [join(directory, 'server.crt'), join(directory, 'server.key')];
const issued = authority.issue(['127.0.0.1', 's3.localhost', '*.s3.localhost']);
writeFileSync(cert, issued.certificate);
writeFileSync(key, issued.key, { mode: 0o600 });
const kist = await createKist({
  tls: { cert, key, reloadSeconds: 1 },
  accounts: testAccounts,
  domain: ['s3.localhost'],
  sseCOverHttp: false,
});
const client = secureClient(kist.endpoint, ca, main);
const Bucket = 'secure';
await client.send(new CreateBucketCommand({ Bucket }));
afterAll(async () => {
  client.destroy();
  await kist.close();
  rmSync(directory, { recursive: true });
});

test('the endpoint is https', () => {
  expect(kist.endpoint).toBe(`https://127.0.0.1:${kist.port}`);
});

test('bodies of every size arrive there and back', async () => {
  for (const size of [0, 1, 4096, 65_537, 20 * MiB + 3]) {
    const body = bytesOf(size, size);
    await put(client, Bucket, 'body', body);
    expect((await read(client, Bucket, 'body')).equals(body)).toBe(true);
  }
});

test('a stream of unsigned payload with a trailing checksum, as SDKs send it over TLS, is verified', async () => {
  const body = bytesOf(3 * MiB, 5);
  let sent: Record<string, string> = {};
  const watched = secureClient(kist.endpoint, ca, main);
  watched.middlewareStack.add(
    (next) => (args) => {
      sent = { ...(args.request as { headers: Record<string, string> }).headers };
      return next(args);
    },
    { step: 'deserialize' },
  );
  await watched.send(
    new PutObjectCommand({
      Bucket,
      Key: 'stream',
      Body: Readable.from([body.subarray(0, MiB), body.subarray(MiB)]),
      ContentLength: body.length,
      ChecksumAlgorithm: 'SHA256',
    }),
  );
  watched.destroy();
  expect(sent['x-amz-content-sha256']).toBe('STREAMING-UNSIGNED-PAYLOAD-TRAILER');
  const answer = await client.send(
    new GetObjectCommand({ Bucket, Key: 'stream', ChecksumMode: 'ENABLED' }),
  );
  expect(answer.ChecksumSHA256).toBe(createHash('sha256').update(body).digest('base64'));
  expect((await buffer(answer.Body as Readable)).equals(body)).toBe(true);
});

test.each([
  ['path style', true, () => `https://127.0.0.1:${kist.port}/${Bucket}/parts`],
  ['virtual-host style', false, () => `https://s3.localhost:${kist.port}/${Bucket}/parts`],
])('the location of a completed upload is https (%s)', async (_, forcePathStyle, location) => {
  const endpoint = forcePathStyle ? kist.endpoint : `https://s3.localhost:${kist.port}`;
  const own = secureClient(endpoint, ca, main, { forcePathStyle });
  const upload = { Bucket, Key: 'parts' };
  const { UploadId } = await own.send(new CreateMultipartUploadCommand(upload));
  const part = { ...upload, UploadId, PartNumber: 1 };
  const { ETag } = await own.send(new UploadPartCommand({ ...part, Body: 'content' }));
  const answer = await own.send(
    new CompleteMultipartUploadCommand({
      ...upload,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    }),
  );
  expect(answer.Location).toBe(location());
  own.destroy();
});

test('a presigned URL is https and opens', async () => {
  await put(client, Bucket, 'presigned', 'content');
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'presigned' }));
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:/);
  const body = await new Promise<string>((resolve, reject) => {
    httpsGet(url, { ca }, (response) => {
      buffer(response).then((bytes) => resolve(bytes.toString()), reject);
    }).on('error', reject);
  });
  expect(body).toBe('content');
});

test("customers' keys are taken, where plain HTTP may not bring them", async () => {
  const SSECustomerKey = bytesOf(32, 1);
  const sse = {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: SSECustomerKey.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(SSECustomerKey).digest('base64'),
  };
  await put(client, Bucket, 'sealed', 'content', sse);
  const answer = await client.send(new GetObjectCommand({ Bucket, Key: 'sealed', ...sse }));
  expect(await answer.Body?.transformToString()).toBe('content');
});

const denying = (Condition: unknown): PolicyStatement => ({
  Effect: 'Deny',
  Action: 's3:GetObject',
  on: '*',
  Condition,
});

test.each<[unknown, 'allowed' | 'denied', 'TLSv1.2' | 'TLSv1.3']>([
  [{ Bool: { 'aws:SecureTransport': 'false' } }, 'allowed', 'TLSv1.3'],
  [{ Bool: { 'aws:SecureTransport': 'true' } }, 'denied', 'TLSv1.3'],
  [{ NumericLessThan: { 's3:TlsVersion': '1.3' } }, 'denied', 'TLSv1.2'],
  [{ NumericLessThan: { 's3:TlsVersion': '1.3' } }, 'allowed', 'TLSv1.3'],
  [{ NumericLessThan: { 's3:TlsVersion': '1.2' } }, 'allowed', 'TLSv1.2'],
])(
  'a policy that denies where %j leaves a reader %s over %s',
  async (condition, outcome, version) => {
    await put(client, Bucket, 'policy', 'content');
    await setPolicy(client, Bucket, denying(condition));
    const reader = secureClient(kist.endpoint, ca, main, {
      requestHandler: { httpsAgent: { ca, minVersion: version, maxVersion: version } },
    });
    if (outcome === 'allowed') expect(await readText(reader, Bucket, 'policy')).toBe('content');
    else expect(await codeOf(readText(reader, Bucket, 'policy'))).toBe('403 AccessDenied');
    reader.destroy();
    await setPolicy(client, Bucket, denying({ Bool: { 'aws:SecureTransport': 'false' } }));
  },
);

test('an embedded server takes new files, too', async () => {
  const next = authority.issue(['127.0.0.1', 's3.localhost', '*.s3.localhost']);
  writeFileSync(cert, next.certificate);
  writeFileSync(key, next.key);
  await expect
    .poll(() => fingerprintAt(kist.port, ca), { timeout: 20_000 })
    .toBe(fingerprintOf(next.certificate));
});

test.each([
  [{}, /names no certificate/],
  [{ cert }, /--tls-key is not/],
  [{ cert: join(directory, 'none'), key }, /tlsCert: .*none cannot be read/],
])('an embedded server refuses %j', async (tls, words) => {
  await expect(createKist({ tls })).rejects.toThrow(words);
});

test('an embedded server orders no certificates, and says so', async () => {
  const asked = { acmeDomains: ['s3.kist.test'], acmeTermsAgreed: true, httpRedirectPort: 0 };
  const options = { dataDir: join(directory, 'acme'), ...asked };
  await expect(createKist(options)).rejects.toThrow(/acmeDomains: .* orders no certificates/);
});
