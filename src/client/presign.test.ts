/** Presigned URLs: what was meant is what the server reads from them, and what can't be in them is refused by name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CompleteMultipartUpload,
  CreateBucket,
  GetObject,
  ListObjectsV2,
  type OperationName,
  operations,
  PutObject,
  UploadPart,
} from '../model/operations.gen.ts';
import { shapeValue } from '../protocol/contract/shape-values.ts';
import { decodeInput } from '../protocol/decode.ts';
import { route } from '../protocol/route.ts';
import { parseSigV2 } from '../protocol/sigv2/claim.ts';
import { verifySigV2 } from '../protocol/sigv2/verify.ts';
import { parseSigV4 } from '../protocol/sigv4/claim.ts';
import { verifySigV4 } from '../protocol/sigv4/verify.ts';
import { received } from './codec/received.fixture.ts';
import type { ClientConfig } from './config.ts';
import { createClientWith } from './create-client.ts';
import { nodeRuntime } from './node/node-runtime.ts';
import { type PresignedRequest, type PresignInput, presign, presignRequest } from './presign.ts';
import type { Runtime } from './runtime.ts';
import type { Operation } from './types.ts';

const now = Date.UTC(2026, 6, 28, 12);
const runtime: Runtime = { ...nodeRuntime, now: () => now };
const secretAccessKey = 'secret';
const credentials = { accessKeyId: 'AKID', secretAccessKey, sessionToken: 'token/+=' };
const versions = ['s3v4', 's3'] as const;
const styles = ['path', 'virtual'] as const;

const clientOf = (config: ClientConfig) =>
  createClientWith(runtime, [], { endpoint: 'http://s3.test:9000', credentials, ...config });

function asReceived({ url, method, headers }: PresignedRequest) {
  const [, host = '', path = '', query = ''] = /^http:\/\/([^/]+)([^?]*)\?(.*)$/.exec(url)!;
  return received({ method, path, query, headers: { host, ...headers } });
}

function verified(signed: PresignedRequest): void {
  const { request, target } = asReceived(signed);
  const claim = parseSigV4(request) ?? parseSigV2(request)!;
  if (claim.version === 4) verifySigV4(claim, request, secretAccessKey, { now });
  else {
    const hostBucket = target.bucketInHost ? target.bucket : undefined;
    verifySigV2(claim, request, secretAccessKey, { now, hostBucket });
  }
}

const refusal = (message: RegExp) => ({
  code: 'InvalidInput',
  message: expect.stringMatching(message),
});

describe.each(styles.flatMap((style) => versions.map((version) => [version, style] as const)))(
  'a URL of %s, the bucket in the %s',
  (signatureVersion, addressingStyle) => {
    const client = clientOf({ signatureVersion, addressingStyle });

    it('says of any operation what its input says', async () => {
      const requests = fc
        .constantFrom(...(Object.keys(operations) as OperationName[]))
        .chain((name) =>
          fc.tuple(
            fc.constant(name),
            fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
            shapeValue(
              operations[name].input,
              (one) => one.in === 'label' || one.kind === 'stream',
            ),
          ),
        );
      await fc.assert(
        fc.asyncProperty(requests, async ([name, key, rest]) => {
          const operation: Operation = operations[name];
          const { members } = operation.input;
          const has = (label: string) => members.some((one) => one.name === label);
          const input: Record<string, unknown> = {
            ...rest,
            ...(has('Bucket') && { Bucket: 'bucket' }),
            ...(has('Key') && { Key: key }),
          };
          fc.pre(!members.some((one) => one.required && input[one.name] === ''));
          const signed = await presignRequest(client, operation, input).catch((error: unknown) => {
            // Only Version 2 has headers that it can't say.
            expect(error).toMatchObject(refusal(/Version 2 can't say/));
            expect(signatureVersion).toBe('s3');
          });
          if (signed === undefined) return;
          verified(signed);
          const { request, target } = asReceived(signed);
          expect(route(request, target)).toBe(name);
          const payload = signed.body === undefined ? undefined : Buffer.from(signed.body);
          const decoded = decodeInput(name, request, target, payload);
          const { ContentMD5: md5, ...others } = decoded as Record<string, unknown>;
          expect(others).toEqual({ ...input, ContentMD5: undefined });
          if (payload === undefined) expect(md5).toBe(input.ContentMD5);
          else expect(signed.headers['content-md5']).toBeDefined();
        }),
        { numRuns: 400 },
      );
    });

    it('holds headers of S3 and leaves the others to who opens it', async () => {
      const signed = await presignRequest(client, PutObject, {
        Bucket: 'bucket',
        Key: 'a key',
        ACL: 'public-read',
        Metadata: { colour: 'größer' },
        ContentType: 'text/plain',
        ServerSideEncryption: 'AES256',
        ChecksumSHA256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      });
      const { searchParams } = new URL(signed.url);
      expect(searchParams.get('x-amz-acl')).toBe('public-read');
      expect(searchParams.get('x-amz-meta-colour')).toBe('=?UTF-8?B?Z3LDtsOfZXI=?=');
      expect(signed).toMatchObject({ method: 'PUT', body: undefined });
      expect(signed.headers).toEqual({
        'content-type': 'text/plain',
        'x-amz-server-side-encryption': 'AES256',
        'x-amz-checksum-sha256': '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      });
      verified(signed);
    });

    it('asks for keys as they are: the client does not read the answer', async () => {
      const url = await presign(client, ListObjectsV2, { Bucket: 'bucket', Prefix: 'ö' });
      expect(url).not.toContain('encoding-type');
      const asked = await presign(client, ListObjectsV2, { Bucket: 'bucket', EncodingType: 'url' });
      expect(asked).toContain('encoding-type=url');
    });

    it('takes the document of an operation from who opens it, or binds it', async () => {
      const input = { Bucket: 'bucket', Key: 'k', UploadId: 'u' };
      const open = await presignRequest(client, CompleteMultipartUpload, input);
      expect(open).toMatchObject({ method: 'POST', headers: {}, body: undefined });
      const parts = { Parts: [{ PartNumber: 1, ETag: '"e"' }] };
      const bound = await presignRequest(client, CompleteMultipartUpload, {
        ...input,
        MultipartUpload: parts,
      });
      expect(bound.body).toContain('<PartNumber>1</PartNumber>');
      expect(bound.headers).toEqual({
        'content-md5': runtime.hashes.md5Base64(Buffer.from(bound.body!)),
      });
    });
  },
);

describe('presign', () => {
  const v4 = clientOf({});
  const v2 = clientOf({ signatureVersion: 's3' });
  const place = { Bucket: 'bucket', Key: 'k' };

  it('refuses bodies: the URL is opened with one', async () => {
    const withBody: PresignInput<'PutObject'> & { Body: string } = { ...place, Body: 'x' };
    await expect(presign(v4, PutObject, withBody)).rejects.toMatchObject(refusal(/Body can't/));
    const part = { ...place, UploadId: 'u', PartNumber: 1 };
    expect(await presign(v4, UploadPart, part)).toContain('partNumber=1');
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses an expiry of %d seconds',
    async (expiresIn) => {
      const refused = refusal(/^expiresIn must be/);
      await expect(presign(v4, GetObject, place, { expiresIn })).rejects.toMatchObject(refused);
      await expect(presign(v2, GetObject, place, { expiresIn })).rejects.toMatchObject(refused);
    },
  );

  it('knows that Version 4 allows a week, and Version 2 any time', async () => {
    const week = 604_800;
    expect(await presign(v4, GetObject, place, { expiresIn: week })).toContain('Expires=604800');
    const more = { expiresIn: week + 1 };
    await expect(presign(v4, GetObject, place, more)).rejects.toMatchObject(refusal(/604800/));
    expect(await presign(v2, GetObject, place, more)).toContain(`Expires=${now / 1000 + week + 1}`);
  });

  it('is for an hour if nothing is said', async () => {
    expect(await presign(v4, GetObject, place)).toContain('X-Amz-Expires=3600');
  });

  it('refuses what Version 2 would leave unsigned', async () => {
    const input = { ...place, CacheControl: 'no-store' };
    await expect(presign(v2, PutObject, input)).rejects.toMatchObject(refusal(/cache-control/));
    const length = { ...place, ContentLength: 5 };
    await expect(presign(v2, PutObject, length)).rejects.toMatchObject(refusal(/content-length/));
    const { headers, url } = await presignRequest(v4, PutObject, length);
    expect(headers).toEqual({ 'content-length': '5' });
    expect(url).toContain('X-Amz-SignedHeaders=content-length%3Bhost');
  });

  it('signs nothing without credentials', async () => {
    const anonymous = clientOf({ credentials: null });
    await expect(presign(anonymous, GetObject, place)).rejects.toMatchObject({
      code: 'MissingCredentials',
    });
  });

  it('adds nothing of the client to what was asked for', async () => {
    const elsewhere = clientOf({ region: 'eu-west-3' });
    const { body } = await presignRequest(elsewhere, CreateBucket, { Bucket: 'bucket' });
    expect(body).toBeUndefined();
    expect(await presign(elsewhere, GetObject, place)).not.toContain('checksum');
  });
});
