/** `createKist()` as other people's tests use it: in their process, many at once, gone without trace. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { createKist } from '../../src/index.ts';
import { main, testAccounts } from '../support/accounts.ts';
import { bytesOf, put, read, readText } from '../support/objects.ts';
import { RawConnection } from '../support/raw-http.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';

const directory = mkdtempSync(join(tmpdir(), 'kist-embedding-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('starts on a free port with a key pair of its own, and works', async () => {
  await using kist = await createKist({ memory: true });
  expect(new URL(kist.endpoint).hostname).toBe('127.0.0.1');
  const client = s3Client(kist.endpoint, kist.credentials);
  await client.send(new CreateBucketCommand({ Bucket: 'embedded' }));
  await put(client, 'embedded', 'key', 'content');
  expect(await readText(client, 'embedded', 'key')).toBe('content');
  client.destroy();
});

test('without any option it keeps everything in memory', async () => {
  await using kist = await createKist();
  const client = s3Client(kist.endpoint, kist.credentials);
  expect((await client.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  client.destroy();
});

test('several at once know nothing of each other', async () => {
  const servers = await Promise.all(Array.from({ length: 5 }, () => createKist({ memory: true })));
  expect(new Set(servers.map(({ endpoint }) => endpoint)).size).toBe(5);
  for (const [index, { endpoint, credentials }] of servers.entries()) {
    const client = s3Client(endpoint, credentials);
    await client.send(new CreateBucketCommand({ Bucket: 'same-name' }));
    await put(client, 'same-name', 'key', `server ${index}`);
    client.destroy();
  }
  for (const [index, { endpoint, credentials }] of servers.entries()) {
    const client = s3Client(endpoint, credentials);
    expect(await readText(client, 'same-name', 'key')).toBe(`server ${index}`);
    client.destroy();
  }
  await Promise.all(servers.map((server) => server.close()));
});

test('the keys of one server are unknown to another', async () => {
  await using one = await createKist({ memory: true });
  await using other = await createKist({ memory: true });
  const client = s3Client(other.endpoint, one.credentials);
  expect(await codeOf(client.send(new ListBucketsCommand({})))).toBe('403 InvalidAccessKeyId');
  client.destroy();
});

test('accounts may be given', async () => {
  await using kist = await createKist({ memory: true, accounts: testAccounts });
  const client = s3Client(kist.endpoint, main);
  const { Owner } = await client.send(new ListBucketsCommand({}));
  expect(Owner?.ID).toBe(main.accountId);
  client.destroy();
});

test('a data directory keeps everything from one server to the next', async () => {
  const dataDir = join(directory, 'kept');
  const options = { dataDir, accounts: testAccounts };
  const bodies = [bytesOf(10, 1), bytesOf(100_000, 2), bytesOf(2_000_000, 3)];
  {
    await using kist = await createKist(options);
    const client = s3Client(kist.endpoint, main);
    await client.send(new CreateBucketCommand({ Bucket: 'kept' }));
    for (const [index, body] of bodies.entries()) await put(client, 'kept', `${index}`, body);
    client.destroy();
  }
  await using kist = await createKist(options);
  const client = s3Client(kist.endpoint, main);
  for (const [index, body] of bodies.entries()) {
    expect((await read(client, 'kept', `${index}`)).equals(body)).toBe(true);
  }
  client.destroy();
});

test('one data directory has one server at a time', async () => {
  const dataDir = join(directory, 'contended');
  await using _first = await createKist({ dataDir });
  await expect(createKist({ dataDir })).rejects.toThrow(/data|directory|use/i);
});

test('close lets a request in flight end, takes no new one, and may be called twice', async () => {
  const kist = await createKist({ memory: true, accounts: testAccounts });
  const client = s3Client(kist.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket: 'closing' }));
  client.destroy();
  const port = Number(new URL(kist.endpoint).port);
  const connection = await RawConnection.open(port);
  const { head } = signedV4({
    method: 'PUT',
    path: '/closing/key',
    body: 'in flight',
    headers: { Expect: '100-continue' },
  });
  await connection.write(head);
  expect((await connection.response()).status).toBe(100);
  const closing = kist.close();
  await connection.write('in flight');
  expect((await connection.response()).status).toBe(200);
  await Promise.all([closing, kist.close()]);
  await expect(RawConnection.open(port)).rejects.toThrow(/ECONNREFUSED/);
  connection.close();
});

test('after close nothing keeps the process alive', async () => {
  const built = join(import.meta.dirname, '../../dist/index.js');
  expect(existsSync(built)).toBe(true);
  const program = join(directory, 'program.mjs');
  writeFileSync(
    program,
    `import { createKist } from ${JSON.stringify(pathToFileURL(built).href)};
    for (const options of [{ memory: true }, { dataDir: ${JSON.stringify(join(directory, 'exit'))} }]) {
      const kist = await createKist(options);
      await (await fetch(kist.endpoint)).text();
      await kist.close();
    }
    console.log('closed');`,
  );
  // Killed, and with it the test failed, if it doesn't end by itself.
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 30_000 });
  expect(stdout).toBe('closed\n');
});
