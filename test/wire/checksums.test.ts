/**
 * Every checksum algorithm of S3 in every place where it may stand: header and trailer, put and part, composite
 * and of the whole; right and wrong.
 */
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import {
  createCRC32,
  createCRC64,
  createXXHash3,
  createXXHash64,
  createXXHash128,
} from 'hash-wasm';
import { expect, test } from 'vitest';
import { complete, createUpload, type UploadId } from '../support/multipart.ts';
import { bytesOf, put } from '../support/objects.ts';
import { exchange, outcome, type RawResponse } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { chunkedPut, signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const wasm = {
  CRC32: await createCRC32(),
  CRC32C: await createCRC32(0x82f63b78),
  CRC64NVME: await createCRC64('9a6c9329ac4bc9b5'),
  XXHASH64: await createXXHash64(),
  XXHASH3: await createXXHash3(),
  XXHASH128: await createXXHash128(),
};
const openSsl = { MD5: 'md5', SHA1: 'sha1', SHA256: 'sha256', SHA512: 'sha512' } as const;

type Algorithm = keyof typeof wasm | keyof typeof openSsl;
type Crc = 'CRC32' | 'CRC32C' | 'CRC64NVME';

/** Which types a multipart object's checksum may have. */
const types: Readonly<Record<Algorithm, readonly ('COMPOSITE' | 'FULL_OBJECT')[]>> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  MD5: ['COMPOSITE'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
  SHA512: ['COMPOSITE'],
  XXHASH128: ['COMPOSITE'],
  XXHASH3: ['COMPOSITE'],
  XXHASH64: ['COMPOSITE'],
};
const algorithms = Object.keys(types) as Algorithm[];
const composites = algorithms.filter((name) => types[name].includes('COMPOSITE'));
const crcs = algorithms.filter((name) => types[name].includes('FULL_OBJECT')) as Crc[];

function digest(algorithm: Algorithm, bytes: Buffer): Buffer {
  if (algorithm in openSsl) {
    return createHash(openSsl[algorithm as keyof typeof openSsl])
      .update(bytes)
      .digest();
  }
  const hasher = wasm[algorithm as keyof typeof wasm];
  return Buffer.from(hasher.init().update(bytes).digest('binary'));
}

const sum = (algorithm: Algorithm, bytes: Buffer) => digest(algorithm, bytes).toString('base64');
const headerOf = (algorithm: Algorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`;
const memberOf = (algorithm: Algorithm) => `Checksum${algorithm}` as const;

const server = await startTestServer({ minPartBytes: 5 });
const { main, port } = server;
const Bucket = await server.createBucket();
const body = Buffer.from('123456789');
const other = Buffer.from('12345678X');
const bodies = [Buffer.from('the first part'), Buffer.from('the second part'), Buffer.from('.')];
const whole = Buffer.concat(bodies);
const ChecksumMode = 'ENABLED';

const head = (Key: string, PartNumber?: number) =>
  main.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode, PartNumber }));
const isThere = async (Key: string) => {
  const answer = await codeOf(main.send(new HeadObjectCommand({ Bucket, Key })));
  return answer !== '404 NotFound';
};

test('the tests know what S3 calls a checksum', () => {
  expect(sum('CRC32', body)).toBe(Buffer.from('cbf43926', 'hex').toString('base64'));
  expect(sum('CRC32C', body)).toBe(Buffer.from('e3069283', 'hex').toString('base64'));
  expect(sum('CRC64NVME', body)).toBe(Buffer.from('ae8b14860a799888', 'hex').toString('base64'));
  expect(sum('XXHASH64', body)).toBe(Buffer.from('8cb841db40e6ae83', 'hex').toString('base64'));
  expect(sum('XXHASH3', body)).toBe('ctyxi2ehff8=');
  expect(digest('XXHASH128', body).length).toBe(16);
});

/** Sends `body` and what is claimed to be its checksum. */
const ways = {
  header: (path: string, name: string, value: string, query = '') =>
    signedV4({ method: 'PUT', path, query, body, headers: { [name]: value } }).bytes,
  'trailer of unsigned chunks': (path: string, name: string, value: string, query = '') =>
    chunkedPut({ path, query, data: [body], signed: false, trailers: { [name]: value } }).bytes,
  'trailer of signed chunks': (path: string, name: string, value: string, query = '') =>
    chunkedPut({ path, query, data: [body], signed: true, trailers: { [name]: value } }).bytes,
} as const;
const places = Object.keys(ways) as (keyof typeof ways)[];
const table = algorithms.flatMap((algorithm) => places.map((place) => ({ algorithm, place })));

test.each(table)('$algorithm in a $place: the right value is kept and shown', async (one) => {
  const { algorithm, place } = one;
  const Key = `right/${algorithm}/${place.length}`;
  const value = sum(algorithm, body);
  const answer = await exchange(port, ways[place](`/${Bucket}/${Key}`, headerOf(algorithm), value));
  expect(outcome(answer)).toBe('200');
  expect(answer.headers[headerOf(algorithm)]).toBe(value);
  expect(answer.headers['x-amz-checksum-type']).toBe('FULL_OBJECT');
  const shown = await head(Key);
  expect([shown[memberOf(algorithm)], shown.ChecksumType]).toEqual([value, 'FULL_OBJECT']);
  const silent = await main.send(new HeadObjectCommand({ Bucket, Key }));
  expect([silent[memberOf(algorithm)], silent.ChecksumType]).toEqual([undefined, undefined]);
  const { Contents } = await main.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
  expect(Contents).toMatchObject([{ ChecksumAlgorithm: [algorithm], ChecksumType: 'FULL_OBJECT' }]);
  const { Checksum } = await main.send(
    new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['Checksum'] }),
  );
  expect(Checksum).toEqual({ [memberOf(algorithm)]: value, ChecksumType: 'FULL_OBJECT' });
});

test.each(table)('$algorithm in a $place: a wrong value stores nothing', async (one) => {
  const { algorithm, place } = one;
  const Key = `wrong/${algorithm}/${place.length}`;
  const send = (value: string) =>
    exchange(port, ways[place](`/${Bucket}/${Key}`, headerOf(algorithm), value));
  expect(outcome(await send(sum(algorithm, other)))).toBe('400 BadDigest');
  expect(outcome(await send('c2hvcnQ='))).toBe('400 InvalidRequest');
  expect(await isThere(Key)).toBe(false);
});

test.each(table)('$algorithm in a $place of a part: right and wrong', async (one) => {
  const { algorithm, place } = one;
  const Key = `part/${algorithm}/${place.length}`;
  const upload = await createUpload(main, Bucket, Key, { ChecksumAlgorithm: algorithm });
  const query = `partNumber=1&uploadId=${upload.UploadId}`;
  const send = (value: string, name = headerOf(algorithm)) =>
    exchange(port, ways[place](`/${Bucket}/${Key}`, name, value, query));
  expect(outcome(await send(sum(algorithm, other)))).toBe('400 BadDigest');
  const another = algorithm === 'SHA256' ? 'SHA1' : 'SHA256';
  expect(outcome(await send(sum(another, body), headerOf(another)))).toBe('400 InvalidRequest');
  const value = sum(algorithm, body);
  const answer = await send(value);
  expect([outcome(answer), answer.headers[headerOf(algorithm)]]).toEqual(['200', value]);
  const listed = await main.send(new ListPartsCommand(upload));
  expect(listed).toMatchObject({
    ChecksumAlgorithm: algorithm,
    ChecksumType: types[algorithm][0],
    Parts: [{ PartNumber: 1, [memberOf(algorithm)]: value }],
  });
  await main.send(new AbortMultipartUploadCommand(upload));
});

async function uploadParts(upload: UploadId, algorithm: Algorithm): Promise<CompletedPart[]> {
  const parts: CompletedPart[] = [];
  for (const [at, bytes] of bodies.entries()) {
    const value = sum(algorithm, bytes);
    const { bytes: request } = signedV4({
      method: 'PUT',
      path: `/${Bucket}/${upload.Key}`,
      query: `partNumber=${at + 1}&uploadId=${upload.UploadId}`,
      body: bytes,
      headers: { [headerOf(algorithm)]: value },
    });
    const answer: RawResponse = await exchange(port, request);
    expect(outcome(answer)).toBe('200');
    parts.push({ PartNumber: at + 1, ETag: answer.headers.etag, [memberOf(algorithm)]: value });
  }
  return parts;
}

async function expectParts(Key: string, algorithm: Algorithm, type: string): Promise<void> {
  for (const [at, bytes] of bodies.entries()) {
    expect(await head(Key, at + 1)).toMatchObject({
      ContentLength: bytes.length,
      PartsCount: bodies.length,
      [memberOf(algorithm)]: sum(algorithm, bytes),
      ChecksumType: type,
    });
  }
  const ObjectAttributes = ['Checksum' as const, 'ObjectParts' as const];
  const { ObjectParts } = await main.send(
    new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes }),
  );
  expect(ObjectParts?.Parts).toMatchObject(
    bodies.map((bytes, at) => ({
      PartNumber: at + 1,
      Size: bytes.length,
      [memberOf(algorithm)]: sum(algorithm, bytes),
    })),
  );
}

test.each(composites)('%s of a multipart object may be composite', async (algorithm) => {
  const Key = `composite/${algorithm}`;
  const member = memberOf(algorithm);
  const upload = await createUpload(main, Bucket, Key, {
    ChecksumAlgorithm: algorithm,
    ChecksumType: 'COMPOSITE',
  });
  const parts = await uploadParts(upload, algorithm);
  const ofDigests = Buffer.concat(bodies.map((bytes) => digest(algorithm, bytes)));
  const value = sum(algorithm, ofDigests);

  const swapped = [{ ...parts[0]!, [member]: parts[1]![member] }, ...parts.slice(1)];
  expect(await codeOf(complete(main, upload, swapped))).toBe('400 InvalidPart');
  const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  expect(await codeOf(complete(main, upload, bare))).toBe('400 InvalidRequest');
  const wrong = complete(main, upload, parts, { [member]: `${sum(algorithm, whole)}-3` });
  expect(await codeOf(wrong)).toBe('400 BadDigest');
  const miscounted = complete(main, upload, parts, { [member]: `${value}-2` });
  expect(await codeOf(miscounted)).toBe('400 BadDigest');
  const otherType = complete(main, upload, parts, { ChecksumType: 'FULL_OBJECT' });
  expect(await codeOf(otherType)).toBe('400 InvalidRequest');
  expect(await isThere(Key)).toBe(false);

  const answer = await complete(main, upload, parts, {
    [member]: `${value}-3`,
    ChecksumType: 'COMPOSITE',
  });
  expect([answer[member], answer.ChecksumType]).toEqual([`${value}-3`, 'COMPOSITE']);
  const shown = await head(Key);
  expect([shown[member], shown.ChecksumType]).toEqual([`${value}-3`, 'COMPOSITE']);
  const { Contents } = await main.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
  expect(Contents?.find((object) => object.Key === Key)).toMatchObject({
    ChecksumAlgorithm: [algorithm],
    ChecksumType: 'COMPOSITE',
  });
  await expectParts(Key, algorithm, 'COMPOSITE');
});

test.each(crcs)('%s of a multipart object may be that of the whole', async (algorithm) => {
  const Key = `full/${algorithm}`;
  const member = memberOf(algorithm);
  const upload = await createUpload(main, Bucket, Key, {
    ChecksumAlgorithm: algorithm,
    ChecksumType: 'FULL_OBJECT',
  });
  const parts = await uploadParts(upload, algorithm);
  const value = sum(algorithm, whole);

  const wrong = complete(main, upload, parts, { [member]: sum(algorithm, body) });
  expect(await codeOf(wrong)).toBe('400 BadDigest');
  const counted = complete(main, upload, parts, { [member]: `${value}-3` });
  expect(await codeOf(counted)).toBe('400 InvalidRequest');
  const otherType = complete(main, upload, parts, { ChecksumType: 'COMPOSITE' });
  expect(await codeOf(otherType)).toBe('400 InvalidRequest');
  expect(await isThere(Key)).toBe(false);

  const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  const answer = await complete(main, upload, bare, { [member]: value });
  expect([answer[member], answer.ChecksumType]).toEqual([value, 'FULL_OBJECT']);
  const shown = await head(Key);
  expect([shown[member], shown.ChecksumType]).toEqual([value, 'FULL_OBJECT']);
  await expectParts(Key, algorithm, 'FULL_OBJECT');
});

test.each(algorithms)('%s is no checksum of the types that it cannot have', async (algorithm) => {
  for (const ChecksumType of ['COMPOSITE', 'FULL_OBJECT'] as const) {
    if (types[algorithm].includes(ChecksumType)) continue;
    const input = { Bucket, Key: 'refused', ChecksumAlgorithm: algorithm, ChecksumType };
    const request = main.send(new CreateMultipartUploadCommand(input));
    expect(await codeOf(request)).toBe('400 InvalidRequest');
  }
});

test.each(algorithms)('a copy can have a %s', async (algorithm) => {
  const ChecksumAlgorithm = algorithm === 'CRC32' ? 'SHA1' : 'CRC32';
  await put(main, Bucket, 'source', body, { ChecksumAlgorithm });
  const Key = `copy/${algorithm}`;
  const input = { Bucket, Key, CopySource: `${Bucket}/source`, ChecksumAlgorithm: algorithm };
  const { CopyObjectResult } = await main.send(new CopyObjectCommand(input));
  const expected = { [memberOf(algorithm)]: sum(algorithm, body), ChecksumType: 'FULL_OBJECT' };
  expect(CopyObjectResult).toMatchObject(expected);
  expect(await head(Key)).toMatchObject(expected);
});

test.each(algorithms)('a part that is copied has the %s of its upload', async (algorithm) => {
  await put(main, Bucket, 'copied', bodies[0]!, { ChecksumAlgorithm: 'CRC32' });
  const Key = `part-copy/${algorithm}`;
  const upload = await createUpload(main, Bucket, Key, { ChecksumAlgorithm: algorithm });
  const input = { ...upload, PartNumber: 1, CopySource: `${Bucket}/copied` };
  const { CopyPartResult } = await main.send(new UploadPartCopyCommand(input));
  const value = sum(algorithm, bodies[0]!);
  expect(CopyPartResult).toMatchObject({ [memberOf(algorithm)]: value });
  const part = { PartNumber: 1, ETag: CopyPartResult?.ETag, [memberOf(algorithm)]: value };
  const answer = await complete(main, upload, [part]);
  const expected = types[algorithm].includes('COMPOSITE')
    ? `${sum(algorithm, digest(algorithm, bodies[0]!))}-1`
    : value;
  expect(answer[memberOf(algorithm)]).toBe(expected);
});

const large = bytesOf(3 * 1024 * 1024 + 7);

test.each(algorithms)('%s of bytes that come in many pieces', async (algorithm) => {
  const Key = `large/${algorithm}`;
  const value = sum(algorithm, large);
  const data = [large.subarray(0, 70_001), large.subarray(70_001, 2_000_000)];
  data.push(large.subarray(2_000_000));
  const send = (claim: string) => {
    const trailers = { [headerOf(algorithm)]: claim };
    const path = `/${Bucket}/${Key}`;
    return exchange(port, chunkedPut({ path, data, signed: false, trailers }).bytes);
  };
  expect(outcome(await send(sum(algorithm, body)))).toBe('400 BadDigest');
  expect(await isThere(Key)).toBe(false);
  expect(outcome(await send(value))).toBe('200');
  expect((await head(Key))[memberOf(algorithm)]).toBe(value);
});

test('a checksum is not shown with a range, of which it is not', async () => {
  await put(main, Bucket, 'ranged', body, { ChecksumAlgorithm: 'CRC32' });
  const input = { Bucket, Key: 'ranged', ChecksumMode, Range: 'bytes=0-3' } as const;
  const part = await main.send(new HeadObjectCommand(input));
  expect([part.ChecksumCRC32, part.ChecksumType]).toEqual([undefined, undefined]);
});
