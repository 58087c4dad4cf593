/**
 * What happens when the system under the server says no. The faults are real ones, put on the running
 * processes by prlimit(1), which needs no privileges: a file may not grow (EFBIG, which takes the way of a
 * full disk), no file may be opened (EMFILE). Both are taken off again without a restart.
 */
import { execFileSync } from 'node:child_process';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterEach, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { RawConnection } from '../support/raw-http.ts';
import { s3Client } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { isReady, type RunningServer, startServer, until } from '../support/start-server.ts';

const bucket = 'faults';
/** A record, an entry of a pack, a file. */
const sizes = [100, 10_000, 3_000_000];
let server: RunningServer | undefined;
afterEach(() => server?.remove());

async function start(): Promise<RunningServer> {
  server = await startServer({ workers: 1 });
  const client = s3Client(server.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return server;
}

/** A soft limit, so that it can be raised again. */
function limit(pids: readonly number[], resource: string, value: string): void {
  for (const pid of pids) {
    execFileSync('prlimit', ['--pid', String(pid), `--${resource}=${value}:`]);
  }
}

async function page(running: RunningServer, path: string) {
  const response = await fetch(`http://127.0.0.1:${running.consolePort}${path}`);
  return { status: response.status, body: await response.text() };
}

/** As it came, without an SDK's second thoughts. */
async function rawPut(connection: RawConnection, key: string, body: Buffer) {
  const { head } = signedV4({
    method: 'PUT',
    path: `/${bucket}/${key}`,
    body,
    headers: { Expect: '100-continue' },
  });
  await connection.write(head);
  const first = await connection.response();
  if (first.status !== 100) return first;
  await connection.write(body);
  return connection.response();
}

test('on a full disk writes are refused as InsufficientStorage, reads go on, and so do writes when there is room', async () => {
  const running = await start();
  const client = s3Client(running.endpoint, main, { maxAttempts: 1 });
  for (const size of sizes) await put(client, bucket, `before/${size}`, bytesOf(size, size));
  const pids = running.children();

  limit(pids, 'fsize', '0');
  for (const size of sizes) {
    // Many at once: all that wait for one flush hear of its failure.
    const writes = Array.from({ length: 4 }, (_, i) =>
      put(client, bucket, `full/${size}/${i}`, bytesOf(size, i + 1)),
    );
    for (const outcome of await Promise.allSettled(writes)) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { name: 'InsufficientStorage', $metadata: { httpStatusCode: 507 } },
      });
    }
  }
  for (const size of sizes) {
    expect((await read(client, bucket, `before/${size}`)).equals(bytesOf(size, size))).toBe(true);
  }
  const sick = await page(running, '/health/ready');
  expect(sick.status).toBe(503);
  expect(sick.body).toMatch(/"reason":"worker-0: [^"]*[Ff]ile too large/);
  expect((await page(running, '/health/live')).status).toBe(200);
  expect((await page(running, '/metrics')).body).toContain(
    `kist_storage_faults_total{fault="full"} ${4 * sizes.length}\n`,
  );
  expect(running.log()).toMatch(/request failed .*status=507 {2}code=InsufficientStorage/);

  limit(pids, 'fsize', 'unlimited');
  for (const size of sizes) {
    await put(client, bucket, `after/${size}`, bytesOf(size, 7));
    expect((await read(client, bucket, `after/${size}`)).equals(bytesOf(size, 7))).toBe(true);
    expect((await read(client, bucket, `before/${size}`)).equals(bytesOf(size, size))).toBe(true);
    await expect(read(client, bucket, `full/${size}/0`)).rejects.toThrow();
  }
  await until(() => isReady(running.consolePort), 'the server is ready again');
  expect(running.children()).toEqual(pids);
  client.destroy();

  // What was acknowledged is there after a crash, too.
  await running.kill();
  const again = await startServer({ dataDir: running.dataDir, workers: 1 });
  server = again;
  const later = s3Client(again.endpoint, main);
  for (const size of sizes) {
    expect((await read(later, bucket, `before/${size}`)).equals(bytesOf(size, size))).toBe(true);
    expect((await read(later, bucket, `after/${size}`)).equals(bytesOf(size, 7))).toBe(true);
  }
  later.destroy();
});

test('with too many open files a request is answered ServiceUnavailable, and the next one served when there are fewer', async () => {
  const running = await start();
  const connection = await RawConnection.open(running.port);
  const body = bytesOf(3_000_000);
  expect((await rawPut(connection, 'before', body)).status).toBe(200);
  const worker = running.children()[0]!;

  // Those that are open stay so.
  limit([worker], 'nofile', '3');
  const refused = await rawPut(connection, 'refused', body);
  expect(refused.status).toBe(503);
  expect(refused.body.toString()).toContain('<Code>ServiceUnavailable</Code>');
  const sick = await page(running, '/health/ready');
  expect(sick.status).toBe(503);
  expect(sick.body).toContain('too many open files');
  connection.close();

  limit([worker], 'nofile', '1024');
  const next = await RawConnection.open(running.port);
  expect((await rawPut(next, 'after', body)).status).toBe(200);
  next.close();
  await until(() => isReady(running.consolePort), 'the server is ready again');
  expect((await page(running, '/metrics')).body).toContain(
    'kist_storage_faults_total{fault="descriptors"} 1\n',
  );
});
