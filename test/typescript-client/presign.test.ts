/** URLs and forms of the client, opened by who has no keys: plain `fetch`, in both versions, bucket in path and host. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  CompleteMultipartUpload,
  GetObject,
  type PresignedPost,
  PutObject,
  presignRequest,
} from '../../src/client/index.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import { localDomain, typescriptClient, ways } from '../support/typescript-clients.ts';

const server = await startTestServer(localDomain);
const Key = 'a key/with ö+&?#%.txt';

const bytesOf = (length: number) => new Uint8Array(length).map((_, at) => at % 251);

/** Nothing is added that a version may sign: text as a body would bring a Content-Type of its own. */
const send = (url: string, method: string, body?: Uint8Array | string, headers = {}) =>
  fetch(url, {
    method,
    headers,
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    redirect: 'error',
  });

const outcome = async (answer: Response) =>
  `${answer.status} ${/<Code>(\w+)/.exec(await answer.text())?.[1] ?? ''}`.trim();

describe.each(ways)('$signatureVersion, bucket in the $addressingStyle:', (way) => {
  const client = typescriptClient(server.port, way);
  const anonymous = typescriptClient(server.port, way, null);
  const Bucket = uniqueBucketName();
  const at = { Bucket, Key };

  beforeAll(async () => {
    await client.createBucket({ Bucket, ObjectOwnership: 'ObjectWriter' });
    await client.putObject({ ...at, Body: 'content', ContentType: 'text/plain' });
  });

  test('a URL reads an object that nobody else may read', async () => {
    const url = await client.presign.getObject(at, { expiresIn: 60 });
    expect(new URL(url).hostname.startsWith(`${Bucket}.`)).toBe(way.addressingStyle === 'virtual');
    const answer = await send(url, 'GET');
    expect([answer.status, await answer.text()]).toEqual([200, 'content']);
    expect(await outcome(await send(url.replace(/\?.*/, ''), 'GET'))).toBe('403 AccessDenied');
    expect(await outcome(await send(url, 'DELETE'))).toBe('403 SignatureDoesNotMatch');
    const head = await send(await client.presign.headObject(at), 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
  });

  test('what the answer is to say of itself is in the URL', async () => {
    const url = await client.presign.getObject({
      ...at,
      ResponseContentDisposition: 'attachment; filename="a b+c&d=%.txt"',
      ResponseContentType: 'application/x-thing',
      ResponseCacheControl: 'no-store',
      ResponseExpires: 'Thu, 01 Jan 1970 00:00:00 GMT',
    });
    const { headers } = await send(url, 'GET');
    expect(headers.get('content-disposition')).toBe('attachment; filename="a b+c&d=%.txt"');
    expect(headers.get('expires')).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
    expect(headers.get('content-type')).toBe('application/x-thing');
    expect(headers.get('cache-control')).toBe('no-store');
    const changed = url.replace('x-thing', 'x-other');
    expect(await outcome(await send(changed, 'GET'))).toBe('403 SignatureDoesNotMatch');
  });

  test('an upload has the ACL, metadata, tags and class that the URL says', async () => {
    const uploaded = { Bucket, Key: 'uploaded ö' };
    const url = await client.presign.putObject({
      ...uploaded,
      ACL: 'public-read',
      Metadata: { colour: 'größer', plain: 'a b+c&d' },
      Tagging: 'a=1&b=2%203',
      StorageClass: 'STANDARD_IA',
      WebsiteRedirectLocation: '/elsewhere/ö',
    });
    const body = bytesOf(100_000);
    expect((await send(url, 'PUT', body)).status).toBe(200);
    const got = await anonymous.getObject(uploaded);
    expect(Buffer.from(body).equals(await got.Body.bytes())).toBe(true);
    expect(got).toMatchObject({
      Metadata: { colour: 'größer', plain: 'a b+c&d' },
      StorageClass: 'STANDARD_IA',
      WebsiteRedirectLocation: '/elsewhere/ö',
    });
    expect((await client.getObjectTagging(uploaded)).TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2 3' },
    ]);
    const private_ = url.replace('public-read', 'private');
    expect(await outcome(await send(private_, 'PUT', body))).toBe('403 SignatureDoesNotMatch');
  });

  test('headers that no URL has are sent with it, as they are', async () => {
    const typed = { Bucket, Key: 'typed' };
    const request = await presignRequest(client, PutObject, {
      ...typed,
      ContentType: 'text/x-typed; charset=utf-8',
      ServerSideEncryption: 'AES256',
    });
    const { url, method, headers } = request;
    expect((await send(url, method, 'x', headers)).status).toBe(200);
    expect(await client.headObject(typed)).toMatchObject({
      ContentType: 'text/x-typed; charset=utf-8',
      ServerSideEncryption: 'AES256',
    });
    const other = { ...headers, 'content-type': 'text/html' };
    expect(await outcome(await send(url, method, 'x', other))).toBe('403 SignatureDoesNotMatch');
    expect((await send(url, method, 'x')).status).toBe(403);
  });

  test('Version 4 can say how long the body and what its range is, Version 2 says that it cannot', async () => {
    const sizing = presignRequest(client, PutObject, { ...at, Key: 'sized', ContentLength: 3 });
    const ranging = presignRequest(client, GetObject, { ...at, Range: 'bytes=0-2' });
    if (way.signatureVersion === 's3') {
      for (const asked of [sizing, ranging]) {
        await expect(asked).rejects.toMatchObject({ code: 'InvalidInput' });
      }
      return;
    }
    const [sized, part] = await Promise.all([sizing, ranging]);
    expect((await send(sized.url, 'PUT', 'abc')).status).toBe(200);
    expect(await outcome(await send(sized.url, 'PUT', 'abcd'))).toBe('403 SignatureDoesNotMatch');
    const answer = await send(part.url, 'GET', undefined, part.headers);
    expect([answer.status, await answer.text()]).toEqual([206, 'con']);
    expect(await outcome(await send(part.url, 'GET'))).toBe('403 SignatureDoesNotMatch');
  });

  test('each version of an object has a URL of its own', async () => {
    const versioned = uniqueBucketName();
    await client.createBucket({ Bucket: versioned });
    await client.putBucketVersioning({
      Bucket: versioned,
      VersioningConfiguration: { Status: 'Enabled' },
    });
    const one = { Bucket: versioned, Key: 'k' };
    const { VersionId } = await client.putObject({ ...one, Body: 'old' });
    await client.putObject({ ...one, Body: 'new' });
    const old = await send(await client.presign.getObject({ ...one, VersionId }), 'GET');
    expect(await old.text()).toBe('old');
    const current = await send(await client.presign.getObject(one), 'GET');
    expect(await current.text()).toBe('new');
    const deleting = await client.presign.deleteObject({ ...one, VersionId });
    expect((await send(deleting, 'DELETE')).headers.get('x-amz-version-id')).toBe(VersionId);
  });

  test('operations with documents take theirs from who opens the URL, or just the one', async () => {
    const upload = { Bucket, Key: 'parts' };
    const url = await client.presign.createMultipartUpload(upload);
    const UploadId = /<UploadId>(.+)<\/UploadId>/.exec(await (await send(url, 'POST')).text())![1]!;
    const part = { ...upload, UploadId, PartNumber: 1 };
    const sent = await send(await client.presign.uploadPart(part), 'PUT', 'the part');
    const ETag = sent.headers.get('etag')!;
    const bound = await presignRequest(client, CompleteMultipartUpload, {
      ...upload,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    const { body, headers } = bound;
    const another = body!.replace('<PartNumber>1<', '<PartNumber>2<');
    expect(await outcome(await send(bound.url, 'POST', another, headers))).toBe('400 BadDigest');
    expect((await send(bound.url, 'POST', body, headers)).status).toBe(200);
    expect(await (await client.getObject(upload)).Body.text()).toBe('the part');
  });

  test('lists, and settings that came after Version 2, have URLs, too', async () => {
    const list = await send(await client.presign.listObjectsV2({ Bucket, Prefix: 'a key' }), 'GET');
    expect(await list.text()).toContain('<Key>a key/with ö+&amp;?#%.txt</Key>');
    const all = await send(await client.presign.listBuckets(), 'GET');
    expect(await all.text()).toContain(`<Name>${Bucket}</Name>`);
    for (const setting of ['getBucketOwnershipControls', 'getBucketVersioning'] as const) {
      expect((await send(await client.presign[setting]({ Bucket }), 'GET')).status).toBe(200);
    }
    const encryption = await client.presign.getBucketEncryption({ Bucket });
    expect(await outcome(await send(encryption, 'GET'))).toBe(
      '404 ServerSideEncryptionConfigurationNotFoundError',
    );
    const added = `${await client.presign.getObject(at)}&acl`;
    expect(await outcome(await send(added, 'GET'))).toBe('403 SignatureDoesNotMatch');
  });

  test('a public object has a URL without a signature', async () => {
    const open = { Bucket, Key: 'public ö/./x' };
    await client.putObject({ ...open, Body: 'open', ACL: 'public-read' });
    const url = client.publicUrl(open);
    expect(url).not.toContain('?');
    expect(await anonymous.getObject(open).then(({ Body }) => Body.text())).toBe('open');
    const plain = { Bucket, Key: 'public' };
    await client.putObject({ ...plain, Body: 'open', ACL: 'public-read' });
    expect(await (await send(client.publicUrl(plain), 'GET')).text()).toBe('open');
  });

  describe('a form', () => {
    async function post(
      { url, fields }: PresignedPost,
      file: string | Uint8Array<ArrayBuffer>,
      more = {},
    ) {
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...fields, ...more })) form.append(name, value);
      form.append('file', new Blob([file]), 'photo ö.png');
      return fetch(url, { method: 'POST', body: form });
    }

    test('uploads under the name that the file has', async () => {
      const { filename } = { filename: '$'.concat('{filename}') };
      const made = await client.createPresignedPost({
        Bucket,
        Key: `users/${filename}`,
        Fields: { acl: 'public-read', 'Content-Type': 'image/png', 'x-amz-meta-a': 'größe' },
        expiresIn: 60,
      });
      const bytes = bytesOf(70_000);
      expect((await post(made, bytes)).status).toBe(204);
      const got = await anonymous.getObject({ Bucket, Key: 'users/photo ö.png' });
      expect(Buffer.from(bytes).equals(await got.Body.bytes())).toBe(true);
      expect(got).toMatchObject({ ContentType: 'image/png', Metadata: { a: 'größe' } });
      expect(await outcome(await post(made, 'x', { acl: 'private' }))).toBe('403 AccessDenied');
      expect(await outcome(await post(made, 'x', { key: 'other' }))).toBe('403 AccessDenied');
    });

    test('takes what its conditions allow, and nothing else', async () => {
      const made = await client.createPresignedPost({
        Bucket,
        Key: 'exact',
        Conditions: [
          ['starts-with', '$Content-Type', 'image/'],
          ['content-length-range', 2, 10],
          { success_action_status: '201' },
        ],
        Fields: { success_action_status: '201' },
      });
      const type = { 'Content-Type': 'image/png' };
      expect((await post(made, 'bytes', type)).status).toBe(201);
      expect(await outcome(await post(made, 'x', type))).toBe('400 EntityTooSmall');
      expect(await outcome(await post(made, 'x'.repeat(11), type))).toBe('400 EntityTooLarge');
      const text = { 'Content-Type': 'text/html' };
      expect(await outcome(await post(made, 'bytes', text))).toBe('403 AccessDenied');
      const tampered = { ...made, fields: { ...made.fields, policy: `${made.fields.policy}AAAA` } };
      expect((await post(tampered, 'bytes', type)).status).toBe(403);
    });
  });
});
