/** Transfers that were killed, and go on: what is there isn't sent or fetched again, and what doesn't fit is told. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  download,
  fromFile,
  type TransferProgress,
  type UploadInput,
  upload,
} from '../../src/client/index.ts';
import { until } from '../support/start-server.ts';
import { startTransfer } from './support/transfer-process.ts';
import {
  isGet,
  partBytes,
  partNumberOf,
  randomBytes,
  sameFile,
  startTransferServer,
  type TransferServer,
} from './support/transfer-server.ts';

let server: TransferServer;
let Bucket: string;
const Key = 'k';

beforeAll(async () => {
  server = await startTransferServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.reset();
  Bucket = await server.newBucket();
});

const client = () => server.clientAt(server.proxyEndpoint);

interface UploadState {
  readonly uploadId: string;
}

async function partsThere(resumeFrom: string): Promise<readonly number[]> {
  if (!existsSync(resumeFrom)) return [];
  const { uploadId: UploadId } = JSON.parse(readFileSync(resumeFrom, 'utf8')) as UploadState;
  const { Parts = [] } = await server.client.listParts({ Bucket, Key, UploadId });
  return Parts.map(({ PartNumber = 0 }) => PartNumber);
}

/** An upload of 12 parts that was killed when the server had five of them. */
async function killedUpload() {
  const bytes = randomBytes(12 * partBytes - 99);
  const path = server.newFile(bytes);
  const resumeFrom = server.newPath();
  let passed = 0;
  server.decide = (request) => {
    if (partNumberOf(request) === undefined) return 'pass';
    return ++passed > 5 ? 'stall' : 'pass';
  };
  const child = startTransfer({
    what: 'upload',
    endpoint: server.proxyEndpoint,
    ...{ Bucket, Key, path, resumeFrom, partBytes },
  });
  await until(async () => (await partsThere(resumeFrom)).length === 5, 'five parts are there');
  await child.kill();
  const there = await partsThere(resumeFrom);
  server.reset();
  const Body = await fromFile(path);
  const again = (more: Partial<UploadInput> = {}, options: object = {}) =>
    upload(client(), { Bucket, Key, Body, ...more }, { partBytes, resumeFrom, ...options });
  return { bytes, path, resumeFrom, there, again };
}

const partsSent = () =>
  server
    .seen()
    .map(partNumberOf)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b);

test('an upload that was killed goes on: what is there isn’t sent again', async () => {
  const { bytes, resumeFrom, there, again } = await killedUpload();
  expect(statSync(resumeFrom).mode & 0o777).toBe(0o600);
  const seen: TransferProgress[] = [];
  const { $transfer, ChecksumType } = await again(
    {},
    {
      onProgress: (one: TransferProgress) => seen.push(one),
    },
  );
  expect($transfer).toEqual({ bytes: bytes.length, parts: 12, resumedParts: 5 });
  const all = Array.from({ length: 12 }, (_, at) => at + 1);
  expect(partsSent()).toEqual(all.filter((number) => !there.includes(number)));
  expect(ChecksumType).toBe('FULL_OBJECT');
  expect(seen[0]!.transferredBytes).toBe(5 * partBytes);
  expect(seen.at(-1)!.transferredBytes).toBe(bytes.length);
  expect((await server.stored(Bucket, Key)).equals(bytes)).toBe(true);
  expect(await server.uploadsUnderWay(Bucket)).toBe(0);
  expect(existsSync(resumeFrom)).toBe(false);
});

test.each([
  [
    'the file has changed',
    async (path: string) => writeFileSync(path, randomBytes(9 * partBytes)),
    {},
    {},
  ],
  ['the file has become small', async (path: string) => writeFileSync(path, 'small'), {}, {}],
  ['the size of parts is another', async () => {}, {}, { partBytes: partBytes + 1 }],
  ['something else was asked for', async () => {}, { ContentType: 'a/b' }, {}],
  ['the checksum is another', async () => {}, { ChecksumAlgorithm: 'CRC64NVME' }, {}],
] as const)('an upload begins anew if %s', async (_, change, more, options) => {
  const { path, resumeFrom, again } = await killedUpload();
  await change(path);
  const Body = await fromFile(path);
  const { $transfer } = await again({ Body, ...more }, options);
  expect($transfer.resumedParts).toBe(0);
  expect((await server.stored(Bucket, Key)).equals(readFileSync(path))).toBe(true);
  expect(await server.uploadsUnderWay(Bucket)).toBe(0);
  expect(existsSync(resumeFrom)).toBe(false);
});

test('an upload that is gone at the server begins anew', async () => {
  const { bytes, resumeFrom, again } = await killedUpload();
  const { uploadId: UploadId } = JSON.parse(readFileSync(resumeFrom, 'utf8')) as UploadState;
  await server.client.abortMultipartUpload({ Bucket, Key, UploadId });
  expect((await again()).$transfer).toMatchObject({ parts: 12, resumedParts: 0 });
  expect((await server.stored(Bucket, Key)).equals(bytes)).toBe(true);
});

test('parts that are not as they should be are sent again', async () => {
  const { bytes, resumeFrom, there, again } = await killedUpload();
  const { uploadId: UploadId } = JSON.parse(readFileSync(resumeFrom, 'utf8')) as UploadState;
  const part = { Bucket, Key, UploadId, PartNumber: there[0]!, Body: randomBytes(partBytes - 1) };
  await server.client.uploadPart(part);
  expect((await again()).$transfer).toMatchObject({ parts: 12, resumedParts: 4 });
  expect((await server.stored(Bucket, Key)).equals(bytes)).toBe(true);
});

test('parts that have other bytes than the file are sent again', async () => {
  const { bytes, resumeFrom, there, again } = await killedUpload();
  const { uploadId: UploadId } = JSON.parse(readFileSync(resumeFrom, 'utf8')) as UploadState;
  const PartNumber = there.find((number) => number < 12)!;
  const part = { Bucket, Key, UploadId, PartNumber, Body: randomBytes(partBytes) };
  await server.client.uploadPart({ ...part, ChecksumAlgorithm: 'CRC32' });
  expect((await again()).$transfer).toMatchObject({ parts: 12, resumedParts: 4 });
  expect((await server.stored(Bucket, Key)).equals(bytes)).toBe(true);
});

test('an upload to a server that knows no checksums goes on by the MD5s of its parts', async () => {
  const bytes = randomBytes(10 * partBytes);
  const Body = await fromFile(server.newFile(bytes));
  const options = { partBytes, resumeFrom: server.newPath(), concurrency: 1 };
  const old = server.clientAt(server.proxyEndpoint, { requestChecksums: 'whenRequired' });
  server.decide = (request) => (partNumberOf(request) === 4 ? 'slow-down' : 'pass');
  await expect(upload(old, { Bucket, Key, Body }, options)).rejects.toMatchObject({ status: 503 });
  server.reset();
  const { $transfer } = await upload(old, { Bucket, Key, Body }, options);
  expect($transfer).toMatchObject({ parts: 10, resumedParts: 3 });
  expect((await server.stored(Bucket, Key)).equals(bytes)).toBe(true);
});

test('an upload that fails or is aborted may be gone on with', async () => {
  const bytes = randomBytes(10 * partBytes);
  const Body = await fromFile(server.newFile(bytes));
  const resumeFrom = server.newPath();
  const options = { partBytes, resumeFrom, concurrency: 1 };
  server.decide = (request) => (partNumberOf(request) === 4 ? 'slow-down' : 'pass');
  const failing = upload(client(), { Bucket, Key, Body }, options);
  await expect(failing).rejects.toMatchObject({ code: 'SlowDown' });
  const stop = new AbortController();
  server.decide = (request) => {
    if (partNumberOf(request) === 7) stop.abort(new Error('enough'));
    return 'pass';
  };
  const stopped = upload(client(), { Bucket, Key, Body }, { ...options, signal: stop.signal });
  await expect(stopped).rejects.toThrow('enough');
  expect(await server.uploadsUnderWay(Bucket)).toBe(1);
  server.reset();
  const { $transfer } = await upload(client(), { Bucket, Key, Body }, options);
  expect($transfer.resumedParts).toBeGreaterThanOrEqual(6);
  expect(partsSent().length).toBe(10 - $transfer.resumedParts);
  expect((await server.stored(Bucket, Key)).equals(bytes)).toBe(true);
});

interface DownloadState {
  readonly ranges: readonly (readonly [number, string])[];
  readonly suffix: string;
}

const stateOf = (path: string): DownloadState =>
  existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as DownloadState)
    : { ranges: [], suffix: '' };

/** A download of 12 ranges that was killed when five of them had come. */
async function killedDownload() {
  const bytes = randomBytes(12 * partBytes - 99);
  await server.client.putObject({ Bucket, Key, Body: bytes });
  const path = server.newPath();
  const resumeFrom = server.newPath();
  let passed = 0;
  server.decide = (request) => (isGet(request) && ++passed > 5 ? 'stall' : 'pass');
  const child = startTransfer({
    what: 'download',
    endpoint: server.proxyEndpoint,
    ...{ Bucket, Key, path, resumeFrom, partBytes },
  });
  await until(() => stateOf(resumeFrom).ranges.length === 5, 'five ranges have come');
  await child.kill();
  expect(existsSync(path)).toBe(false);
  server.reset();
  const again = (options: object = {}) =>
    download(client(), { Bucket, Key }, path, { partBytes, resumeFrom, ...options });
  return { bytes, path, resumeFrom, partial: `${path}.${stateOf(resumeFrom).suffix}.part`, again };
}

const rangesFetched = () => server.seen().filter(isGet).length;

test('a download that was killed goes on: what is there isn’t fetched again', async () => {
  const { bytes, path, resumeFrom, again } = await killedDownload();
  expect(statSync(resumeFrom).mode & 0o777).toBe(0o600);
  const seen: TransferProgress[] = [];
  const { $transfer } = await again({ onProgress: (one: TransferProgress) => seen.push(one) });
  expect($transfer.bytes).toBe(bytes.length);
  expect($transfer.resumedBytes).toBeGreaterThanOrEqual(5 * partBytes - 99);
  expect(rangesFetched()).toBe(7);
  expect(seen[0]!.transferredBytes).toBe($transfer.resumedBytes);
  expect(seen.at(-1)!.transferredBytes).toBe(bytes.length);
  expect(sameFile(path, bytes)).toBe(true);
  expect(existsSync(resumeFrom)).toBe(false);
  expect(server.besides(path).length).toBe(1);
});

test('ranges that the disk has lost are fetched again', async () => {
  const { bytes, path, resumeFrom, partial, again } = await killedDownload();
  const [[index] = [0]] = stateOf(resumeFrom).ranges;
  const written = readFileSync(partial);
  written.fill(0, index * partBytes, index * partBytes + 4096);
  writeFileSync(partial, written);
  await again();
  expect(rangesFetched()).toBe(8);
  expect(sameFile(path, bytes)).toBe(true);
});

test('a download whose unfinished file is gone begins anew', async () => {
  const { bytes, path, partial, again } = await killedDownload();
  writeFileSync(partial, '');
  expect((await again()).$transfer.resumedBytes).toBe(0);
  expect(sameFile(path, bytes)).toBe(true);
});

test('a download of an object that has been replaced begins anew, and leaves nothing of the old', async () => {
  const { path, again } = await killedDownload();
  const bytes = randomBytes(10 * partBytes);
  await server.client.putObject({ Bucket, Key, Body: bytes });
  expect((await again()).$transfer.resumedBytes).toBe(0);
  expect(sameFile(path, bytes)).toBe(true);
  expect(server.besides(path).length).toBe(1);
});

test('a download that fails or is aborted may be gone on with', async () => {
  const bytes = randomBytes(10 * partBytes);
  await server.client.putObject({ Bucket, Key, Body: bytes, ChecksumAlgorithm: 'SHA256' });
  const path = server.newPath();
  const resumeFrom = server.newPath();
  const options = { partBytes, resumeFrom, concurrency: 2 };
  let gets = 0;
  server.decide = (request) => (isGet(request) && ++gets > 3 ? 'slow-down' : 'pass');
  const failing = download(client(), { Bucket, Key }, path, options);
  await expect(failing).rejects.toMatchObject({ status: 503 });
  const noted = stateOf(resumeFrom).ranges.length;
  expect(noted).toBeGreaterThanOrEqual(2);
  const stop = new AbortController();
  const onProgress = ({ transferredBytes }: TransferProgress) => {
    if (transferredBytes > 7 * partBytes) stop.abort(new Error('enough'));
  };
  server.reset();
  const more = { ...options, onProgress, signal: stop.signal };
  await expect(download(client(), { Bucket, Key }, path, more)).rejects.toThrow('enough');
  const later = stateOf(resumeFrom).ranges.length;
  expect(later).toBeGreaterThan(noted);
  server.reset();
  await download(client(), { Bucket, Key }, path, options);
  expect(rangesFetched()).toBe(10 - later);
  expect(sameFile(path, bytes)).toBe(true);
});

test('a state of something else is refused, and stays as it is', async () => {
  const { path, resumeFrom } = await killedDownload();
  const Body = await fromFile(server.newFile(randomBytes(3 * partBytes)));
  const refused = { code: 'InvalidInput' };
  const letter = server.newFile(Buffer.from('dear'));
  for (const state of [letter, server.newFile(Buffer.from('{"kind":"kist upload"}')), resumeFrom]) {
    const before = readFileSync(state);
    const options = { partBytes, resumeFrom: state };
    const up = upload(client(), { Bucket, Key, Body }, options);
    await expect(up).rejects.toMatchObject(refused);
    const other = state === resumeFrom ? `${path}-other` : path;
    await expect(download(client(), { Bucket, Key }, other, options)).rejects.toMatchObject(
      refused,
    );
    await server.client.putObject({ Bucket, Key: 'other', Body: 'x' });
    const key = download(client(), { Bucket, Key: 'other' }, path, options);
    await expect(key).rejects.toMatchObject(refused);
    expect(readFileSync(state).equals(before)).toBe(true);
  }
  const bytes = upload(client(), { Bucket, Key, Body: 'x' }, { resumeFrom: server.newPath() });
  await expect(bytes).rejects.toMatchObject(refused);
});
