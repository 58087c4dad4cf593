import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutBucketAclCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import {
  complete,
  createUpload,
  multipartPut,
  smallestPartBytes,
  uploadPart,
} from '../support/multipart.ts';
import { bytesOf, put, read, readText } from '../support/objects.ts';
import { element, exchange, outcome } from '../support/raw-http.ts';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

function multipartETag(bodies: readonly (Buffer | string)[]): string {
  const md5s = bodies.map((body) => createHash('md5').update(body).digest());
  const whole = createHash('md5').update(Buffer.concat(md5s)).digest('hex');
  return `"${whole}-${bodies.length}"`;
}

const bodies = [bytesOf(smallestPartBytes, 1), bytesOf(smallestPartBytes + 1, 2), bytesOf(77, 3)];

test('the parts make one object, with the ETag that S3 computes', async () => {
  const answer = await multipartPut(server.main, Bucket, 'whole', bodies);
  expect(answer.ETag).toBe(multipartETag(bodies));
  expect(answer).toMatchObject({ Bucket, Key: 'whole' });
  expect(answer.Location).toContain('/whole');
  expect((await read(server.main, Bucket, 'whole')).equals(Buffer.concat(bodies))).toBe(true);
  const head = await server.main.send(new HeadObjectCommand({ Bucket, Key: 'whole' }));
  expect(head.ETag).toBe(answer.ETag);
  expect(head.ContentLength).toBe(Buffer.concat(bodies).length);
});

test('ranges are right within parts and across their borders', async () => {
  await multipartPut(server.main, Bucket, 'ranges', bodies);
  const whole = Buffer.concat(bodies);
  const border = smallestPartBytes;
  for (const [from, to] of [
    [0, 9],
    [border - 5, border + 4],
    [border, border],
    [border + 100, 2 * border + 50],
    [whole.length - 100, whole.length - 1],
  ] as const) {
    const Range = `bytes=${from}-${to}`;
    const part = await read(server.main, Bucket, 'ranges', { Range });
    expect(part.equals(whole.subarray(from, to + 1))).toBe(true);
  }
});

test('partNumber reads one part and says how many there are', async () => {
  await multipartPut(server.main, Bucket, 'by-part', bodies);
  for (const [index, body] of bodies.entries()) {
    const input = { Bucket, Key: 'by-part', PartNumber: index + 1 };
    const object = await server.main.send(new GetObjectCommand(input));
    const bytes = Buffer.from((await object.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(body)).toBe(true);
    expect(object.PartsCount).toBe(3);
    expect(object.$metadata.httpStatusCode).toBe(206);
  }
  const beyond = new GetObjectCommand({ Bucket, Key: 'by-part', PartNumber: 4 });
  expect(await codeOf(server.main.send(beyond))).toBe('416 InvalidPartNumber');
});

test('part numbers may have gaps, and parts may be left out', async () => {
  const upload = await createUpload(server.main, Bucket, 'gaps');
  const first = await uploadPart(server.main, upload, 3, bodies[0] ?? '');
  await uploadPart(server.main, upload, 5, 'left out');
  const last = await uploadPart(server.main, upload, 9, 'end');
  await complete(server.main, upload, [first, last]);
  const expected = Buffer.concat([bodies[0] ?? Buffer.alloc(0), Buffer.from('end')]);
  expect((await read(server.main, Bucket, 'gaps')).equals(expected)).toBe(true);
});

test('the upload is over afterwards', async () => {
  const upload = await createUpload(server.main, Bucket, 'over');
  await complete(server.main, upload, [await uploadPart(server.main, upload, 1, 'x')]);
  expect(await codeOf(server.main.send(new ListPartsCommand(upload)))).toBe('404 NoSuchUpload');
  expect(await codeOf(uploadPart(server.main, upload, 2, 'x'))).toBe('404 NoSuchUpload');
  const { Uploads } = await server.main.send(
    new ListMultipartUploadsCommand({ Bucket, Prefix: 'over' }),
  );
  expect(Uploads ?? []).toEqual([]);
});

test('a completion that is sent again succeeds while its object stands', async () => {
  const upload = await createUpload(server.main, Bucket, 'twice');
  const parts = [await uploadPart(server.main, upload, 1, 'x')];
  const first = await complete(server.main, upload, parts);
  const second = await complete(server.main, upload, parts);
  expect(second.ETag).toBe(first.ETag);
});

test('a part that is too small is refused, unless it is the last', async () => {
  const upload = await createUpload(server.main, Bucket, 'small');
  const parts = [
    await uploadPart(server.main, upload, 1, 'small'),
    await uploadPart(server.main, upload, 2, 'last'),
  ];
  expect(await codeOf(complete(server.main, upload, parts))).toBe('400 EntityTooSmall');
  expect(await codeOf(server.main.send(new GetObjectCommand({ Bucket, Key: 'small' })))).toBe(
    '404 NoSuchKey',
  );
  await complete(server.main, upload, parts.slice(1));
  expect(await readText(server.main, Bucket, 'small')).toBe('last');
});

test('parts must be known, unchanged and in order', async () => {
  const upload = await createUpload(server.main, Bucket, 'checked');
  const first = await uploadPart(server.main, upload, 1, bodies[0] ?? '');
  const second = await uploadPart(server.main, upload, 2, 'end');
  const refusal = async (parts: Parameters<typeof complete>[2]) =>
    codeOf(complete(server.main, upload, parts));
  expect(await refusal([first, { ...second, PartNumber: 7 }])).toBe('400 InvalidPart');
  expect(await refusal([{ ...first, ETag: '"00000000000000000000000000000000"' }])).toBe(
    '400 InvalidPart',
  );
  expect(await refusal([second, first])).toBe('400 InvalidPartOrder');
  expect(await refusal([first, first])).toBe('400 InvalidPartOrder');
  expect(await refusal([])).toBe('400 MalformedXML');
  await complete(server.main, upload, [first, second]);
});

test('an ETag may come without its quotes', async () => {
  const upload = await createUpload(server.main, Bucket, 'unquoted');
  const part = await uploadPart(server.main, upload, 1, 'x');
  await complete(server.main, upload, [{ ...part, ETag: part.ETag?.replaceAll('"', '') }]);
});

test('an unknown upload is NoSuchUpload', async () => {
  const upload = { Bucket, Key: 'key', UploadId: 'unknown' };
  const parts = [{ PartNumber: 1, ETag: '"x"' }];
  expect(await codeOf(complete(server.main, upload, parts))).toBe('404 NoSuchUpload');
});

test('a body that is not the document is malformed', async () => {
  const upload = await createUpload(server.main, Bucket, 'malformed');
  for (const body of ['', 'text', '<Complete/>', '<CompleteMultipartUpload><Part>']) {
    const { bytes } = signedV4({
      method: 'POST',
      path: `/${Bucket}/malformed`,
      query: `uploadId=${encodeURIComponent(upload.UploadId)}`,
      body,
      headers: { 'content-length': String(body.length) },
    });
    expect(outcome(await exchange(server.port, bytes))).toMatch(
      /^400 (MalformedXML|MissingRequestBodyError|InvalidRequest)$/,
    );
  }
});

test('conditions are heeded: If-None-Match and If-Match', async () => {
  const start = async () => {
    const upload = await createUpload(server.main, Bucket, 'conditional');
    return { upload, parts: [await uploadPart(server.main, upload, 1, 'new')] };
  };
  const { ETag } = await put(server.main, Bucket, 'conditional', 'old');
  const refused = await start();
  const IfNoneMatch = '*';
  expect(await codeOf(complete(server.main, refused.upload, refused.parts, { IfNoneMatch }))).toBe(
    '412 PreconditionFailed',
  );
  expect(await readText(server.main, Bucket, 'conditional')).toBe('old');
  const { upload, parts } = await start();
  await complete(server.main, upload, parts, { IfMatch: ETag });
  expect(await readText(server.main, Bucket, 'conditional')).toBe('new');
});

test('a composite checksum is that of the parts’ checksums', async () => {
  const ChecksumAlgorithm = 'SHA256';
  const upload = await createUpload(server.main, Bucket, 'composite', { ChecksumAlgorithm });
  const parts = await Promise.all(
    bodies.map((body, index) =>
      uploadPart(server.main, upload, index + 1, body, { ChecksumAlgorithm }),
    ),
  );
  const answer = await complete(server.main, upload, parts);
  const sums = bodies.map((body) => createHash('sha256').update(body).digest());
  const whole = createHash('sha256').update(Buffer.concat(sums)).digest('base64');
  expect(answer.ChecksumSHA256).toBe(`${whole}-3`);
  expect(answer.ChecksumType).toBe('COMPOSITE');
  const head = await server.main.send(
    new HeadObjectCommand({ Bucket, Key: 'composite', ChecksumMode: 'ENABLED' }),
  );
  expect([head.ChecksumSHA256, head.ChecksumType]).toEqual([`${whole}-3`, 'COMPOSITE']);
});

test('a full-object checksum is that of the whole, computed from the parts', async () => {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(Buffer.concat(bodies)));
  const upload = await createUpload(server.main, Bucket, 'full', {
    ChecksumAlgorithm: 'CRC32',
    ChecksumType: 'FULL_OBJECT',
  });
  const parts = await Promise.all(
    bodies.map((body, index) =>
      uploadPart(server.main, upload, index + 1, body, { ChecksumAlgorithm: 'CRC32' }),
    ),
  );
  const wrong = complete(server.main, upload, parts, {
    ChecksumType: 'FULL_OBJECT',
    ChecksumCRC32: 'AAAAAA==',
  });
  expect(await codeOf(wrong)).toBe('400 BadDigest');
  const answer = await complete(server.main, upload, parts, {
    ChecksumType: 'FULL_OBJECT',
    ChecksumCRC32: checksum.toString('base64'),
  });
  expect(answer.ChecksumCRC32).toBe(checksum.toString('base64'));
  expect(answer.ChecksumType).toBe('FULL_OBJECT');
});

test('MpuObjectSize must be the size', async () => {
  const upload = await createUpload(server.main, Bucket, 'size');
  const parts = [await uploadPart(server.main, upload, 1, 'four')];
  expect(await codeOf(complete(server.main, upload, parts, { MpuObjectSize: 5 }))).toBe(
    '400 InvalidRequest',
  );
  await complete(server.main, upload, parts, { MpuObjectSize: 4 });
});

test('1,000 parts are one object', async () => {
  const bucket = await server.createBucket();
  const upload = await createUpload(server.main, bucket, 'thousand');
  const numbers = Array.from({ length: 1_000 }, (_, index) => index + 1);
  // Too small to be completed, as only the last part may be: the count is what is tried here.
  const parts = [];
  for (const number of numbers) parts.push(await uploadPart(server.main, upload, number, 'x'));
  const refusal = await refusalOf(complete(server.main, upload, parts));
  expect(refusal.code).toBe('EntityTooSmall');
});

test('of two completions at once both answer the same object, or one finds the upload gone', async () => {
  const upload = await createUpload(server.main, Bucket, 'race');
  const parts = [await uploadPart(server.main, upload, 1, 'raced')];
  const request = () =>
    server.main.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
    );
  const results = await Promise.allSettled([request(), request()]);
  expect(results.some((result) => result.status === 'fulfilled')).toBe(true);
  expect(await readText(server.main, Bucket, 'race')).toBe('raced');
});

test('the answer is XML from its first byte, with the key as it is', async () => {
  const upload = await createUpload(server.main, Bucket, 'a & b');
  const { ETag } = await uploadPart(server.main, upload, 1, 'x');
  const { bytes } = signedV4({
    method: 'POST',
    path: `/${Bucket}/a%20%26%20b`,
    query: `uploadId=${encodeURIComponent(upload.UploadId)}`,
    body: `<CompleteMultipartUpload><Part><ETag>${ETag}</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>`,
  });
  const response = await exchange(server.port, bytes);
  expect(response.status).toBe(200);
  expect(response.body.toString().trimStart()).toMatch(/^<\?xml/);
  expect(element(response, 'Key')).toBe('a & b');
});

test('who may write but not read the object may not hold its ETag against a guess', async () => {
  const bucket = await server.createBucket();
  await server.main.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read-write' }));
  const { ETag } = await put(server.main, bucket, 'closed', 'x');
  const upload = await createUpload(server.alt, bucket, 'closed');
  const parts = [await uploadPart(server.alt, upload, 1, 'y')];
  expect(await codeOf(complete(server.alt, upload, parts, { IfMatch: ETag }))).toBe(
    '403 AccessDenied',
  );
  await complete(server.alt, upload, parts, { IfMatch: '*' });
});
