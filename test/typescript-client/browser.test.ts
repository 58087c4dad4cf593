/** The client in a page of another origin than the server's, in a real Chromium. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, type ClientConfig, createClient } from '../../src/client/index.ts';
import { main } from '../support/accounts.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';
import type { BodyKind } from './fixtures/page.ts';
import { type BrowserPage, openPage } from './support/browser-page.ts';

/**
 * What a bucket must say for pages of `origin` to use all of the client. Wildcards won't do in ExposeHeaders: what
 * isn't named a page doesn't see. Checksums are then not verified, errors have no request id, metadata is missing.
 */
const corsRule = (origin: string) => ({
  AllowedOrigins: [origin],
  AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
  AllowedHeaders: ['*'],
  ExposeHeaders: [
    ...['ETag', 'Date', 'Content-Encoding', 'Content-Range', 'Retry-After'],
    ...['x-amz-request-id', 'x-amz-id-2', 'x-amz-version-id', 'x-amz-bucket-region'],
    ...['x-amz-checksum-crc32', 'x-amz-checksum-crc32c', 'x-amz-checksum-crc64nvme'],
    ...['x-amz-checksum-sha1', 'x-amz-checksum-sha256', 'x-amz-checksum-sha512'],
    ...['x-amz-checksum-md5', 'x-amz-checksum-xxhash64', 'x-amz-checksum-xxhash3'],
    ...['x-amz-checksum-xxhash128', 'x-amz-checksum-type', 'x-amz-meta-author'],
  ],
});

const Bucket = 'for-pages';
let server: RunningServer;
let page: BrowserPage;
let node: Client;
let base: ClientConfig;

beforeAll(async () => {
  [server, page] = await Promise.all([startServer({ workers: 1 }), openPage()]);
  const { accessKeyId, secretAccessKey } = main;
  base = {
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
  };
  node = createClient(base);
  await node.createBucket({ Bucket });
  const CORSConfiguration = { CORSRules: [corsRule(page.origin)] };
  await node.putBucketCors({ Bucket, CORSConfiguration });
});

afterAll(async () => {
  node?.close();
  await page?.close();
  await server?.remove();
});

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers) close();
});

/** A server that allows pages everything, and answers as it likes. */
async function misbehaving(answer: RequestListener): Promise<string> {
  const other = createServer((request, response) => {
    for (const name of ['origin', 'headers', 'methods']) {
      response.setHeader(`access-control-allow-${name}`, '*');
    }
    response.setHeader('access-control-expose-headers', '*');
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-headers', '*, authorization').end();
    } else answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  closers.push(() => {
    other.close();
    other.closeAllConnections();
  });
  return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
}

test('the page is no secure context: there is no crypto.subtle', async () => {
  expect(await page.run('environment')).toEqual({
    origin: page.origin,
    isSecureContext: false,
    hasSubtle: false,
  });
});

describe.each(['s3v4', 's3'] as const)('with signature version %s', (signatureVersion) => {
  const config = (): ClientConfig => ({ ...base, signatureVersion });
  const text = `Grüße aus dem Browser, ${signatureVersion}: `.repeat(10_000);

  test.each(['string', 'bytes', 'blob', 'stream', 'generator'] as const)(
    'a %s is put and got',
    async (kind: BodyKind) => {
      const Key = `${signatureVersion}/${kind} mit Umläuten & mehr.txt`;
      const Metadata = { author: 'Jürgen' };
      const put = await page.run(
        'put',
        config(),
        { Bucket, Key, Metadata, ContentType: 'text/plain' },
        kind,
        text,
      );
      expect(put).toMatchObject({ httpStatusCode: 200, attempts: 1 });
      expect(await page.run('get', config(), { Bucket, Key })).toEqual({
        text,
        ETag: put.ETag,
        Metadata,
        ContentType: 'text/plain',
      });
      const head = await node.headObject({ Bucket, Key, ChecksumMode: 'ENABLED' });
      expect(head.ContentLength).toBe(Buffer.byteLength(text));
      expect(head).not.toHaveProperty('CacheControl');
      if (signatureVersion === 's3v4') expect(head.ChecksumCRC32).toEqual(expect.any(String));
    },
  );

  test('keys are listed as they are, and deleted', async () => {
    const Prefix = `${signatureVersion}/liste/`;
    const names = ['a b', 'ä/ö ü', '+&?#%', '日本', "it's (here)!"];
    const keys = names.map((name) => Prefix + name);
    for (const Key of keys) await page.run('put', config(), { Bucket, Key }, 'string', Key);
    const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await page.run('list', config(), { Bucket, Prefix, MaxKeys: 2 })).toEqual(sorted);
    const [first, ...others] = keys;
    await page.run('remove', config(), { Bucket, Key: first! });
    const Objects = others.map((Key) => ({ Key }));
    const deleted = await page.run('removeMany', config(), { Bucket, Delete: { Objects } });
    expect(deleted?.sort()).toEqual(others.sort());
    expect(await page.run('list', config(), { Bucket, Prefix })).toEqual([]);
  });

  test('what is refused is an S3Error with code, status and request id', async () => {
    const missing = { Bucket, Key: 'not there' };
    expect(await page.run('refusalOfGet', config(), missing)).toMatchObject({
      isS3Error: true,
      code: 'NoSuchKey',
      status: 404,
      requestId: expect.any(String),
    });
    const credentials = { accessKeyId: main.accessKeyId, secretAccessKey: 'another' };
    const wrong = { ...config(), credentials };
    expect(await page.run('refusalOfGet', wrong, missing)).toMatchObject({
      isS3Error: true,
      code: 'SignatureDoesNotMatch',
      status: 403,
    });
  });

  test('a presigned URL that the page made is open to whoever has it', async () => {
    const Key = `${signatureVersion}/presigned ü`;
    expect(await page.run('putPresigned', config(), { Bucket, Key }, 'for a while')).toBe(200);
    expect(await page.run('fetchPresigned', config(), { Bucket, Key })).toBe('for a while');
  });
});

test('what somebody else overwrote is not read from the cache of the browser', async () => {
  const Key = 'changing';
  const CacheControl = 'max-age=3600';
  for (const text of ['before', 'after']) {
    await node.putObject({ Bucket, Key, Body: text, CacheControl });
    expect(await page.run('get', base, { Bucket, Key })).toMatchObject({ text });
  }
});

test('a large stream arrives as a whole, and a large object is read as a stream', async () => {
  const Key = 'large';
  const text = 'sixteen bytes...'.repeat(600_000);
  await page.run('put', base, { Bucket, Key }, 'blob', text);
  expect(await page.run('countStreamed', base, { Bucket, Key })).toBe(text.length);
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', 'SHA512', 'XXHASH3'] as const)(
  'bytes are compared with their %s',
  async (ChecksumAlgorithm) => {
    const Key = `checksum-${ChecksumAlgorithm}`;
    await node.putObject({ Bucket, Key, Body: 'as it was', ChecksumAlgorithm });
    expect(await page.run('get', base, { Bucket, Key })).toMatchObject({ text: 'as it was' });
    const { ETag, ...head } = await node.headObject({ Bucket, Key, ChecksumMode: 'ENABLED' });
    const checksum = head[`Checksum${ChecksumAlgorithm}`]!;
    const endpoint = await misbehaving((_, response) => {
      response.setHeader('etag', ETag!);
      response.setHeader(`x-amz-checksum-${ChecksumAlgorithm.toLowerCase()}`, checksum);
      response.end('as it isn’t');
    });
    const refusal = await page.run('refusalOfGet', { ...base, endpoint }, { Bucket, Key });
    expect(refusal).toMatchObject({ code: 'ChecksumMismatch' });
  },
);

test('what the browser unpacks is not compared with the checksum of what was packed', async () => {
  const Key = 'packed';
  const Body = gzipSync('unpacked on the way');
  const packed = { Body, ContentEncoding: 'gzip', ContentType: 'text/plain' };
  await node.putObject({ Bucket, Key, ...packed });
  const unpacked = { text: 'unpacked on the way' };
  expect(await page.run('get', base, { Bucket, Key })).toMatchObject(unpacked);

  // Nor where the page can't see that it was packed, since the rule doesn't say so.
  const other = 'for-pages-without-encoding';
  const rule = corsRule(page.origin);
  const ExposeHeaders = rule.ExposeHeaders.filter((name) => name !== 'Content-Encoding');
  await node.createBucket({ Bucket: other });
  await node.putBucketCors({
    Bucket: other,
    CORSConfiguration: { CORSRules: [{ ...rule, ExposeHeaders }] },
  });
  await node.putObject({ Bucket: other, Key, ...packed });
  expect(await page.run('get', base, { Bucket: other, Key })).toMatchObject(unpacked);
});

test('a bucket without rules for the page says so as far as a browser lets it', async () => {
  const closed = 'not-for-pages';
  await node.createBucket({ Bucket: closed });
  const refusal = await page.run('refusalOfGet', base, { Bucket: closed, Key: 'any' });
  expect(refusal).toMatchObject({ isS3Error: true, code: 'NetworkError', status: 0 });
  expect(refusal.message).toContain(`its CORS rules don't allow this from ${page.origin}`);
});

test('a redirect, which a browser hides, and a key that it would change, are refused by name', async () => {
  const endpoint = await misbehaving((_, response) => {
    response.writeHead(307, { location: server.endpoint }).end();
  });
  const redirected = await page.run('refusalOfGet', { ...base, endpoint }, { Bucket, Key: 'any' });
  expect(redirected).toMatchObject({ code: 'UnsupportedHere' });
  expect(redirected.message).toContain('redirected');
  const dotted = await page.run('refusalOfGet', base, { Bucket, Key: 'a/../b' });
  expect(dotted).toMatchObject({ code: 'UnsupportedHere' });
});

test('a cut and an abort end the reading of a body', async () => {
  const endpoint = await misbehaving((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
    setImmediate(() => response.destroy());
  });
  const once = { ...base, endpoint, maxAttempts: 1 };
  expect(await page.run('refusalOfGet', once, { Bucket, Key: 'any' })).toMatchObject({
    isS3Error: true,
    code: 'NetworkError',
  });
  const slow = await misbehaving((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
  });
  const aborted = await page.run('abortedGet', { ...base, endpoint: slow }, { Bucket, Key: 'any' });
  expect(aborted).toBe('the reader left');
});
