/** Who may not see what there is doesn't learn it from what they are refused. */
import {
  CopyObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { alt, main, type TestAccount, tenant } from '../support/accounts.ts';
import { exchange, type RawResponse, requestHead } from '../support/raw-http.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
await server.main.send(
  new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
);
const { VersionId } = await server.main.send(
  new PutObjectCommand({ Bucket, Key: 'there', Body: 'secret', Tagging: 'a=b' }),
);

async function ask(method: string, path: string, query = '', account?: TestAccount, headers = {}) {
  const target = query === '' ? path : `${path}?${query}`;
  const bytes =
    account === undefined
      ? requestHead(method, target, { Host: 'localhost', ...headers })
      : signedV4({ method, path, query, account, headers }).bytes;
  return exchange(server.port, bytes, { head: method === 'HEAD' });
}

/** All that a client could tell two answers apart by, with what it asked for blanked. */
function told({ status, headers, body }: RawResponse, asked: string): string {
  const { date: _, 'x-amz-request-id': __, ...rest } = headers;
  const text = body
    .toString()
    .replaceAll(/<(RequestId|HostId)>[^<]*/g, '<$1>')
    .replaceAll(asked, '*');
  const names = Object.entries(rest).filter(([name]) => name !== 'content-length');
  return JSON.stringify([status, names, text]);
}

const strangers = { nobody: undefined, 'another account': alt, 'another namespace': tenant };
const questions = [
  ['GET', ''],
  ['HEAD', ''],
  ['GET', 'tagging'],
  ['GET', 'acl'],
  ['GET', 'attributes'],
  ['GET', 'retention'],
  ['GET', 'uploads'],
  ['DELETE', ''],
  ['PUT', 'tagging'],
] as const;

describe.each(Object.entries(strangers))('to %s', (_, account) => {
  test.each(questions)('%s ?%s of a key tells not whether it is there', async (method, query) => {
    const path = (key: string) => `/${Bucket}/${key}`;
    const [there, none] = await Promise.all(
      ['there', 'nones'].map(async (key) =>
        told(await ask(method, path(key), query, account), key),
      ),
    );
    expect(there).toBe(none);
  });

  test('nor does a version of it', async () => {
    const asked = [VersionId!, `${VersionId!.slice(0, -1)}${VersionId!.endsWith('0') ? '1' : '0'}`];
    const [there, none] = await Promise.all(
      asked.map(async (id) =>
        told(await ask('GET', `/${Bucket}/there`, `versionId=${id}`, account), id),
      ),
    );
    expect(there).toBe(none);
  });

  test('nor does a condition, a range or a prefix', async () => {
    for (const headers of [
      { 'if-none-match': '*' },
      { range: 'bytes=0-1' },
      { 'if-match': '"x"' },
    ]) {
      const [there, none] = await Promise.all(
        ['there', 'nones'].map(async (key) =>
          told(await ask('GET', `/${Bucket}/${key}`, '', account, headers), key),
        ),
      );
      expect(there).toBe(none);
    }
    const [prefix, other] = await Promise.all(
      ['there', 'nones'].map(async (key) =>
        told(await ask('GET', `/${Bucket}`, `prefix=${key}`, account), key),
      ),
    );
    expect(prefix).toBe(other);
  });
});

test('a bucket of another namespace is like none at all', async () => {
  const other = Bucket.replace('bucket', 'absent');
  for (const [method, query] of [
    ['GET', ''],
    ['HEAD', ''],
    ['GET', 'acl'],
    ['GET', 'policy'],
    ['DELETE', ''],
  ] as const) {
    const answers = await Promise.all(
      [Bucket, other].map(async (name) => told(await ask(method, `/${name}`, query, tenant), name)),
    );
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).toMatch(/^\[404,/);
  }
});

test('a source that may not be read is refused like one that is not there', async () => {
  const own = await server.createBucket(server.alt);
  const copy = (client: S3Client, key: string) =>
    client
      .send(new CopyObjectCommand({ Bucket: own, Key: 'copy', CopySource: `${Bucket}/${key}` }))
      .then(
        () => 'copied',
        (error: Error) => `${error.name}: ${error.message}`,
      );
  const answers = await Promise.all(['there', 'nones'].map((key) => copy(server.alt, key)));
  expect(answers).toEqual(Array(2).fill('AccessDenied: Access Denied'));
});

test('a key that exists and a wrong secret tell no more of each other than AWS does', async () => {
  const wrong = { ...main, secretAccessKey: 'wrong' };
  const existing = await ask('GET', `/${Bucket}/there`, '', wrong);
  const missing = await ask('GET', `/${Bucket}/nones`, '', wrong);
  expect([existing.status, missing.status]).toEqual([403, 403]);
  expect(existing.body.toString()).not.toContain('VersionId');
});
