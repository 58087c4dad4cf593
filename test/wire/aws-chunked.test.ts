/** The four STREAMING-* payloads, whole and broken. A broken one stores nothing. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { bytesOf, put, read } from '../support/objects.ts';
import { exchange, outcome, RawConnection } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import {
  type ChunkedUpload,
  chunkedPut,
  type SignedBytes,
  signedV4,
} from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const path = `/${Bucket}/chunked`;
const data = [bytesOf(65_536, 1), bytesOf(65_536, 2), bytesOf(1_000, 3)];
const whole = Buffer.concat(data);

function crc32Base64(bytes: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
}

const trailers = { 'x-amz-checksum-crc32': crc32Base64(whole) };

const forms: readonly (readonly [string, Pick<ChunkedUpload, 'signed' | 'trailers'>])[] = [
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { signed: true }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { signed: true, trailers }],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { signed: false, trailers }],
];

async function expectNothingStored(): Promise<void> {
  const request = new GetObjectCommand({ Bucket, Key: 'chunked' });
  expect(await codeOf(server.main.send(request))).toBe('404 NoSuchKey');
}

function send(upload: SignedBytes, body = upload.body) {
  return exchange(server.port, [upload.head, body]);
}

/** Another body of the same length, so that the head still holds. */
function changed(upload: SignedBytes, change: (body: string) => string): Buffer {
  const body = Buffer.from(change(upload.body.toString('latin1')), 'latin1');
  expect(body.length).toBe(upload.body.length);
  return body;
}

test.each(forms)('%s is stored as the data it codes', async (_, form) => {
  const upload = chunkedPut({ path: `${path}-good`, data, ...form });
  expect(outcome(await send(upload))).toBe('200');
  expect((await read(server.main, Bucket, 'chunked-good')).equals(whole)).toBe(true);
  const head = await server.main.send(
    new HeadObjectCommand({ Bucket, Key: 'chunked-good', ChecksumMode: 'ENABLED' }),
  );
  expect(head.ContentLength).toBe(whole.length);
  expect(head.ContentEncoding).toBeUndefined();
  if (form.trailers) expect(head.ChecksumCRC32).toBe(trailers['x-amz-checksum-crc32']);
});

test.each(forms)('%s may be empty', async (_, form) => {
  const empty = { 'x-amz-checksum-crc32': crc32Base64(Buffer.alloc(0)) };
  const upload = chunkedPut({
    path: `${path}-empty`,
    data: [],
    ...form,
    ...(form.trailers && { trailers: empty }),
  });
  expect(outcome(await send(upload))).toBe('200');
  expect((await read(server.main, Bucket, 'chunked-empty')).length).toBe(0);
});

test('another content encoding beside aws-chunked is kept', async () => {
  const request = signedV4({
    method: 'PUT',
    path: `${path}-gzip`,
    payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    headers: {
      'content-encoding': 'gzip,aws-chunked',
      'content-length': '14',
      'x-amz-decoded-content-length': '4',
    },
  });
  expect(outcome(await exchange(server.port, `${request.head}4\r\ndata\r\n0\r\n\r\n`))).toBe('200');
  const head = await server.main.send(new HeadObjectCommand({ Bucket, Key: 'chunked-gzip' }));
  expect(head.ContentEncoding).toBe('gzip');
});

const signedForms = forms.filter(([, form]) => form.signed);

test.each(signedForms)('%s: a changed byte breaks the chunk’s signature', async (_, form) => {
  const upload = chunkedPut({ path, data, ...form });
  const body = Buffer.from(upload.body);
  body[70_000] = (body[70_000] ?? 0) ^ 1;
  expect(outcome(await send(upload, body))).toBe('403 SignatureDoesNotMatch');
  await expectNothingStored();
});

test.each(signedForms)('%s: a chunk signature of no match is refused', async (_, form) => {
  const upload = chunkedPut({ path, data, ...form });
  const body = changed(upload, (text) =>
    text.replace(/chunk-signature=.{8}/, 'chunk-signature=00000000'),
  );
  expect(outcome(await send(upload, body))).toBe('403 SignatureDoesNotMatch');
  await expectNothingStored();
});

test.each(signedForms)('%s: chunks in another order are refused', async (_, form) => {
  const equal = [bytesOf(10_000, 4), bytesOf(10_000, 5), bytesOf(10, 6)];
  const sums = { 'x-amz-checksum-crc32': crc32Base64(Buffer.concat(equal)) };
  const upload = chunkedPut({
    path,
    data: equal,
    ...form,
    ...(form.trailers && { trailers: sums }),
  });
  const size = upload.body.indexOf('\r\n2710;', 1) + 2;
  const body = Buffer.concat([
    upload.body.subarray(size, 2 * size),
    upload.body.subarray(0, size),
    upload.body.subarray(2 * size),
  ]);
  expect(outcome(await send(upload, body))).toBe('403 SignatureDoesNotMatch');
  await expectNothingStored();
});

test('a trailer signature of no match is refused', async () => {
  const upload = chunkedPut({ path, data, signed: true, trailers });
  const body = changed(upload, (text) =>
    text.replace(/x-amz-trailer-signature:.{8}/, 'x-amz-trailer-signature:00000000'),
  );
  expect(outcome(await send(upload, body))).toBe('403 SignatureDoesNotMatch');
  await expectNothingStored();
});

test.each([true, false])(
  'a checksum of other bytes in the trailer is refused (signed: %s)',
  async (signed) => {
    const upload = chunkedPut({
      path,
      data,
      signed,
      trailers: { 'x-amz-checksum-crc32': 'AAAAAA==' },
    });
    expect(outcome(await send(upload))).toBe('400 BadDigest');
    await expectNothingStored();
  },
);

test('a SHA-256 in the trailer is verified and kept', async () => {
  const sum = createHash('sha256').update(whole).digest('base64');
  const upload = chunkedPut({
    path: `${path}-sha256`,
    data,
    signed: false,
    trailers: { 'x-amz-checksum-sha256': sum },
  });
  expect(outcome(await send(upload))).toBe('200');
  const head = await server.main.send(
    new HeadObjectCommand({ Bucket, Key: 'chunked-sha256', ChecksumMode: 'ENABLED' }),
  );
  expect(head.ChecksumSHA256).toBe(sum);
});

test('a trailer that was announced and does not come is refused', async () => {
  const upload = chunkedPut({ path, data, signed: false, trailers });
  const body = changed(upload, (text) =>
    text.replace('x-amz-checksum-crc32:', 'x-amz-checksum-sha1a:'),
  );
  expect(outcome(await send(upload, body))).toMatch(/^400 /);
  await expectNothingStored();
});

test.each(forms)('%s: a decoded length of no match is refused', async (_, form) => {
  for (const difference of [-1, 1]) {
    const decodedLength = whole.length + difference;
    const upload = chunkedPut({ path, data, ...form, decodedLength });
    expect(outcome(await send(upload))).toMatch(
      /^400 (IncompleteBody|InvalidRequest|InvalidArgument)$/,
    );
  }
  await expectNothingStored();
});

test('no decoded length is 411 MissingContentLength', async () => {
  const upload = chunkedPut({ path, data, signed: true });
  const request = signedV4({
    method: 'PUT',
    path,
    payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    headers: {
      'content-encoding': 'aws-chunked',
      'content-length': String(upload.body.length),
    },
  });
  expect(outcome(await exchange(server.port, request.head))).toBe('411 MissingContentLength');
});

test.each(forms)('%s: a body that ends early stores nothing', async (_, form) => {
  const upload = chunkedPut({ path, data, ...form });
  for (const length of [0, 10, 30_000, 65_700, upload.body.length - 1]) {
    const connection = await RawConnection.open(server.port);
    await connection.write(upload.head);
    await connection.write(upload.body.subarray(0, length));
    connection.end();
    await connection.closed();
    connection.close();
  }
  await expectNothingStored();
});

test.each([
  ['a size that is no number', (text: string) => text.replace(/^10000/, 'xyz00')],
  ['a negative size', (text: string) => text.replace(/^10000/, '-0001')],
  ['a size beyond the body', (text: string) => text.replace(/^10000/, 'fffff')],
  ['no line end after a chunk', (text: string) => text.replace(/\r\n10000/, 'XX10000')],
])('%s is refused', async (_, change) => {
  for (const [, form] of forms) {
    const upload = chunkedPut({ path, data, ...form });
    const connection = await RawConnection.open(server.port);
    await connection.write(upload.head);
    await connection.write(changed(upload, change));
    connection.end();
    expect((await connection.response()).status).toBeGreaterThanOrEqual(400);
    connection.close();
  }
  await expectNothingStored();
});

test('a chunk size line without end is refused', async () => {
  const upload = chunkedPut({ path, data, signed: false, trailers });
  const connection = await RawConnection.open(server.port);
  await connection.write(upload.head);
  await connection.write(Buffer.alloc(upload.body.length, '0'));
  expect((await connection.response()).status).toBe(400);
  connection.close();
  await expectNothingStored();
});

test('the body may come byte by byte', async () => {
  const small = [Buffer.from('one byte at a time')];
  const upload = chunkedPut({ path: `${path}-slow`, data: small, signed: true });
  const connection = await RawConnection.open(server.port);
  await connection.write(upload.head);
  for (const byte of upload.body) await connection.write(Buffer.from([byte]));
  expect((await connection.response()).status).toBe(200);
  connection.close();
  expect((await read(server.main, Bucket, 'chunked-slow')).equals(Buffer.concat(small))).toBe(true);
});

test('chunks of less than 8 KiB are refused, but for the last', async () => {
  const small = [bytesOf(8_191, 1), bytesOf(10, 2)];
  const upload = chunkedPut({ path, data: small, signed: true });
  expect(outcome(await send(upload))).toBe('403 InvalidChunkSizeError');
  await expectNothingStored();
});

test('an upload that fails leaves an older object as it was', async () => {
  await put(server.main, Bucket, 'older', 'older');
  const upload = chunkedPut({ path: `/${Bucket}/older`, data, signed: true });
  const body = Buffer.from(upload.body);
  body[100] = (body[100] ?? 0) ^ 1;
  expect(outcome(await send(upload, body))).toBe('403 SignatureDoesNotMatch');
  expect((await read(server.main, Bucket, 'older')).toString()).toBe('older');
});
