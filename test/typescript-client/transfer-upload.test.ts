/** `upload` against a real server: bodies of all kinds and sizes, what it sends, how it ends. */
import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromFile, S3Error, type TransferProgress, upload } from '../../src/client/index.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import {
  inChunks,
  MiB,
  partBytes,
  partNumberOf,
  randomBytes,
  startTransferServer,
  type TransferServer,
} from './support/transfer-server.ts';

let server: TransferServer;
let Bucket: string;

beforeAll(async () => {
  server = await startTransferServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.reset();
  Bucket = await server.newBucket();
});

const kinds = ['bytes', 'file', 'blob', 'stream', 'web stream'] as const;

async function bodyOf(kind: (typeof kinds)[number], bytes: Buffer) {
  if (kind === 'bytes') return bytes;
  if (kind === 'file') return await fromFile(server.newFile(bytes));
  if (kind === 'blob') return new Blob([bytes]);
  if (kind === 'stream') return inChunks(bytes);
  return new Blob([bytes]).stream();
}

describe.each(['s3v4', 's3'] as const)('signed with %s', (signatureVersion) => {
  test.each(kinds)('a body of any size is stored as it is: %s', async (kind) => {
    const client = server.clientAt(server.server.endpoint, { signatureVersion });
    for (const [size, parts] of [
      [0, 0],
      [1, 0],
      [partBytes - 1, 0],
      [partBytes, 0],
      [partBytes + 1, 2],
      [3 * partBytes, 3],
      [5 * partBytes + 12_345, 6],
    ] as const) {
      const bytes = randomBytes(size);
      const Body = await bodyOf(kind, bytes);
      const { ETag, $transfer } = await upload(client, { Bucket, Key: kind, Body }, { partBytes });
      expect($transfer).toEqual({ bytes: size, parts, resumedParts: 0 });
      expect(ETag?.endsWith(`-${parts}"`), `${size}`).toBe(parts > 0);
      expect((await server.stored(Bucket, kind)).equals(bytes), `${size}`).toBe(true);
    }
    expect(await server.uploadsUnderWay(Bucket)).toBe(0);
  });
});

test('parts are of 8 MiB where nothing is said, and smaller bodies go in one request', async () => {
  const small = await upload(server.client, { Bucket, Key: 'a', Body: Buffer.alloc(8 * MiB) });
  expect(small.$transfer.parts).toBe(0);
  const large = await upload(server.client, { Bucket, Key: 'b', Body: Buffer.alloc(8 * MiB + 1) });
  expect(large.$transfer.parts).toBe(2);
});

test.each([
  ['CRC32', 'FULL_OBJECT'],
  ['CRC32C', 'FULL_OBJECT'],
  ['CRC64NVME', 'FULL_OBJECT'],
  ['SHA256', 'COMPOSITE'],
] as const)('the object has the %s of its bytes (%s)', async (ChecksumAlgorithm, ChecksumType) => {
  const Body = randomBytes(3 * partBytes + 1);
  const { client } = server;
  const whole = await client.putObject({ Bucket, Key: 'whole', Body, ChecksumAlgorithm });
  const given = ChecksumAlgorithm === 'CRC32' ? {} : { ChecksumAlgorithm };
  const output = await upload(client, { Bucket, Key: 'parts', Body, ...given }, { partBytes });
  expect(output.ChecksumType).toBe(ChecksumType);
  const member = `Checksum${ChecksumAlgorithm}` as const;
  if (ChecksumType === 'FULL_OBJECT') expect(output[member]).toBe(whole[member]);
  else expect(output[member]).toMatch(/-4$/);
  const head = await client.headObject({ Bucket, Key: 'parts', ChecksumMode: 'ENABLED' });
  expect(head[member]).toBe(output[member]);
});

test('what is asked for is had in one request and in parts', async () => {
  const members = {
    ContentType: 'image/png',
    CacheControl: 'max-age=60',
    Metadata: { colour: 'blue', city: 'Zürich' },
    Tagging: 'a=b',
    ServerSideEncryption: 'AES256',
  } as const;
  for (const Key of ['one', 'parts']) {
    const Body = randomBytes(Key === 'one' ? 10 : 3 * partBytes);
    await upload(server.client, { Bucket, Key, Body, ...members }, { partBytes });
    const head = await server.client.headObject({ Bucket, Key });
    const { Tagging, ...described } = members;
    expect(head).toMatchObject(described);
    const { TagSet } = await server.client.getObjectTagging({ Bucket, Key });
    expect(TagSet).toEqual([{ Key: 'a', Value: 'b' }]);
  }
});

test('an object that must not be there yet is kept as it is', async () => {
  const input = { Bucket, Key: 'k', IfNoneMatch: '*' };
  await upload(server.client, { ...input, Body: randomBytes(3 * partBytes) }, { partBytes });
  for (const size of [1, 3 * partBytes]) {
    const again = upload(server.client, { ...input, Body: randomBytes(size) }, { partBytes });
    await expect(again).rejects.toMatchObject({ code: 'PreconditionFailed', status: 412 });
  }
  expect(await server.uploadsUnderWay(Bucket)).toBe(0);
});

test('progress grows to the whole, whatever is sent again', async () => {
  const client = server.clientAt(server.proxyEndpoint, { maxAttempts: 5 });
  const failed = new Set<string>();
  server.decide = ({ url, method }) => {
    if (method !== 'PUT' || failed.has(url)) return 'pass';
    failed.add(url);
    return failed.size % 2 === 0 ? 'cut' : 'slow-down';
  };
  for (const total of [100, 4 * partBytes + 1]) {
    const seen: TransferProgress[] = [];
    const Body = randomBytes(total);
    const onProgress = (progress: TransferProgress) => seen.push(progress);
    await upload(client, { Bucket, Key: 'k', Body }, { partBytes, onProgress });
    const bytes = seen.map(({ transferredBytes }) => transferredBytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    expect([bytes[0], bytes.at(-1)]).toEqual([0, total]);
    expect(seen.every(({ totalBytes }) => totalBytes === total)).toBe(true);
    expect((await server.stored(Bucket, 'k')).equals(Body)).toBe(true);
  }
  expect(failed.size).toBe(6);
});

test('parts larger than what is held in memory are read twice, and again if need be', async () => {
  const client = server.clientAt(server.proxyEndpoint);
  const bytes = randomBytes(21 * MiB);
  let lost = 0;
  server.decide = (request) => (partNumberOf(request) === 2 && lost++ === 0 ? 'slow-down' : 'pass');
  const seen: number[] = [];
  const { $transfer, ChecksumType } = await upload(
    client,
    { Bucket, Key: 'k', Body: await fromFile(server.newFile(bytes)) },
    { partBytes: 10 * MiB, onProgress: (one) => seen.push(one.transferredBytes) },
  );
  expect([$transfer.parts, ChecksumType, lost]).toEqual([3, 'FULL_OBJECT', 2]);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.at(-1)).toBe(bytes.length);
  expect((await server.stored(Bucket, 'k')).equals(bytes)).toBe(true);
});

test('connections that are cut in the middle of a part cost that part', async () => {
  const proxy = await startCuttingProxy(server.server.port);
  const client = server.clientAt(proxy.endpoint);
  const bytes = randomBytes(4 * MiB);
  proxy.cutAfter('upload', 700_000);
  await upload(client, { Bucket, Key: 'k', Body: inChunks(bytes) }, { partBytes: MiB });
  expect(proxy.cuts).toBe(1);
  expect((await server.stored(Bucket, 'k')).equals(bytes)).toBe(true);
  client.close();
  await proxy.close();
});

test.each(['file', 'stream'] as const)(
  'an upload that fails leaves nothing behind: %s',
  async (kind) => {
    const client = server.clientAt(server.proxyEndpoint, { maxAttempts: 2 });
    server.decide = (request) => (partNumberOf(request) === 3 ? 'slow-down' : 'pass');
    const Body = await bodyOf(kind, randomBytes(8 * partBytes));
    const failing = upload(client, { Bucket, Key: 'k', Body }, { partBytes, concurrency: 3 });
    await expect(failing).rejects.toMatchObject({ name: 'S3Error', code: 'SlowDown', status: 503 });
    expect(server.seen().filter(({ method }) => method === 'DELETE').length).toBe(1);
    expect(await server.uploadsUnderWay(Bucket)).toBe(0);
    await expect(server.stored(Bucket, 'k')).rejects.toMatchObject({ code: 'NoSuchKey' });
  },
);

test.each(['file', 'stream'] as const)(
  'an upload that is aborted leaves nothing behind: %s',
  async (kind) => {
    const client = server.clientAt(server.proxyEndpoint);
    const stop = new AbortController();
    const reason = new Error('enough');
    server.decide = (request) => {
      if (partNumberOf(request) !== 4) return 'pass';
      stop.abort(reason);
      return 'stall';
    };
    const Body = await bodyOf(kind, randomBytes(8 * partBytes));
    const options = { partBytes, concurrency: 2, signal: stop.signal };
    await expect(upload(client, { Bucket, Key: 'k', Body }, options)).rejects.toBe(reason);
    expect(await server.uploadsUnderWay(Bucket)).toBe(0);
    const sent = server.seen().length;
    await expect(upload(client, { Bucket, Key: 'k', Body: 'x' }, options)).rejects.toBe(reason);
    expect(server.seen().length).toBe(sent);
  },
);

test('an abort doesn’t wait for a stream that stands still', async () => {
  for (const before of [[], [randomBytes(3 * partBytes)]]) {
    const stop = new AbortController();
    async function* standing() {
      yield* before;
      setImmediate(() => stop.abort(new Error('enough')));
      await new Promise(() => {});
    }
    const options = { partBytes, signal: stop.signal };
    const stuck = upload(server.client, { Bucket, Key: 'k', Body: standing() }, options);
    await expect(stuck).rejects.toThrow('enough');
  }
  expect(await server.uploadsUnderWay(Bucket)).toBe(0);
});

test('a stream that fails ends the upload with its error as the cause', async () => {
  const broken = new Error('the disk is gone');
  async function* breaking() {
    yield randomBytes(3 * partBytes);
    throw broken;
  }
  const error = await upload(
    server.client,
    { Bucket, Key: 'k', Body: breaking() },
    { partBytes },
  ).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(S3Error);
  expect(error).toMatchObject({ code: 'TransferFailed', message: broken.message, cause: broken });
  expect(await server.uploadsUnderWay(Bucket)).toBe(0);
});

test('a stream that is said to have another length is refused', async () => {
  for (const ContentLength of [3 * partBytes - 1, 3 * partBytes + 1]) {
    const Body = inChunks(randomBytes(3 * partBytes));
    const input = { Bucket, Key: 'k', Body, ContentLength };
    const refused = upload(server.client, input, { partBytes });
    await expect(refused).rejects.toMatchObject({ code: 'InvalidInput' });
  }
  expect(await server.uploadsUnderWay(Bucket)).toBe(0);
  const said = 3 * partBytes;
  const input = { Bucket, Key: 'k', Body: inChunks(randomBytes(said)), ContentLength: said };
  expect((await upload(server.client, input, { partBytes })).$transfer.parts).toBe(3);
});

test('a file that changes meanwhile isn’t taken for the whole', async () => {
  const client = server.clientAt(server.proxyEndpoint);
  const path = server.newFile(randomBytes(6 * partBytes));
  server.decide = (request) => {
    if (partNumberOf(request) === 2) appendFileSync(path, 'more');
    return 'pass';
  };
  const Body = await fromFile(path);
  const changed = upload(client, { Bucket, Key: 'k', Body }, { partBytes, concurrency: 1 });
  await expect(changed).rejects.toMatchObject({ code: 'InvalidInput' });
  expect(await server.uploadsUnderWay(Bucket)).toBe(0);
});

test('an upload whose last answer was lost is done', async () => {
  const client = server.clientAt(server.proxyEndpoint);
  let lost = 0;
  server.decide = ({ method, url }) =>
    method === 'POST' && url.includes('?uploadId=') && lost++ === 0 ? 'cut' : 'pass';
  const Body = randomBytes(3 * partBytes);
  await upload(client, { Bucket, Key: 'k', Body }, { partBytes });
  expect(lost).toBe(2);
  expect((await server.stored(Bucket, 'k')).equals(Body)).toBe(true);
});

test('what can’t be is refused before anything is sent', async () => {
  const client = server.clientAt(server.proxyEndpoint);
  const input = { Bucket, Key: 'k', Body: 'x' };
  for (const options of [
    { concurrency: 0 },
    { concurrency: 65 },
    { partBytes: 1.5 },
    { multipartFromBytes: -1 },
    { speed: 3 },
  ]) {
    const refused = upload(client, input, options as object);
    await expect(refused).rejects.toMatchObject({ code: 'InvalidInput' });
  }
  const length = upload(client, { ...input, ContentLength: 2 });
  await expect(length).rejects.toMatchObject({ code: 'InvalidInput' });
  const stream = { ...input, Body: inChunks(randomBytes(1)) };
  for (const options of [{ resumeFrom: server.newPath() }, { multipartFromBytes: 1 }]) {
    const refused = upload(client, stream, options);
    await expect(refused).rejects.toMatchObject({ code: 'InvalidInput' });
  }
  expect(server.seen()).toEqual([]);
});
