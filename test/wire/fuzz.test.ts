/**
 * Whatever comes over the wire, the answer is S3's or HTTP's: an error document where there is a body to
 * an error, never a 500, never silence, and the server serves on.
 *
 * A failing run prints its seed; KIST_FUZZ_SEED replays it, KIST_FUZZ_RUNS asks for more than CI's.
 */
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { oddKeys, put, readText } from '../support/objects.ts';
import {
  ConnectionEnded,
  element,
  outcome,
  RawConnection,
  type RawResponse,
} from '../support/raw-http.ts';
import { s3Client } from '../support/s3-client.ts';
import { chunkedPut, md5Base64, signedV2, signedV4 } from '../support/signed-request.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const seed = Number(process.env.KIST_FUZZ_SEED ?? Date.now() % 0x7fff_ffff);
const numRuns = Number(process.env.KIST_FUZZ_RUNS ?? 2_000);
const answerDeadlineMs = 10_000;
const bucket = 'fuzzed';

let server: RunningServer;
let workers: readonly number[];
/** How often each answer came, to see that the requests reach the operations. */
const outcomes = new Map<string, number>();

beforeAll(async () => {
  console.log(`fuzz: KIST_FUZZ_SEED=${seed} KIST_FUZZ_RUNS=${numRuns}`);
  server = await startServer({ workers: 2 });
  const client = s3Client(server.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await put(client, bucket, 'key', 'content');
  client.destroy();
  workers = server.children();
});
afterAll(() => server?.remove());

const methods = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD') },
  { weight: 1, arbitrary: fc.constantFrom('OPTIONS', 'PATCH', 'TRACE', 'LINK', 'SEARCH') },
);

const visible = (maxLength: number) =>
  fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength,
  });

const paths = fc.oneof(
  fc.constantFrom('/', `/${bucket}`, `/${bucket}/`, `/${bucket}/key`, '/no-such-bucket/key', '//'),
  fc.constantFrom(...oddKeys).map((key) => `/${bucket}/${encodeURIComponent(key)}`),
  visible(60).map((text) => `/${text.replaceAll(/[?#]/g, '')}`),
  visible(30).map((text) => `/${bucket}/${text.replaceAll(/[?#]/g, '')}`),
);

const subresources = [
  'acl',
  'accelerate',
  'cors',
  'delete',
  'encryption',
  'lifecycle',
  'list-type=2',
  'location',
  'logging',
  'notification',
  'object-lock',
  'partNumber=1',
  'policy',
  'replication',
  'restore',
  'select',
  'tagging',
  'torrent',
  'uploadId=x',
  'uploads',
  'versioning',
  'versions',
  'website',
  'attributes',
  'legal-hold',
  'retention',
  'requestPayment',
  'versionId=null',
  'x-id=PutObject',
];
const parameters = [
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'encoding-type',
  'start-after',
  'continuation-token',
  'partNumber',
  'uploadId',
  'versionId',
  'max-uploads',
  'key-marker',
  'upload-id-marker',
  'part-number-marker',
  'max-parts',
  'response-content-type',
  'response-expires',
  'fetch-owner',
  'max-buckets',
  'X-Amz-Signature',
  'X-Amz-Algorithm',
  'AWSAccessKeyId',
  'Expires',
  'Signature',
];
const values = fc.oneof(
  visible(20).map((text) => text.replaceAll(/[&#]/g, '')),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1',
    '1000',
    '10001',
    '99999999999999999999',
    'url',
    '/',
    '%',
    '%00',
    '%ff',
    'null',
  ),
);
const queries = fc
  .array(
    fc.oneof(
      fc.constantFrom(...subresources),
      fc.tuple(fc.constantFrom(...parameters), values).map(([name, value]) => `${name}=${value}`),
      visible(15).map((text) => text.replaceAll('#', '')),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => pairs.join('&'));

const headerNames = [
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'content-md5',
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'expect',
  'date',
  'x-amz-acl',
  'x-amz-grant-read',
  'x-amz-copy-source',
  'x-amz-copy-source-range',
  'x-amz-metadata-directive',
  'x-amz-tagging',
  'x-amz-meta-a',
  'x-amz-checksum-crc32',
  'x-amz-checksum-algorithm',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-trailer',
  'x-amz-storage-class',
  'x-amz-decoded-content-length',
  'x-amz-object-attributes',
  'x-amz-mp-object-size',
  'x-amz-server-side-encryption',
  'x-amz-expected-bucket-owner',
  'x-amz-request-payer',
  'origin',
  'x-amz-bypass-governance-retention',
  'x-http-method-override',
  'accept-encoding',
  'connection',
];
const headerValues = fc.oneof(
  fc.constantFrom(
    'bytes=0-1',
    'bytes=-1',
    'bytes=9-',
    '*',
    '"etag"',
    'private',
    'public-read',
    'COPY',
    'REPLACE',
    'aws-chunked',
    'chunked',
    'gzip',
    '100-continue',
    `${bucket}/key`,
    `/${bucket}/key?versionId=null`,
    'id=mainid',
    'uri=http://acs.amazonaws.com/groups/global/AllUsers',
    'a=b&c=d',
    'AAAAAA==',
    'CRC32',
    'STANDARD',
    'ETag,ObjectParts',
    '0',
    '1',
    '5',
    '-1',
    '99999999999999999999',
    'close',
    'mainid',
    'Wed, 21 Oct 2015 07:28:00 GMT',
    'x-amz-checksum-crc32',
    '',
  ),
  visible(40),
  fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 30,
  }),
);
const headers = fc.dictionary(fc.constantFrom(...headerNames), headerValues, { maxKeys: 5 });

const documents = fc.constantFrom(
  '<Delete><Object><Key>x</Key></Object></Delete>',
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part></CompleteMultipartUpload>',
  '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>',
  '<AccessControlPolicy><Owner><ID>mainid</ID></Owner><AccessControlList/></AccessControlPolicy>',
  '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
  '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
);
/** A document with a piece taken out, doubled or replaced. */
const brokenDocuments = fc
  .tuple(documents, fc.nat(200), fc.nat(30), visible(10))
  .map(([text, at, length, more]) => text.slice(0, at) + more + text.slice(at + length));
const bodies = fc.oneof(
  fc.constant(''),
  documents,
  brokenDocuments,
  visible(200),
  fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

/** How a request is changed after signing; mostly not at all. */
const damages = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'none' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('flip' as const),
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      bit: fc.nat(7),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('more' as const), text: visible(300) }) },
);
type Damage = typeof damages extends fc.Arbitrary<infer Value> ? Value : never;

const signing = fc.constantFrom(
  'v4',
  'v4',
  'v4',
  'v4-unsigned-payload',
  'v2',
  'none',
  'chunked',
  'chunked-unsigned',
);

interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signed: string;
  readonly damage: Damage;
}

const requests: fc.Arbitrary<FuzzedRequest> = fc.record({
  method: methods,
  path: paths,
  query: queries,
  headers,
  body: bodies,
  signed: signing,
  damage: damages,
});

function bytesFor(request: FuzzedRequest): Buffer {
  const { method, path, query, signed } = request;
  const body = Buffer.from(request.body, 'latin1');
  const withMd5: Readonly<Record<string, string>> = query.includes('delete')
    ? { 'content-md5': md5Base64(body) }
    : {};
  const all = { method, path, query, body, headers: { ...withMd5, ...request.headers } };
  switch (signed) {
    case 'v4':
      return signedV4(all).bytes;
    case 'v4-unsigned-payload':
      return signedV4({ ...all, payload: 'UNSIGNED-PAYLOAD' }).bytes;
    case 'v2':
      return signedV2(all).bytes;
    case 'chunked':
    case 'chunked-unsigned':
      return chunkedPut({ path, query, data: [body], signed: signed === 'chunked' }).bytes;
    default:
      return Buffer.concat([
        Buffer.from(signedV4(all).head.replace(/^authorization:.*\r\n/im, ''), 'latin1'),
        body,
      ]);
  }
}

function damaged(bytes: Buffer, damage: Damage): Buffer {
  if (damage.kind === 'cut') return bytes.subarray(0, Math.floor(damage.at * bytes.length));
  if (damage.kind === 'more') return Buffer.concat([bytes, Buffer.from(damage.text)]);
  if (damage.kind === 'none') return bytes;
  const changed = Buffer.from(bytes);
  const at = Math.floor(damage.at * bytes.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << damage.bit);
  return changed;
}

/** The last answer to one request; undefined where the server closed an unfinished one in silence. */
async function answerTo(
  bytes: Buffer,
  head: boolean,
  whole: boolean,
): Promise<RawResponse | undefined> {
  const connection = await RawConnection.open(server.port);
  try {
    await connection.write(bytes);
    if (!whole) connection.end();
    const options = { head, deadlineMs: answerDeadlineMs };
    let response = await connection.response(options);
    while (response.status < 200) response = await connection.response(options);
    return response;
  } catch (error) {
    if (error instanceof ConnectionEnded) return undefined;
    throw error;
  } finally {
    connection.close();
  }
}

/** A client that may have ended its own request early says so by closing its side, and is owed nothing. */
function isWhole({ damage, headers, signed }: FuzzedRequest): boolean {
  if (signed.startsWith('chunked')) return damage.kind === 'none';
  const framed = 'content-length' in headers || 'transfer-encoding' in headers;
  return damage.kind === 'none' && !framed;
}

function check(request: FuzzedRequest, response: RawResponse | undefined): void {
  const found = response === undefined ? 'no answer' : outcome(response);
  outcomes.set(found, (outcomes.get(found) ?? 0) + 1);
  if (response === undefined) {
    expect(isWhole(request)).toBe(false);
    return;
  }
  const { status, body } = response;
  expect([500, 502, 504]).not.toContain(status);
  if (status >= 400 && body.length > 0) {
    expect(element(response, 'Code')).toMatch(/^[A-Z][A-Za-z0-9]+$/);
    expect(element(response, 'Code')).not.toBe('InternalError');
  }
}

test('any request gets an answer of S3 or HTTP', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const bytes = damaged(bytesFor(request), request.damage);
      check(request, await answerTo(bytes, request.method === 'HEAD', isWhole(request)));
    }),
    { seed, numRuns, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true },
  );
}, 300_000);

test('a fair part of them was allowed and had its effect, and many codes were seen', () => {
  const sorted = [...outcomes].toSorted(([, a], [, b]) => b - a);
  console.log('fuzz: answers', Object.fromEntries(sorted));
  const done = sorted.filter(([code]) => code.startsWith('20')).map(([, count]) => count);
  expect(done.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(numRuns / 50);
  expect(outcomes.size).toBeGreaterThan(10);
});

test('any bytes at all get an answer or an end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
      const response = await answerTo(Buffer.from(bytes), false, false);
      if (response !== undefined) {
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.status).toBeLessThan(500);
      }
    }),
    { seed, numRuns: Math.ceil(numRuns / 4) },
  );
}, 120_000);

test('afterwards the same processes serve, and what was stored is there', async () => {
  const client = s3Client(server.endpoint, main);
  await put(client, bucket, 'after', 'still serving');
  expect(await readText(client, bucket, 'after')).toBe('still serving');
  client.destroy();
  expect(server.children()).toEqual(workers);
  expect(server.log()).not.toMatch(/InternalError|uncaught|unhandled/i);
});
