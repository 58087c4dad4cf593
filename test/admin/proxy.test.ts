/** How requests of the console port reach the process that serves them, and what happens while it is away. */
import { statSync } from 'node:fs';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { aws as awsAt, awsRefusal } from '../support/aws-cli.ts';
import { RawConnection, requestHead } from '../support/raw-http.ts';
import { signedV4 } from '../support/signed-request.ts';
import { consolePage, type RunningServer, startServer, until } from '../support/start-server.ts';
import { ask } from './ask.ts';
import { adminClient, root } from './checked-client.ts';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ workers: 1 });
});
afterAll(() => server?.remove());

const consoleEndpoint = () => `http://127.0.0.1:${server.consolePort}`;
const as = (keys: typeof root) => adminClient(server.consolePort, keys);

test('IAM and STS answer the aws command line on the console port, as on the port of S3', async () => {
  const aws = (...args: string[]) => awsAt(consoleEndpoint(), main, ...args);
  await aws('iam', 'create-user', '--user-name', 'console');
  const { Users } = await awsAt(server.endpoint, main, 'iam', 'list-users');
  expect(Users).toHaveLength(1);
  const { Account } = await aws('sts', 'get-caller-identity');
  expect(Account).toBe((await as(main).call('whoAmI', {})).account.number);
  const wrong = { ...main, secretAccessKey: 'wrong' };
  expect(await awsRefusal(consoleEndpoint(), wrong, 'iam', 'list-users')).toBe(
    'SignatureDoesNotMatch',
  );
});

test('the socket is in a directory that is closed to other users', () => {
  const { mode } = statSync(join(server.dataDir, 'api'));
  expect(mode & 0o777).toBe(0o700);
});

test('nobody can say that another client asks', async () => {
  const allowFrom = (address: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        ...{ Effect: 'Allow', Action: 'kist:ListBuckets', Resource: '*' },
        Condition: { IpAddress: { 'aws:SourceIp': address } },
      },
    });
  const { call } = as(main);
  const answers: number[] = [];
  for (const address of ['127.0.0.1', '10.1.2.3']) {
    const UserName = `from-${address}`;
    await call('callIam', { action: 'CreateUser', UserName });
    await call('callIam', {
      ...{ action: 'PutUserPolicy', UserName, PolicyName: 'from' },
      PolicyDocument: allowFrom(address),
    });
    const { AccessKey } = (await call('callIam', {
      action: 'CreateAccessKey',
      UserName,
    })) as never as {
      AccessKey: { AccessKeyId: string; SecretAccessKey: string };
    };
    const { headers } = signedV4({
      ...{ method: 'GET', path: '/api/buckets', service: 'kist' },
      account: { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey },
    });
    const spoofed = {
      ...headers,
      'X-Kist-Client-Address': '10.1.2.3',
      'x-kist-client-tls': 'TLSv1.3',
    };
    answers.push(
      (await ask(server.consolePort, { path: '/api/buckets', headers: spoofed })).status,
    );
  }
  expect(answers).toEqual([200, 403]);
});

test('a body that is too large is refused, however it comes', async () => {
  const body = 'x'.repeat(1024 * 1024 + 1);
  const path = '/api/session';
  const answer = await ask(server.consolePort, { method: 'POST', path, body });
  expect([answer.status, answer.json.code]).toEqual([413, 'RequestTooLarge']);
  const connection = await RawConnection.open(server.consolePort);
  const headers = { host: 'localhost', 'transfer-encoding': 'chunked' };
  await connection.write(Buffer.from(requestHead('POST', path, headers)));
  await connection.write(Buffer.from(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`));
  expect((await connection.response()).status).toBe(413);
  connection.close();
});

test('a request that says its length twice, in two ways, is passed on as nothing', async () => {
  const connection = await RawConnection.open(server.consolePort);
  const smuggled = 'GET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const head = requestHead('POST', '/api/session', {
    ...{ host: 'localhost', 'content-type': 'application/json' },
    ...{ 'content-length': '4', 'transfer-encoding': 'chunked' },
  });
  await connection.write(Buffer.from(`${head}0\r\n\r\n${smuggled}`));
  expect((await connection.response()).status).toBe(400);
  connection.close();
});

test('while the process that serves it starts again, the API is 503, and health answers', async () => {
  const jobs = async () =>
    (await as(root).call('getServerStatus', {})).processes.find(({ name }) => name === 'jobs')!;
  const { pid } = await jobs();
  // Stopped, it doesn't answer; what was asked of it is told 503 when it is gone.
  process.kill(pid!, 'SIGSTOP');
  const waiting = ask(server.consolePort, { path: '/api/openapi.json' });
  const live = await consolePage(server.consolePort, '/health/live');
  expect(live.status).toBe(200);
  process.kill(pid!, 'SIGKILL');
  const answer = await waiting;
  expect([answer.status, answer.json.code]).toEqual([503, 'Unavailable']);
  expect(answer.headers['retry-after']).toBe('1');
  const isBack = async () =>
    (await ask(server.consolePort, { path: '/api/openapi.json' })).status === 200;
  await until(isBack, 'another process serves the API');
  expect((await jobs()).pid).not.toBe(pid);
});

test('a client that goes away takes nothing with it', async () => {
  for (let place = 0; place < 100; place++) {
    await new Promise<void>((resolve) => {
      const outgoing = send({ port: server.consolePort, path: '/api/openapi.json', agent: false });
      outgoing.on('error', () => {});
      outgoing.on('close', () => resolve());
      outgoing.on('socket', (socket) =>
        socket.on('connect', () => setImmediate(() => outgoing.destroy())),
      );
      outgoing.end();
    });
  }
  // More than may be under way at once: their places were given back.
  expect((await ask(server.consolePort, { path: '/api/openapi.json' })).status).toBe(200);
});
