import { createHash } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { warmDigests } from '../digest/digest.ts';
import type { Caller } from '../identity/identity.ts';
import type { OperationContext } from '../operations/operation.ts';
import { signV2 } from '../protocol/sigv2/verify.ts';
import { aliceKey, type Edge, type EdgeSetup, startEdge } from './edge.fixture.ts';
import { code } from './raw-client.fixture.ts';

let edge: Edge;

beforeAll(() => warmDigests());

beforeEach(async () => {
  edge = await startEdge();
});

afterEach(() => edge.stop());

async function restart(setup: EdgeSetup): Promise<void> {
  await edge.stop();
  edge = await startEdge(setup);
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

const host = 'Host: s3.example.com';

describe('an answer', () => {
  it('carries request id, host id, server and date', async () => {
    const { status, headers, body } = await edge.ask(`GET /public/open HTTP/1.1\n${host}`);
    expect(status).toBe(200);
    expect(body).toBe('hello');
    expect(headers).toMatchObject({
      'x-amz-request-id': expect.stringMatching(/^[0-9A-Z]{16}$/),
      'x-amz-id-2': 'host',
      server: 'Kist',
      date: expect.stringContaining('GMT'),
      'content-length': '5',
      etag: '"e"',
      connection: 'keep-alive',
    });
  });

  it('that is streamed has its first byte when there is one', async () => {
    let time = 0;
    await restart({ deps: { monotonicNow: () => time } });
    const path = '/public/open?response-content-type=slow-body';
    const answered = edge.ask(`GET ${path} HTTP/1.1\n${host}`);
    await expect.poll(() => edge.seen.length).toBe(1);
    time = 50;
    edge.release();
    expect((await answered).body).toBe('hello');
    await expect.poll(() => edge.entries.length).toBe(1);
    expect(edge.entries[0]).toMatchObject({ firstByteMs: 50, bytesOut: 5 });
  });

  it('comes to everyone, in however many turns', async () => {
    let time = 0;
    // Every look at the clock finds the turn over, so that all requests but the first have to wait.
    await restart({ deps: { monotonicNow: () => time++ } });
    const ask = () => edge.ask(`GET /public/open HTTP/1.1\n${host}`);
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers.map(({ body }) => body)).toEqual(Array(20).fill('hello'));
    await expect.poll(() => edge.entries.length).toBe(20);
  });

  it('is the same from a store that answers later', async () => {
    await restart({ later: true });
    expect((await edge.ask(`GET /public/open HTTP/1.1\n${host}`)).body).toBe('hello');
    expect(code(await edge.ask(`GET /public/none HTTP/1.1\n${host}`))).toBe('NoSuchKey');
    expect(code(await edge.ask(`GET /none/none HTTP/1.1\n${host}`))).toBe('NoSuchBucket');
  });

  it('to HEAD has headers only, and the connection goes on', async () => {
    const connection = edge.open();
    connection.write(`HEAD /public/open HTTP/1.1\r\n${host}\r\n\r\n`);
    expect(await connection.answer('HEAD')).toMatchObject({
      status: 200,
      headers: { 'content-length': '5' },
      body: '',
    });
    connection.write(`HEAD /public/none HTTP/1.1\r\n${host}\r\n\r\n`);
    expect(await connection.answer('HEAD')).toMatchObject({ status: 404, body: '' });
    connection.write(`GET /public/open HTTP/1.1\r\n${host}\r\n\r\n`);
    expect((await connection.answer()).body).toBe('hello');
  });

  it('of 204 has no body and no length', async () => {
    const connection = edge.open();
    connection.write(`DELETE /public/open HTTP/1.1\r\n${host}\r\n\r\n`);
    const { status, headers } = await connection.answer();
    expect(status).toBe(204);
    expect(headers['content-length']).toBeUndefined();
    expect(headers['transfer-encoding']).toBeUndefined();
  });

  it('without a body says so', async () => {
    const answer = await edge.ask(`PUT /public/k HTTP/1.1\n${host}\nContent-Length: 0`);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
  });

  it('streams', async () => {
    const path = '/public/open?response-content-type=whole';
    expect((await edge.ask(`GET ${path} HTTP/1.1\n${host}`)).body).toBe('helloworld');
  });

  it.each(['short', 'breaks'])('whose stream is %s never looks whole', async (kind) => {
    const connection = edge.open();
    connection.write(`GET /public/open?response-content-type=${kind} HTTP/1.1\r\n${host}\r\n\r\n`);
    await connection.closed;
    expect(connection.text()).not.toContain('world');
    expect(edge.logged).toHaveLength(1);
    expect(edge.entries[0]).toMatchObject({ aborted: true, code: 'InternalError' });
  });

  it('waits for a slow reader, and stops when it goes away', async () => {
    const connection = edge.open();
    connection.socket.pause();
    connection.write(`GET /public/open?response-content-type=large HTTP/1.1\r\n${host}\r\n\r\n`);
    await expect.poll(() => edge.seen.length).toBe(1);
    connection.socket.destroy();
    await expect.poll(() => edge.largeEnded).toBe(true);
    await expect.poll(() => edge.entries.length).toBe(1);
    expect(edge.entries[0]!.aborted).toBe(true);
    expect(edge.entries[0]!.bytesOut).toBeLessThan(32 * 1024 * 1024);
    expect(edge.logged).toEqual([]);
  });

  it('tells the operation that the client went away', async () => {
    const connection = edge.open();
    connection.write(`GET /public/open?response-content-type=slow HTTP/1.1\r\n${host}\r\n\r\n`);
    await expect.poll(() => edge.seen.length).toBe(1);
    const { signal } = edge.seen[0]!.context;
    expect(signal!.aborted).toBe(false);
    connection.socket.destroy();
    await expect.poll(() => signal!.aborted).toBe(true);
  });

  it('comes in order to requests that were sent at once', async () => {
    const connection = edge.open();
    connection.write(
      `GET /public/open HTTP/1.1\r\n${host}\r\n\r\nGET /public/none HTTP/1.1\r\n${host}\r\n\r\n`,
    );
    expect((await connection.answer()).status).toBe(200);
    expect((await connection.answer()).status).toBe(404);
  });

  it('closes the connection of an HTTP/1.0 client', async () => {
    const connection = edge.open();
    connection.write('GET /public/open HTTP/1.0\r\n\r\n');
    expect((await connection.answer()).body).toBe('hello');
    await connection.closed;
  });
});

describe('an error', () => {
  it('names code, resource as sent, request id and host id', async () => {
    const { status, headers, body } = await edge.ask(`GET /public/no%20ne?x=1 HTTP/1.1\n${host}`);
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('application/xml');
    expect(body).toContain('<Code>NoSuchKey</Code>');
    expect(body).toContain('<Key>no ne</Key>');
    expect(body).toContain('<Resource>/public/no%20ne</Resource>');
    expect(body).toContain(`<RequestId>${headers['x-amz-request-id']}</RequestId>`);
    expect(body).toContain('<HostId>host</HostId>');
  });

  it.each([
    ['an absent bucket', 'GET /absent/k', 404, 'NoSuchBucket'],
    ['a bad bucket name', 'GET /a/k', 400, 'InvalidBucketName'],
    ['an absent object, for those who may list', 'GET /public/absent', 404, 'NoSuchKey'],
    ['an absent object, for those who may not', 'GET /private/absent', 403, 'AccessDenied'],
    ['a private object', 'GET /public/closed', 403, 'AccessDenied'],
    ['a private bucket', 'HEAD /private', 403, undefined],
    ['what only owners may do', 'GET /public?location', 403, 'AccessDenied'],
    ['listing buckets without an account', 'GET /', 403, 'AccessDenied'],
    ['an operation that is not built', 'GET /public?versioning', 501, 'NotImplemented'],
    ['a method that is none here', 'POST /public/open', 405, 'MethodNotAllowed'],
    ['a path that is not UTF-8', 'GET /public/%ff', 400, 'InvalidURI'],
    ['a key that is too long', `GET /public/${'k'.repeat(1025)}`, 400, 'KeyTooLongError'],
    ['another version', `GET /public/open?versionId=${'v'.repeat(32)}`, 404, 'NoSuchVersion'],
    ['deleting what is no version', 'DELETE /public/k?versionId=x', 400, 'InvalidArgument'],
    ['a version id that is none', 'GET /public/open?versionId=x', 400, 'InvalidArgument'],
    ['a bug', 'GET /public/open?response-content-type=bug', 500, 'InternalError'],
    ['what is no form', 'POST /public', 412, 'RequestIsNotMultiPartContent'],
  ])('is the answer to %s', async (_, line, status, expected) => {
    const answer = await edge.ask(`${line} HTTP/1.1\n${host}`);
    expect([answer.status, code(answer)]).toEqual([status, expected]);
  });

  it('takes versionId=null for the current version', async () => {
    expect((await edge.ask(`GET /public/open?versionId=null HTTP/1.1\n${host}`)).body).toBe(
      'hello',
    );
  });

  it('names the operation that is not built', async () => {
    const { body } = await edge.ask(`GET /public?versioning HTTP/1.1\n${host}`);
    expect(body).toContain('GetBucketVersioning');
  });

  it('refuses a parameter without effect by its name on the wire', async () => {
    const { status, body } = await edge.ask(
      `PUT /public/k HTTP/1.1\n${host}\nContent-Length: 0\nx-amz-object-lock-mode: COMPLIANCE`,
    );
    expect(status).toBe(501);
    expect(body).toContain('<Header>x-amz-object-lock-mode</Header>');
    expect(edge.seen).toEqual([]);
  });

  it('refuses a bucket whose owner is not the expected one', async () => {
    const line = `GET /public/open HTTP/1.1\n${host}\nx-amz-expected-bucket-owner:`;
    expect(code(await edge.ask(`${line} bob`))).toBe('AccessDenied');
    expect((await edge.ask(`${line} alice`)).status).toBe(200);
  });

  it('refuses one in a presigned URL too, where headers are parameters', async () => {
    const answerTo = (owner: string) => {
      const expires = Math.floor(Date.now() / 1000) + 60;
      const text = `GET\n\n\n${expires}\nx-amz-expected-bucket-owner:${owner}\n/public/open`;
      const signature = encodeURIComponent(signV2(aliceKey.secretAccessKey, text));
      const query = `AWSAccessKeyId=${aliceKey.accessKeyId}&Expires=${expires}&Signature=${signature}`;
      const path = `/public/open?${query}&x-amz-expected-bucket-owner=${owner}`;
      return edge.ask(`GET ${path} HTTP/1.1\n${host}`);
    };
    expect(code(await answerTo('bob'))).toBe('AccessDenied');
    expect((await answerTo('alice')).status).toBe(200);
  });

  it('refuses an access key that nobody has, before everything else', async () => {
    const answer = await edge.ask(
      `GET /public?versioning HTTP/1.1\n${host}\nDate: ${new Date().toUTCString()}\nAuthorization: AWS NOBODY:AAAA`,
    );
    expect(code(answer)).toBe('InvalidAccessKeyId');
    expect(answer.body).toContain('<AWSAccessKeyId>NOBODY</AWSAccessKeyId>');
  });

  it('refuses session tokens', async () => {
    const answer = await edge.ask(
      `GET /public HTTP/1.1\n${host}\nDate: ${new Date().toUTCString()}\nx-amz-security-token: t\nAuthorization: AWS NOBODY:AAAA`,
    );
    expect(code(answer)).toBe('InvalidToken');
  });

  it('keeps why it was denied for the log', async () => {
    await edge.ask(`GET /public/closed HTTP/1.1\n${host}`);
    await expect.poll(() => edge.entries.length).toBe(1);
    expect(edge.entries[0]).toMatchObject({
      operation: 'GetObject',
      bucket: 'public',
      key: 'closed',
      status: 403,
      code: 'AccessDenied',
      reason: 'nothing gives the anonymous caller READ on the object for s3:GetObject',
    });
  });

  it('keeps a bug for the log and away from the client', async () => {
    const { body } = await edge.ask(`GET /public/open?response-content-type=bug HTTP/1.1\n${host}`);
    expect(body).not.toContain('a bug');
    await expect.poll(() => edge.entries.length).toBe(1);
    expect(edge.entries[0]!.error).toMatchObject({ message: 'a bug' });
  });

  it('answers a preflight request for a bucket without CORS', async () => {
    const answer = await edge.ask(
      `OPTIONS /public/open HTTP/1.1\n${host}\nOrigin: http://x\nAccess-Control-Request-Method: PUT`,
    );
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('CORSResponse: CORS is not enabled for this bucket.');
    expect(answer.body).toContain('<ResourceType>OBJECT</ResourceType>');
  });

  it('is SlowDown when too many requests are at work', async () => {
    await restart({ deps: { maxInFlight: 1 } });
    const first = edge.open();
    first.write(`GET /public/open?response-content-type=slow HTTP/1.1\r\n${host}\r\n\r\n`);
    await expect.poll(() => edge.seen.length).toBe(1);
    expect(code(await edge.ask(`GET /public/open HTTP/1.1\n${host}`))).toBe('SlowDown');
    edge.release();
    expect((await first.answer()).status).toBe(200);
    expect((await edge.ask(`GET /public/open HTTP/1.1\n${host}`)).status).toBe(200);
  });
});

describe('an upload', () => {
  const put = `PUT /public/k HTTP/1.1\n${host}`;

  it('is read to its end', async () => {
    const answer = await edge.ask(`${put}\nContent-Length: 5\nx-amz-meta-a: b`, 'hello');
    expect(answer.headers.etag).toBe(`"${md5('hello')}"`);
    expect({ ...(edge.seen[0]!.input.Metadata as object) }).toEqual({ a: 'b' });
    await expect.poll(() => edge.entries.length).toBe(1);
    expect(edge.entries[0]!.bytesIn).toBe(5);
  });

  it('of an aws-chunked body comes without its coding', async () => {
    const body = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n';
    const answer = await edge.ask(
      `${put}\nContent-Length: ${body.length}\nContent-Encoding: aws-chunked\nx-amz-decoded-content-length: 5\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\nx-amz-trailer: x-amz-checksum-crc32`,
      body,
    );
    expect(answer.headers.etag).toBe(`"${md5('hello')}"`);
    const { payload } = edge.seen[0]!.context;
    expect(payload.trailerChecksum).toBe('CRC32');
    expect(payload.trailer('x-amz-checksum-crc32')).toBe('NhCmhg==');
  });

  it('of an aws-chunked body may use chunked transfer coding as well', async () => {
    const inner = '5\r\nhello\r\n0\r\n\r\n';
    const body = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    const answer = await edge.ask(
      `${put}\nTransfer-Encoding: chunked\nx-amz-decoded-content-length: 5\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER`,
      body,
    );
    expect(answer.headers.etag).toBe(`"${md5('hello')}"`);
  });

  it.each([
    ['no length', '', 411, 'MissingContentLength'],
    ['an empty length', '\nContent-Length:', 411, 'MissingContentLength'],
    ['chunks instead of a length', '\nTransfer-Encoding: chunked', 501, 'NotImplemented'],
    ['a negative length', '\nContent-Length: -1', 400, 'BadRequest'],
    ['two lengths', '\nContent-Length: 1\nContent-Length: 1', 400, 'BadRequest'],
    ['more than 5 GiB', `\nContent-Length: ${5 * 1024 ** 3 + 1}`, 400, 'EntityTooLarge'],
    [
      'an aws-chunked body of unknown length',
      '\nContent-Length: 5\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      411,
      'MissingContentLength',
    ],
  ])('with %s is refused', async (_, headers, status, expected) => {
    const answer = await edge.ask(`${put}${headers}`);
    expect([answer.status, code(answer)]).toEqual([status, expected]);
    expect(edge.seen).toEqual([]);
  });

  it('says how large it is and how large it may be', async () => {
    const { body } = await edge.ask(`${put}\nContent-Length: ${5 * 1024 ** 3 + 1}`);
    expect(body).toContain(`<ProposedSize>${5 * 1024 ** 3 + 1}</ProposedSize>`);
    expect(body).toContain(`<MaxSizeAllowed>${5 * 1024 ** 3}</MaxSizeAllowed>`);
  });

  it('is refused before 100 Continue, and the connection closed', async () => {
    const connection = edge.open();
    connection.write(
      `PUT /private/k HTTP/1.1\r\n${host}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`,
    );
    const answer = await connection.answer();
    expect([answer.status, answer.headers.connection]).toEqual([403, 'close']);
    await connection.closed;
    expect(connection.text()).toBe('');
  });

  it('is sent after 100 Continue', async () => {
    const connection = edge.open();
    connection.write(
      `PUT /public/k HTTP/1.1\r\n${host}\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n`,
    );
    expect((await connection.answer()).status).toBe(100);
    connection.write('hello');
    expect((await connection.answer()).headers.etag).toBe(`"${md5('hello')}"`);
  });

  it('with another expectation is taken as it is', async () => {
    const answer = await edge.ask(`${put}\nContent-Length: 0\nExpect: the-unexpected`);
    expect(answer.status).toBe(200);
  });

  it('that ends too soon is IncompleteBody', async () => {
    const connection = edge.open();
    connection.write(`PUT /public/k HTTP/1.1\r\n${host}\r\nContent-Length: 10\r\n\r\nhello`);
    await expect.poll(() => edge.seen.length).toBe(1);
    connection.socket.end();
    const answer = await connection.answer();
    expect([answer.status, code(answer)]).toEqual([400, 'IncompleteBody']);
    await connection.closed;
  });

  it('with chunks that make no sense is IncompleteBody', async () => {
    const answer = await edge.ask(
      `${put}\nTransfer-Encoding: chunked\nx-amz-decoded-content-length: 5\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER`,
      'zz\r\n',
    );
    expect([answer.status, code(answer)]).toEqual([400, 'IncompleteBody']);
  });

  it('that falls silent is RequestTimeout', async () => {
    await restart({ limits: { idleTimeoutMs: 100 } });
    const connection = edge.open();
    connection.write(`PUT /public/k HTTP/1.1\r\n${host}\r\nContent-Length: 10\r\n\r\nhello`);
    const answer = await connection.answer();
    expect([answer.status, code(answer)]).toEqual([400, 'RequestTimeout']);
    await connection.closed;
  });

  it('that nobody read leaves the connection usable while little is to come', async () => {
    const connection = edge.open();
    connection.write(
      `PUT /public/k HTTP/1.1\r\n${host}\r\nContent-Type: unread\r\nContent-Length: 5\r\n\r\nhel`,
    );
    const answer = await connection.answer();
    expect([answer.status, answer.headers.connection]).toEqual([400, 'keep-alive']);
    connection.write(`loGET /public/open HTTP/1.1\r\n${host}\r\n\r\n`);
    expect((await connection.answer()).body).toBe('hello');
  });

  it.each(['unread', 'first-chunk'])(
    'of much data that is refused (%s) gets its whole answer before the connection closes',
    async (kind) => {
      const size = 64 * 1024 * 1024;
      const connection = edge.open();
      connection.write(
        `PUT /public/k HTTP/1.1\r\n${host}\r\nContent-Type: ${kind}\r\nContent-Length: ${size}\r\n\r\n`,
      );
      connection.write(Buffer.alloc(size));
      const answer = await connection.answer();
      expect([code(answer), answer.headers.connection]).toEqual(['InvalidRequest', 'close']);
      await connection.closed;
    },
  );
});

describe('a document', () => {
  const xml = '<Delete><Object><Key>a</Key></Object></Delete>';
  const line = `POST /public?delete HTTP/1.1\n${host}\nContent-Length: ${xml.length}`;
  const right = createHash('md5').update(xml).digest('base64');
  const wrong = createHash('md5').update('x').digest('base64');
  const sha256 = createHash('sha256').update(xml).digest('hex');

  it('is decoded', async () => {
    expect((await edge.ask(`${line}\nContent-MD5: ${right}`, xml)).status).toBe(200);
    expect(edge.seen[0]!.input.Delete).toMatchObject({ Objects: [{ Key: 'a' }] });
  });

  it.each([
    ['no digest', '', 'InvalidRequest'],
    ['a wrong Content-MD5', `Content-MD5: ${wrong}`, 'BadDigest'],
    ['a malformed Content-MD5', 'Content-MD5: x', 'InvalidDigest'],
    ['an empty Content-MD5', 'Content-MD5:', 'InvalidDigest'],
    ['a wrong checksum', 'x-amz-checksum-crc32: AAAAAA==', 'BadDigest'],
    ['a malformed checksum', 'x-amz-checksum-crc32: x', 'InvalidRequest'],
    [
      'two checksums',
      'x-amz-checksum-crc32: AAAAAA==\nx-amz-checksum-crc32c: AAAAAA==',
      'InvalidRequest',
    ],
    [
      'another content hash',
      `Content-MD5: ${right}\nx-amz-content-sha256: ${'0'.repeat(64)}`,
      'XAmzContentSHA256Mismatch',
    ],
  ])('with %s is refused', async (_, headers, expected) => {
    expect(code(await edge.ask(headers === '' ? line : `${line}\n${headers}`, xml))).toBe(expected);
    expect(edge.seen).toEqual([]);
  });

  it('may be proven by its content hash and checksum', async () => {
    const answer = await edge.ask(
      `${line}\nContent-MD5: ${right}\nx-amz-content-sha256: ${sha256}`,
      xml,
    );
    expect(answer.status).toBe(200);
  });

  it('may come aws-chunked with its checksum in a trailer', async () => {
    const { crc32 } = await import('@node-rs/crc32');
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(xml));
    const body = `${xml.length.toString(16)}\r\n${xml}\r\n0\r\nx-amz-checksum-crc32:${sum.toString('base64')}\r\n\r\n`;
    const answer = await edge.ask(
      `POST /public?delete HTTP/1.1\n${host}\nContent-Length: ${body.length}\nx-amz-decoded-content-length: ${xml.length}\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\nx-amz-sdk-checksum-algorithm: CRC32\nx-amz-trailer: x-amz-checksum-crc32`,
      body,
    );
    expect(answer.status).toBe(200);
  });

  it('that is too large is refused without reading it', async () => {
    const answer = await edge.ask(
      `POST /public?delete HTTP/1.1\n${host}\nContent-Length: 99999999\nContent-MD5: ${right}`,
    );
    expect([code(answer), answer.headers.connection]).toEqual([
      'MaxMessageLengthExceeded',
      'close',
    ]);
  });

  it('is not read for those who may not', async () => {
    const answer = await edge.ask(
      `POST /private?delete HTTP/1.1\n${host}\nContent-Length: ${xml.length}`,
      xml,
    );
    expect(code(answer)).toBe('AccessDenied');
  });
});

describe('a target', () => {
  it.each([
    ['public.s3.example.com', '/open', 'public', 'open'],
    ['s3.example.com', '/public/open', 'public', 'open'],
    ['127.0.0.1', '/public/open', 'public', 'open'],
    ['public.default.s3.example.com', '/open', 'public', 'open'],
  ])('%s%s is bucket %s, key %s', async (name, path, bucketName, key) => {
    await edge.ask(`GET ${path} HTTP/1.1\nHost: ${name}`);
    expect(edge.seen[0]!.input).toMatchObject({ Bucket: bucketName, Key: key });
    const endpoint = `http://${name.replace('public.', '')}`;
    expect(edge.seen[0]!.context.endpoint).toBe(endpoint);
    expect(edge.seen[0]!.context.caller).toEqual({ kind: 'anonymous' } satisfies Caller);
  });

  it('in another namespace is another bucket', async () => {
    expect(code(await edge.ask('GET /public/open HTTP/1.1\nHost: acme.s3.example.com'))).toBe(
      'NoSuchBucket',
    );
  });
});

describe('openSource', () => {
  async function context(headers = ''): Promise<OperationContext> {
    await edge.ask(`GET /public/open HTTP/1.1\n${host}${headers}`);
    return edge.seen[0]!.context;
  }

  it('loads what the caller may read', async () => {
    const source = await (await context()).openSource('private', 'open');
    expect([source.bucket.name, source.object.key]).toEqual(['private', 'open']);
  });

  it.each([
    ['private', 'none', 'AccessDenied'],
    ['public', 'closed', 'AccessDenied'],
    ['public', 'none', 'NoSuchKey'],
    ['none', 'none', 'NoSuchBucket'],
  ])('refuses %s/%s with %s', async (name, key, expected) => {
    await expect((await context()).openSource(name, key)).rejects.toMatchObject({
      code: expected,
    });
  });

  it('wants the expected owner', async () => {
    const found = await context('\nx-amz-source-expected-bucket-owner: bob');
    await expect(found.openSource('public', 'open')).rejects.toMatchObject({
      code: 'AccessDenied',
    });
  });
});
