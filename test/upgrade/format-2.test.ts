/** A data directory from before users and roles, opened by this Kist: `test/fixtures/format-2/README.md`. */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatVersion, readFormat } from '../../src/store/format.ts';
import { openLmdbMetaStore } from '../../src/store/meta/lmdb.ts';
import { recordText } from '../../src/store/record-codec.ts';
import { put, read } from '../support/objects.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

interface Expected {
  readonly key: string;
  readonly versionId?: string;
  readonly size: number;
  readonly sha256: string;
}

const fixture = join(import.meta.dirname, '..', 'fixtures', 'format-2');
const expected = JSON.parse(
  readFileSync(join(fixture, 'expected.json'), 'utf8'),
) as readonly Expected[];
const Bucket = 'second';
const accountOf = (accountId: string, last: number) => ({
  accountId,
  accessKeyId: `KISTFIXTURE${accountId.toUpperCase()}000001`,
  secretAccessKey: `fixtureSecretKey${String(last).padStart(26, '0')}`,
});
const ada = accountOf('ada', 2);
const ben = accountOf('ben', 3);
const secrets = [1, 2, 3].map((last) => accountOf('', last).secretAccessKey);
const env = {
  KIST_ROOT_ACCESS_KEY_ID: 'KISTFIXTUREROOT00001',
  KIST_ROOT_SECRET_ACCESS_KEY: secrets[0]!,
  KIST_ACCOUNTS: JSON.stringify([ada, ben]),
};
const root = mkdtempSync(join(tmpdir(), 'kist-upgrade-2-'));
const dataDir = join(root, 'data');
let server: RunningServer;

async function start(): Promise<void> {
  server = await startServer({ dataDir, env });
}

beforeAll(async () => {
  cpSync(join(fixture, 'data'), dataDir, { recursive: true });
  expect(await stored()).toMatchObject({ version: 2, plainSecrets: secrets });
  await start();
});
afterAll(async () => {
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

/** The format of the directory, and which secrets of access keys are in its records as they are. */
async function stored() {
  const meta = await openLmdbMetaStore({ path: join(dataDir, 'meta') });
  try {
    const range = { table: 'accessKey', part: Buffer.alloc(0), limit: 100 } as const;
    const { entries } = await meta.scan(range);
    const keys = entries.map(({ value }) => recordText(value)).join();
    const plainSecrets = secrets.filter((secret) => keys.includes(secret));
    return { version: (await readFormat(meta))?.version, keys: entries.length, plainSecrets };
  } finally {
    await meta.close();
  }
}

async function readAll(): Promise<void> {
  const client = s3Client(server.endpoint, ada);
  for (const { key, versionId, sha256 } of expected) {
    const bytes = await read(client, Bucket, key, { VersionId: versionId ?? 'null' });
    expect(createHash('sha256').update(bytes).digest('hex'), key).toBe(sha256);
  }
  client.destroy();
}

test('every version is there byte for byte, sealed ones too, with what was said about it', async () => {
  await readAll();
  const client = s3Client(server.endpoint, ada);
  const { Versions = [], DeleteMarkers = [] } = await client.send(
    new ListObjectVersionsCommand({ Bucket }),
  );
  expect(Versions.map(({ Key, Size }) => `${Key} ${Size}`).toSorted()).toEqual(
    expected.map(({ key, size }) => `${key} ${size}`).toSorted(),
  );
  expect(DeleteMarkers.map(({ Key }) => Key)).toEqual(['gone']);
  const sealed = await client.send(new HeadObjectCommand({ Bucket, Key: 'sealed' }));
  expect(sealed.ServerSideEncryption).toBe('AES256');
  const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: 'twice' }));
  expect(TagSet).toEqual([{ Key: 'colour', Value: 'blue' }]);
  client.destroy();
});

test('its accounts have the keys and rights that they had', async () => {
  const client = s3Client(server.endpoint, ben);
  await read(client, Bucket, 'twice');
  await put(client, Bucket, 'from-ben-again', 'x');
  expect(await codeOf(client.send(new ListObjectVersionsCommand({ Bucket })))).toBe(
    '403 AccessDenied',
  );
  client.destroy();
});

test('its accounts have users from then on', async () => {
  const iam = new IAMClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: ada });
  await iam.send(new CreateUserCommand({ UserName: 'new' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'new' }));
  const keys = {
    accessKeyId: AccessKey!.AccessKeyId!,
    secretAccessKey: AccessKey!.SecretAccessKey!,
  };
  const client = s3Client(server.endpoint, keys);
  expect(await codeOf(read(client, Bucket, 'twice'))).toBe('403 AccessDenied');
  client.destroy();
  iam.destroy();
});

test('it is of the new format from then on, its secrets sealed, and opens again', async () => {
  expect((await server.stop()).code).toBe(0);
  expect(await stored()).toEqual({ version: formatVersion, keys: 4, plainSecrets: [] });
  await start();
  await readAll();
});
