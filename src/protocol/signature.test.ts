import { PassThrough, type Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, test } from 'vitest';
import { decodeAwsChunked } from './aws-chunked/decode.ts';
import { awsChunkedOptions } from './aws-chunked/headers.ts';
import { S3Error } from './errors.ts';
import type { WireRequest } from './request.ts';
import { anonymousPayload, parseSignature, verifySignature } from './signature.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret/+=' };

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

function wire(
  method: string,
  target: string,
  headers: Record<string, string | undefined>,
): WireRequest {
  const url = new URL(target, 'http://host');
  const [rawPath = '/', rawQuery = ''] = target.split(/\?(.*)/s);
  return { method, rawPath, rawQuery, query: [...url.searchParams], headers };
}

/** What the SDK puts on the wire, taken where it would be sent. */
async function sent(run: (client: S3Client) => Promise<unknown>): Promise<SentRequest> {
  const requests: SentRequest[] = [];
  const client = new S3Client({
    endpoint: 'https://s3.example.com',
    region: 'eu-central-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials,
    requestHandler: {
      handle: (request: SentRequest) => {
        requests.push(request);
        return Promise.reject(new Error('not sent'));
      },
    },
  });
  await run(client).catch(() => undefined);
  return requests[0]!;
}

function wireOf(request: SentRequest): WireRequest {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  const query = Object.entries(request.query)
    .flatMap(([name, value]) => [value ?? ''].flat().map((one) => `${encode(name)}=${encode(one)}`))
    .join('&');
  const lower = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return wire(request.method, `${request.path}${query && `?${query}`}`, Object.fromEntries(lower));
}

function verify(request: WireRequest, secret = credentials.secretAccessKey) {
  const claim = parseSignature(request);
  if (claim === undefined) throw new Error('no claim');
  return verifySignature(claim, request, secret, { now: Date.now(), region: 'eu-central-1' });
}

const keys = [
  'plain.txt',
  "a b+c&d=e:f~(g)*'!ü.txt",
  '中文/键 値',
  'dir//double',
  '100%',
  'a?b#c',
  '😀',
];

describe('the AWS SDK for JavaScript', () => {
  test.each(keys)('signs requests that are verified: %s', async (Key) => {
    const bucket = { Bucket: 'bucket', Key };
    const put = await sent((client) =>
      client.send(
        new PutObjectCommand({
          ...bucket,
          Body: 'hello',
          ACL: 'public-read',
          Metadata: { a: 'b' },
        }),
      ),
    );
    expect(verify(wireOf(put)).payload.kind).toBe('hash');
    expect(() => verify(wireOf(put), 'other')).toThrow(S3Error);
    const get = await sent((client) =>
      client.send(
        new GetObjectCommand({ ...bucket, ResponseContentDisposition: `inline; "${Key}"` }),
      ),
    );
    verify(wireOf(get));
    const list = await sent((client) =>
      client.send(new ListObjectsV2Command({ Bucket: 'bucket', Prefix: Key, Delimiter: '/' })),
    );
    verify(wireOf(list));
  });

  test.each(keys)('presigns URLs that are verified: %s', async (Key) => {
    const client = new S3Client({
      endpoint: 'http://s3.example.com',
      region: 'eu-central-1',
      forcePathStyle: true,
      credentials,
    });
    const url = new URL(
      await getSignedUrl(client, new GetObjectCommand({ Bucket: 'bucket', Key }), {
        expiresIn: 60,
      }),
    );
    verify(wire('GET', url.pathname + url.search, { host: url.host }));
    const put = new PutObjectCommand({ Bucket: 'bucket', Key, ACL: 'private' });
    const putUrl = new URL(await getSignedUrl(client, put, { expiresIn: 60 }));
    const request = wire('PUT', putUrl.pathname + putUrl.search, { host: putUrl.host });
    verify(request);
    expect(parseSignature(request)?.hoistedHeaders['x-amz-acl']).toBe('private');
  });

  test('streams a body that is decoded', async () => {
    const content = Buffer.alloc(100_000, 'x');
    const body = new PassThrough();
    body.end(content);
    const command = new PutObjectCommand({
      Bucket: 'bucket',
      Key: 'k',
      Body: body,
      ContentLength: content.length,
    });
    const put = await sent((client) => client.send(command));
    const request = wireOf(put);
    const { payload } = verify(request);
    if (payload.kind !== 'stream') throw new Error('no stream');
    const options = awsChunkedOptions(request.headers, payload, undefined);
    const decoded = decodeAwsChunked(put.body as Readable, options);
    const parts: Buffer[] = [];
    for await (const part of decoded) parts.push(part);
    expect(Buffer.concat(parts)).toEqual(content);
    expect([...decoded.trailers.keys()]).toEqual(['x-amz-checksum-crc32']);
  });
});

describe('a request', () => {
  test('without a signature is anonymous and says what its body is', () => {
    const anonymous = wire('PUT', '/b/k?x-amz-acl=private', { host: 'h' });
    expect(parseSignature(anonymous)).toBeUndefined();
    expect(anonymousPayload(anonymous)).toEqual({ kind: 'unsigned' });
    const declared = (value: string) =>
      anonymousPayload(wire('PUT', '/b/k', { 'x-amz-content-sha256': value }));
    expect(declared('STREAMING-UNSIGNED-PAYLOAD-TRAILER').kind).toBe('stream');
    expect(() => declared('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')).toThrow(
      expect.objectContaining({ code: 'InvalidRequest' }),
    );
  });

  test('with an empty Authorization header is anonymous', () => {
    expect(parseSignature(wire('GET', '/', { authorization: '' }))).toBeUndefined();
  });

  test.each(['Bearer token', 'Basic abc', 'AWSX a:b', '\u0007'])(
    'cannot be signed otherwise: %s',
    (authorization) => {
      expect(() => parseSignature(wire('GET', '/', { authorization }))).toThrow(
        expect.objectContaining({
          code: 'InvalidArgument',
          message: 'Unsupported Authorization Type',
          fields: { ArgumentName: 'Authorization', ArgumentValue: authorization },
        }),
      );
    },
  );

  test.each([
    ['AWS a:b', '/?X-Amz-Algorithm=AWS4-HMAC-SHA256', 'Authorization', 'AWS a:b'],
    ['AWS4-HMAC-SHA256 x', '/?Signature=abc', 'Authorization', 'AWS4-HMAC-SHA256 x'],
    [undefined, '/?Signature=abc&X-Amz-Algorithm=A', 'X-Amz-Algorithm', 'A'],
  ])(
    'cannot be signed in two ways: %s %s',
    (authorization, target, ArgumentName, ArgumentValue) => {
      expect(() => parseSignature(wire('GET', target, { authorization }))).toThrow(
        expect.objectContaining({
          code: 'InvalidArgument',
          message:
            'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
          fields: { ArgumentName, ArgumentValue },
        }),
      );
    },
  );
});
