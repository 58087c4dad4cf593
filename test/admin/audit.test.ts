/** The audit log as the admin API reads it back: for the root all of it, for others what their own keys were used for. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alt, main, type TestAccount } from '../support/accounts.ts';
import { exchange, outcome, requestHead } from '../support/raw-http.ts';
import { runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { command, type RunningServer, startServer, until } from '../support/start-server.ts';
import { adminClient, root } from './checked-client.ts';

const auditLog = join(tmpdir(), `kist-admin-audit-${process.pid}.jsonl`);
const Bucket = 'audited';
let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ env: { KIST_AUDIT_LOG: auditLog, KIST_AUDIT_LOG_FILES: '2' } });
  const s3 = s3Client(server.endpoint, main);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
});
afterAll(async () => {
  await server?.remove();
  for (const end of ['', '.1', '.2']) rmSync(`${auditLog}${end}`, { force: true });
});

const as = (keys: Pick<TestAccount, 'accessKeyId' | 'secretAccessKey'>) =>
  adminClient(server.consolePort, keys);
const recordsOf = async (keys: TestAccount | typeof root, question: object = {}) =>
  (await as(keys).call('listAuditRecords', question)).items;

test('what was done is told to whose keys did it and to the root, the newest first', async () => {
  await until(
    async () => (await recordsOf(main, { action: 'DeleteObject' })).length === 1,
    'the delete is told',
  );
  const own = await recordsOf(main);
  const actions = own.map(({ action }) => action);
  expect(actions.indexOf('DeleteObject')).toBeLessThan(actions.indexOf('CreateBucket'));
  const [deleted] = await recordsOf(main, { action: 'DeleteObject', service: 's3' });
  expect(deleted).toMatchObject({
    outcome: 'done',
    resource: `arn:aws:s3:::${Bucket}/a`,
    who: { accessKeyId: main.accessKeyId, account: main.accountId },
  });
  expect(await recordsOf(root, { requestId: deleted!.requestId })).toEqual([deleted]);
  expect(await recordsOf(alt, { requestId: deleted!.requestId })).toEqual([]);
});

test('why a signature did not hold is told to the owner of the key, and to no other account', async () => {
  const request = { method: 'GET', path: `/${Bucket}/a` };
  const { headers } = signedV4({ ...request, host: 'storage.example.com:9000' });
  const moved = requestHead(request.method, request.path, {
    ...headers,
    host: 'storage.example.com',
  });
  const answer = await exchange(server.port, moved);
  expect(outcome(answer)).toBe('403 SignatureDoesNotMatch');
  const denied = { outcome: 'denied', limit: 1 };
  await until(
    async () => (await recordsOf(main, denied))[0]?.code === 'SignatureDoesNotMatch',
    'the refusal is told',
  );
  const [record] = await recordsOf(main, denied);
  expect(record!.who).toEqual({ accessKeyId: main.accessKeyId });
  expect(record!.reason).toContain('storage.example.com:9000');
  expect(await recordsOf(alt, { requestId: record!.requestId })).toEqual([]);
});

test('pages follow each other without a gap', async () => {
  const { call, refused } = as(root);
  const all = await recordsOf(root, { limit: 1000, service: 's3' });
  const found: object[] = [];
  let after: string | undefined;
  do {
    const page = await call('listAuditRecords', { limit: 1, service: 's3', after });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  expect(found).toEqual(all);
  expect(await refused('listAuditRecords', { after: '1.1' })).toBe('400 InvalidRequest');
  expect(await refused('listAuditRecords', { outcome: 'maybe' as 'done' })).toBe(
    '400 InvalidRequest',
  );
});

test('kist audit shows it', async () => {
  const alias = join(tmpdir(), `kist-audit-alias-${process.pid}`);
  const kist = (...args: readonly string[]) =>
    runProgram(process.execPath, [command, ...args], {
      env: { KIST_CONFIG_HOME: alias, KIST_SECRET_ACCESS_KEY: main.secretAccessKey },
    });
  try {
    const set = ['alias', 'set', 'main', server.endpoint, '--access-key-id', main.accessKeyId];
    const named = await kist(...set, '--console-url', `http://127.0.0.1:${server.consolePort}`);
    expect(named.code, named.stderr).toBe(0);
    const shown = await kist('audit', '--alias', 'main', '--action', 'DeleteObject');
    expect(shown.stdout, shown.stderr).toMatch(
      new RegExp(`s3:DeleteObject +arn:aws:s3:::${Bucket}/a +done`),
    );
    const json = await kist('audit', '--alias', 'main', '--limit', '1', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ type: 'audit', who: {} });
  } finally {
    rmSync(alias, { recursive: true, force: true });
  }
});

test('a server without the file says so', async () => {
  const other = await startServer();
  try {
    const { refused } = adminClient(other.consolePort, root);
    expect(await refused('listAuditRecords', {})).toBe('404 NotFound');
  } finally {
    await other.remove();
  }
});
