/**
 * The guide's seven steps against another's server, which has no permissions to set: what it lacks is told in its
 * own words.
 */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient, PutObject, presignRequest } from '../../src/client/index.ts';
import { failureOf, listed, signatureVersions } from '../support/typescript-clients.ts';
import { s3rverKeys, startS3rver } from './support/s3rver.ts';

const server = await startS3rver();
afterAll(() => server.close());

describe.each(signatureVersions)('s3rver, with %s', (signatureVersion) => {
  const Bucket = `guide-${signatureVersion}`;
  const Key = 'users/claire größe & co.json';
  const person = { id: 12345, name: 'Claire', active: true };
  let client: Client;

  beforeAll(async () => {
    client = createClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: s3rverKeys,
      signatureVersion,
    });
    await client.createBucket({ Bucket });
  });
  afterAll(() => client.close());

  test('1. put', async () => {
    const { ETag } = await client.putObject({
      Bucket,
      Key,
      Body: JSON.stringify(person, null, 2),
      ContentType: 'application/json',
      Metadata: { author: 'Claire' },
    });
    expect(ETag).toMatch(/^"[0-9a-f]{32}"$/);
    const head = await client.headObject({ Bucket, Key });
    expect(head).toMatchObject({
      ETag,
      ContentType: 'application/json',
      Metadata: { author: 'Claire' },
    });
  });

  test('2. put with a canned ACL, of which it knows nothing', async () => {
    const hello = { Bucket, Key: 'public/hello.txt' };
    await client.putObject({ ...hello, Body: 'Hello', ACL: 'public-read' });
    expect(await (await client.getObject(hello)).Body.text()).toBe('Hello');
  });

  test('3. list, page by page and one by one', async () => {
    const keys = Array.from({ length: 25 }, (_, at) => `list/${String(at).padStart(2, '0')} ö+&`);
    for (const one of keys) await client.putObject({ Bucket, Key: one, Body: 'x' });
    for (const list of ['listObjectsV2', 'listObjects'] as const) {
      const pages = client.paginate[list]({ Bucket, Prefix: 'list/' }, { pageSize: 10 });
      const found = await listed(pages);
      expect(found.map(({ Contents }) => Contents?.length)).toEqual([10, 10, 5]);
      expect((await listed(pages.items())).map((item) => item.Key)).toEqual(keys);
    }
    const { CommonPrefixes } = await client.listObjectsV2({ Bucket, Delimiter: '/' });
    expect(CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['list/', 'public/', 'users/']);
    const { Buckets } = await client.listBuckets();
    expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket);
  });

  test('4. get, whole and in part', async () => {
    const { Body, ContentType } = await client.getObject({ Bucket, Key });
    expect(await Body.json()).toEqual(person);
    expect(ContentType).toBe('application/json');
    const part = await client.getObject({ Bucket, Key, Range: 'bytes=5-8' });
    expect(await part.Body.text()).toBe('id":');
    expect(await failureOf(client.getObject({ Bucket, Key: 'missing' }))).toMatchObject({
      code: 'NoSuchKey',
      status: 404,
    });
  });

  test('5. make public: it says that it cannot', async () => {
    const made = client.putObjectAcl({ Bucket, Key, ACL: 'public-read' });
    expect(await failureOf(made)).toMatchObject({ code: 'NotImplemented', status: 501 });
  });

  test('6. URLs, public and signed', async () => {
    expect(await (await fetch(client.publicUrl({ Bucket, Key }))).json()).toEqual(person);
    const reading = await client.presign.getObject({
      Bucket,
      Key,
      ResponseContentDisposition: 'attachment; filename="claire.json"',
    });
    const answer = await fetch(reading);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="claire.json"');
    expect(await answer.json()).toEqual(person);
    const uploaded = { Bucket, Key: 'uploaded' };
    const { url, method, headers } = await presignRequest(client, PutObject, {
      ...uploaded,
      ContentType: 'text/plain',
    });
    const body = new TextEncoder().encode('from a browser');
    expect((await fetch(url, { method, headers, body })).status).toBe(200);
    expect(await (await client.getObject(uploaded)).Body.text()).toBe('from a browser');
    // It reads signatures of Version 4 and verifies those of 2.
    if (signatureVersion === 's3') {
      const other = await fetch(url.replace('uploaded', 'another'), { method, headers, body });
      expect([other.status, await other.text()]).toEqual([
        403,
        expect.stringContaining('SignatureDoesNotMatch'),
      ]);
    }
  });

  test('7. delete, one and many', async () => {
    await client.deleteObject({ Bucket, Key });
    expect(await failureOf(client.headObject({ Bucket, Key }))).toMatchObject({ status: 404 });
    const rest = await listed(client.paginate.listObjectsV2({ Bucket }).items());
    const { Deleted } = await client.deleteObjects({
      Bucket,
      Delete: { Objects: rest.map((item) => ({ Key: item.Key! })) },
    });
    expect(Deleted).toHaveLength(rest.length);
    await client.deleteBucket({ Bucket });
    await client.waitUntil.bucketNotExists({ Bucket }, { delayMs: 5, maxWaitMs: 10_000 });
  });

  test('and more than the guide: streams, copies, parts, forms', async () => {
    const bucket = `${Bucket}-more`;
    await client.createBucket({ Bucket: bucket });
    const at = { Bucket: bucket, Key: 'stream' };
    const bytes = Buffer.alloc(300_000, 'some bytes ');
    // It knows no chunks, and would take them for the object.
    const plain = createClient({
      endpoint: server.endpoint,
      credentials: s3rverKeys,
      signatureVersion,
      requestChecksums: 'whenRequired',
      signPayload: false,
    });
    const stream = Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]);
    await plain.putObject({ ...at, Body: stream, ContentLength: bytes.length });
    expect(bytes.equals(await (await client.getObject(at)).Body.bytes())).toBe(true);
    plain.close();

    const CopySource = `${bucket}/stream`;
    const { CopyObjectResult } = await client.copyObject({ ...at, Key: 'copy', CopySource });
    expect(CopyObjectResult?.ETag).toMatch(/"/);

    const upload = { ...at, Key: 'parts' };
    const { UploadId } = await client.createMultipartUpload(upload);
    const part = { ...upload, UploadId: UploadId!, PartNumber: 1 };
    const { ETag } = await client.uploadPart({ ...part, Body: 'the only part' });
    await client.completeMultipartUpload({
      ...upload,
      UploadId: UploadId!,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    expect(await (await client.getObject(upload)).Body.text()).toBe('the only part');

    const { url, fields } = await client.createPresignedPost({ Bucket: bucket, Key: 'posted' });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob(['by a form']), 'file.txt');
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(204);
    const posted = await client.getObject({ ...at, Key: 'posted' });
    expect(await posted.Body.text()).toBe('by a form');
  });
});
