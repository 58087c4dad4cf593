/** A deletion of an account or a namespace that a crash breaks off: it happened or not, and what is still there is usable. */
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccount, deleteAccount } from '../../src/identity/tenants.ts';
import { accountHoldings } from '../../src/store/bucket-limits.ts';
import { main } from '../support/accounts.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';
import { openBeside } from './beside.ts';

let server: RunningServer;
let buckets = 0;
beforeAll(async () => {
  server = await startServer({ workers: 1 });
});
afterAll(() => server.remove());

/** `200`, or what was refused. */
async function making(keys: { accessKeyId: string; secretAccessKey: string }): Promise<string> {
  const client = s3Client(server.endpoint, { ...main, ...keys });
  const asked = client.send(new CreateBucketCommand({ Bucket: `bucket-${++buckets}` }));
  const outcome = await asked.then(
    () => '200',
    () => codeOf(asked),
  );
  client.destroy();
  return outcome;
}

test('what was closed for its deletion and is still there is open again after the next start', async () => {
  await using beside = await openBeside(server.dataDir);
  const { directory, now, store } = beside;
  const holdings = accountHoldings(store.quotas);
  const deps = { directory, holdings, now };
  const wanted = { namespace: 'default', displayName: 'gone' };
  const gone = await createAccount(deps, wanted);
  const kept = await createAccount(deps, { ...wanted, displayName: 'kept' });
  await until(async () => (await making(kept)) === '200', 'the key is good');
  await expect(deleteAccount(deps, kept.accountId)).rejects.toThrow('has buckets');
  await until(async () => (await making(kept)) === '200', 'nothing has changed');

  await deleteAccount(deps, gone.accountId);
  // As of accounts that were there once.
  for (const account of ['buried', 'alive']) await store.quotas.close({ account });
  const again = await createAccount(deps, { ...wanted, accountId: 'alive' });
  await until(async () => (await making(again)) === '200', 'one that comes again is open');
  // Whoever deletes it dies before it is gone.
  const left = await createAccount(deps, { ...wanted, displayName: 'left' });
  expect(await store.quotas.close({ account: left.accountId })).toBe(true);
  await until(async () => (await making(left)) === '403 AllAccessDisabled', 'it is closed');

  await server.kill();
  server = await startServer({ workers: 1, dataDir: server.dataDir });
  await until(async () => (await making(left)) === '200', 'it is open again');
  expect(await store.quotas.closed()).toEqual(
    expect.arrayContaining([{ account: 'buried' }, { account: gone.accountId }]),
  );
  expect(await making(gone)).toBe('403 InvalidAccessKeyId');
});
