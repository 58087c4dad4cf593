/** What happens to requests when processes of the server die or are asked to end. */
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterEach, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { bytesOf, put, read, readText } from '../support/objects.ts';
import { exchange, RawConnection, requestHead } from '../support/raw-http.ts';
import { s3Client } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { isReady, type RunningServer, startServer, until } from '../support/start-server.ts';

const bucket = 'processes';
let server: RunningServer | undefined;
afterEach(() => server?.remove());

async function start(): Promise<RunningServer> {
  server = await startServer({ workers: 2 });
  const client = s3Client(server.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return server;
}

test('any one process may be killed: requests succeed when tried again, and it comes back', async () => {
  const { endpoint, children, consolePort, exited } = await start();
  let supervisorEnded = false;
  void exited.then(() => {
    supervisorEnded = true;
  });
  const client = s3Client(endpoint, main, { maxAttempts: 8 });
  const before = children();
  expect(before.length).toBeGreaterThanOrEqual(2);
  for (const [index, pid] of before.entries()) {
    const body = bytesOf(200_000, index + 1);
    const writes = Array.from({ length: 10 }, (_, write) =>
      put(client, bucket, `${index}/${write}`, body),
    );
    process.kill(pid, 'SIGKILL');
    await Promise.all(writes);
    await until(() => {
      const now = children();
      return !now.includes(pid) && now.length === before.length;
    }, `process ${pid} is replaced`);
    await until(() => isReady(consolePort), 'the server is ready again');
    for (let write = 0; write < 10; write++) {
      expect((await read(client, bucket, `${index}/${write}`)).equals(body)).toBe(true);
    }
  }
  expect(supervisorEnded).toBe(false);
  client.destroy();
});

test('a worker that is killed takes its own connections with it and no others', async () => {
  const { port, consolePort, children, pid } = await start();
  const head = requestHead('GET', '/', { Host: 'localhost' });
  // Dealt out to both workers.
  const connections = await Promise.all(Array.from({ length: 8 }, () => RawConnection.open(port)));
  for (const connection of connections) {
    await connection.write(head);
    expect((await connection.response()).status).toBe(403);
  }
  const before = children();
  // The process for jobs is started last.
  process.kill(before[0]!, 'SIGKILL');
  const outcomes = await Promise.allSettled(
    connections.map(async (connection) => {
      await connection.write(head);
      return (await connection.response()).status;
    }),
  );
  const served = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  expect(served.length).toBeGreaterThan(0);
  expect(served.length).toBeLessThan(connections.length);
  for (const { value } of served) expect(value).toBe(403);
  for (const connection of connections) connection.close();
  await until(() => isReady(consolePort), 'it is back');
  expect(children()).toHaveLength(before.length);
  expect(children()).not.toContain(before[0]);
  expect(children()).not.toContain(pid);
});

test('SIGTERM lets a slow upload end, takes no new connection, and ends with 0', async () => {
  const { port, stop, dataDir } = await start();
  const connection = await RawConnection.open(port);
  const body = bytesOf(300_000);
  const { head } = signedV4({
    method: 'PUT',
    path: `/${bucket}/slow`,
    body,
    headers: { Expect: '100-continue' },
  });
  await connection.write(head);
  expect((await connection.response()).status).toBe(100);
  await connection.write(body.subarray(0, 100_000));
  const stopped = stop();
  await until(async () => {
    try {
      (await RawConnection.open(port)).close();
      return false;
    } catch {
      return true;
    }
  }, 'new connections are refused');
  await connection.write(body.subarray(100_000));
  const response = await connection.response();
  expect(response.status).toBe(200);
  expect(response.headers.connection).toBe('close');
  expect(await stopped).toEqual({ code: 0, signal: null });
  connection.close();

  server = await startServer({ dataDir, workers: 2 });
  const client = s3Client(server.endpoint, main);
  expect((await read(client, bucket, 'slow')).equals(body)).toBe(true);
  client.destroy();
});

test('SIGTERM ends a connection that waits for its next request', async () => {
  const { port, stop } = await start();
  const connection = await RawConnection.open(port);
  await connection.write(requestHead('GET', `/${bucket}/nothing`, { Host: 'localhost' }));
  expect((await connection.response()).status).toBe(403);
  const stopped = stop();
  await connection.closed();
  expect(await stopped).toEqual({ code: 0, signal: null });
  connection.close();
});

test('a server that is killed leaves no process behind that keeps its directory', async () => {
  const { dataDir, endpoint, pid, exited } = await start();
  const client = s3Client(endpoint, main);
  await put(client, bucket, 'key', 'kept');
  client.destroy();
  // The supervisor alone: its workers must end by themselves, and the directory be free.
  process.kill(pid, 'SIGKILL');
  await exited;
  server = await startServer({ dataDir, workers: 2 });
  const again = s3Client(server.endpoint, main);
  expect(await readText(again, bucket, 'key')).toBe('kept');
  again.destroy();
});

test('two servers cannot have one directory', async () => {
  const { dataDir, endpoint } = await start();
  await expect(startServer({ dataDir })).rejects.toThrow(
    /in use by another Kist server \(process \d+\)/,
  );
  const client = s3Client(endpoint, main);
  await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  client.destroy();
});

test('health and metrics are on the console port, and not on the other', async () => {
  const { port, consolePort } = await start();
  for (const path of ['/health/live', '/health/ready', '/metrics']) {
    expect((await fetch(`http://127.0.0.1:${consolePort}${path}`)).status).toBe(200);
  }
  const response = await exchange(port, requestHead('GET', '/metrics', { Host: 'localhost' }));
  expect([403, 404]).toContain(response.status);
});
