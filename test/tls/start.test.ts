/** A server that is asked to speak TLS: what it refuses to start with, and what its ports speak. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { createAuthority } from '../support/issue-certificate.ts';
import { element, exchange, requestHead } from '../support/raw-http.ts';
import { command, consolePage, type RunningServer, startServer } from '../support/start-server.ts';
import { handshake } from '../support/tls.ts';

const authority = createAuthority();
const ca = authority.certificate;
let directory: string;
let server: RunningServer | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-tls-'));
  const { certificate, key } = authority.issue(['127.0.0.1']);
  writeFileSync(at('server.crt'), certificate);
  writeFileSync(at('server.key'), key, { mode: 0o600 });
});
afterEach(async () => {
  await server?.remove();
  server = undefined;
  rmSync(directory, { recursive: true });
});

const at = (name: string) => join(directory, name);
const pair = () => ['--tls-cert', at('server.crt'), '--tls-key', at('server.key')];

async function refusal(...flags: readonly string[]) {
  const child = spawn(process.execPath, [
    ...[command, 'serve', '--data-dir', at('data'), '--port', '0', '--console-port', '0'],
    ...flags,
  ]);
  let told = '';
  child.stderr.on('data', (data: Buffer) => {
    told += data.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, told };
}

test('a pair that does not fit stops the start, by name and with what to do', async () => {
  writeFileSync(at('server.key'), authority.issue(['127.0.0.1']).key);
  const { code, told } = await refusal(...pair());
  expect(code).toBe(2);
  expect(told).toContain(`tlsCert: ${at('server.crt')} with ${at('server.key')}: the key does not`);
  expect(told).toContain('take both from the same issuance');
});

test.each([['--memory'], ['--workers=1']])(
  'a file that is missing stops the start with %s',
  async (flag) => {
    rmSync(at('server.key'));
    const { code, told } = await refusal(...pair(), flag);
    expect([code, told]).toEqual([
      2,
      expect.stringContaining(`${at('server.key')} cannot be read`),
    ]);
  },
);

test('the S3 port and the console speak TLS, and plain HTTP gets no answer there', async () => {
  server = await startServer({ workers: 1, ca, flags: pair() });
  const { port, consolePort } = server;
  expect(server.output()).toContain(`https://127.0.0.1:${port}`);
  expect(server.output()).toContain(`https://127.0.0.1:${consolePort}/health/ready`);
  const head = requestHead('GET', '/', { Host: 'localhost' });
  await expect(exchange(port, head)).rejects.toThrow(/connection ended/);
  await expect(consolePage(consolePort, '/metrics')).rejects.toThrow();
  const { body } = await consolePage(consolePort, '/metrics', ca);
  expect(body).toMatch(/^kist_tls_handshake_failures_total\{reason="plain-http"\} 1$/m);
});

test('the console may speak plain HTTP beside it', async () => {
  server = await startServer({
    workers: 1,
    env: { KIST_CONSOLE_TLS: 'false' },
    flags: pair(),
  });
  expect((await consolePage(server.consolePort, '/health/ready')).status).toBe(200);
  (await handshake(server.port, ca)).destroy();
});

test.each([[['--workers', '2']], [['--memory', '--workers', '1']]])(
  'the redirect port sends everybody to the S3 port, and keeps nothing (%s)',
  async (flags) => {
    const redirectPort = await freePort();
    server = await startServer({
      workers: 1,
      ca,
      flags: [...pair(), '--http-redirect-port', String(redirectPort), ...flags],
    });
    const host = { Host: `127.0.0.1:${redirectPort}` };
    const got = await exchange(redirectPort, requestHead('GET', '/b/k?acl', host));
    const to = `https://127.0.0.1:${server.port}`;
    expect([got.status, got.headers.location]).toEqual([308, `${to}/b/k?acl`]);
    const putHead = requestHead('PUT', '/b/k', { ...host, 'Content-Length': '4' });
    const refused = await exchange(redirectPort, [putHead, 'body']);
    expect([refused.status, refused.headers.location]).toEqual([308, `${to}/b/k`]);
    expect(element(refused, 'Code')).toBe('InvalidRequest');
    expect(element(refused, 'Message')).toContain(`Use ${to} as the endpoint.`);
  },
);

test('the redirect port that is taken is named', async () => {
  server = await startServer({ workers: 1 });
  const { code, told } = await refusal(...pair(), '--http-redirect-port', String(server.port));
  expect(code).toBe(1);
  expect(told).toMatch(/in use by another program.*--http-redirect-port/);
});
