/** Certificates from a real ACME authority: ordered, served, renewed, refused. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { type AcmeAuthority, startAcmeAuthority } from '../support/acme-authority.ts';
import { freePort } from '../support/free-port.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { exchange, requestHead } from '../support/raw-http.ts';
import { runProgram } from '../support/run-program.ts';
import {
  command,
  consolePage,
  type RunningServer,
  type ServerOptions,
  startServer,
  until,
} from '../support/start-server.ts';
import { fingerprintAt, secureClient } from '../support/tls.ts';

const name = 's3.kist.test';
const issuedMetric = /^kist_acme_orders_total\{result="issued"\} (\S+)$/m;
const failedMetric = /^kist_acme_orders_total\{result="failed"\} (\S+)$/m;
/** Dealt out in turn: as many reach every worker. */
const handshakes = 6;
let directory: string;
let redirectPort: number;
let authority: AcmeAuthority;
const servers: RunningServer[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kist-acme-'));
  redirectPort = await freePort();
  authority = await startAcmeAuthority({ httpPort: redirectPort });
  writeFileSync(at('acme-ca.pem'), authority.ca);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
  await authority.stop();
  rmSync(directory, { recursive: true });
});

const at = (file: string) => join(directory, file);

const acmeFlags = (domains = name) => [
  ...['--acme-domains', domains, '--acme-terms-agreed', '--acme-email', 'ops@kist.test'],
  ...['--acme-directory-url', authority.directoryUrl, '--acme-ca-file', at('acme-ca.pem')],
];
const redirects = () => ['--http-redirect-port', String(redirectPort)];

async function start(flags: readonly string[], options: ServerOptions = {}) {
  const server = await startServer({
    dataDir: at('data'),
    flags,
    ...options,
    env: { KIST_CONSOLE_TLS: 'false', ...options.env },
  });
  servers.push(server);
  return server;
}

async function metric({ consolePort }: RunningServer, pattern: RegExp): Promise<number> {
  let body = '';
  // A busy machine may not answer in the time that a page has.
  await until(async () => {
    body = await consolePage(consolePort, '/metrics').then(
      (page) => page.body,
      () => '',
    );
    return body !== '';
  }, 'the metrics are told');
  return Number(pattern.exec(body)?.[1]);
}

async function issued(server: RunningServer, count = 1): Promise<void> {
  await until(
    async () => {
      expect(server.log()).not.toContain('acme: no certificate');
      return (await metric(server, issuedMetric)) >= count;
    },
    `${count} certificates are issued`,
    90_000,
  );
}

/** What all workers serve to those who trust `ca`. */
async function fingerprints(port: number, ca: string, servername = name) {
  const seen = new Set<string>();
  for (let i = 0; i < handshakes; i++) seen.add(await fingerprintAt(port, ca, { servername }));
  return seen;
}

const mode = (file: string) => (statSync(at(file)).mode & 0o777).toString(8);
const endpoint = ({ port }: RunningServer) => `https://${name}:${port}`;

test('a first start orders a certificate over HTTP, and a restart goes on with it', async () => {
  const first = await start([...acmeFlags(), ...redirects()]);
  await issued(first);
  const root = await authority.root();
  const client = secureClient(endpoint(first), root, main);
  await client.send(new CreateBucketCommand({ Bucket: 'over-acme' }));
  const served = await fingerprints(first.port, root);
  expect(served.size).toBe(1);
  expect(
    await metric(first, /^kist_tls_certificate_expiry\S+acmeDomains"\} (\S+)$/m),
  ).toBeGreaterThan(Date.now() / 1000 + 80 * 86_400);

  // Keys are for the owner only, and in no log.
  expect(readdirSync(at('data/acme')).sort()).toEqual([
    ...['account-key.pem', 'certificate.pem', 'lock', 'orders.json'],
  ]);
  expect(mode('data/acme')).toBe('700');
  for (const file of ['account-key.pem', 'certificate.pem', 'orders.json']) {
    expect(mode(`data/acme/${file}`)).toBe('600');
  }
  for (const file of ['account-key.pem', 'certificate.pem']) {
    const [, line] = readFileSync(at(`data/acme/${file}`), 'utf8').split('\n');
    expect(first.log()).not.toContain(line);
  }

  // Others on that port are redirected; what is no challenge any more is not there.
  const challenge = requestHead('GET', '/.well-known/acme-challenge/gone', { Host: name });
  expect((await exchange(redirectPort, challenge)).status).toBe(404);
  expect((await exchange(redirectPort, requestHead('GET', '/b/k', { Host: name }))).status).toBe(
    308,
  );

  await first.stop();
  // Whoever orders again would be found out: this authority has another root.
  await authority.restart();
  const second = await start([...acmeFlags(), ...redirects()]);
  const again = secureClient(endpoint(second), root, main);
  expect((await again.send(new ListBucketsCommand())).Buckets).toHaveLength(1);
  expect(await fingerprints(second.port, root)).toEqual(served);
  expect(await metric(second, issuedMetric)).toBe(0);
  expect(second.log()).not.toContain('acme: ordering');
});

test('what the page on TLS says to run works as it is written', async () => {
  const page = join(import.meta.dirname, '..', '..', 'docs', 'operations', 'tls.md');
  const snippet = /^kist serve --host[\s\S]*?(?=^```)/m.exec(readFileSync(page, 'utf8'))![0];
  const own = snippet
    .replaceAll('s3.example.com', name)
    .replace('--host 0.0.0.0 --port 443 ', '')
    .replace('--http-redirect-port 80 ', `--http-redirect-port ${redirectPort} `);
  const flags = own
    .trim()
    .split(/[\s\\]+/)
    .slice(2);
  const here = [
    '--acme-directory-url',
    authority.directoryUrl,
    '--acme-ca-file',
    at('acme-ca.pem'),
  ];
  expect(flags).toContain(String(redirectPort));
  await issued(await start([...flags, ...here]));
});

test('an authority whose own certificate is not trusted gets no order', async () => {
  const withoutCa = acmeFlags().slice(0, -2);
  const server = await start([...withoutCa, ...redirects()]);
  await until(() => server.log().includes('nextAttempt='), 'the failure is told');
  expect(server.log()).toMatch(/the account at https:\S+: unable to verify the first certificate/);
});

test('certificates are renewed under load without a failed request', async () => {
  await authority.restart({ validitySeconds: 30 });
  const server = await start([...acmeFlags(), ...redirects()]);
  await issued(server);
  const root = await authority.root();
  // No second attempts: what fails is seen.
  const kept = secureClient(endpoint(server), root, main, { maxAttempts: 1 });
  const fresh = secureClient(endpoint(server), root, main, { maxAttempts: 1, keepAlive: false });
  await kept.send(new CreateBucketCommand({ Bucket: 'renewed' }));
  const before = await fingerprints(server.port, root);
  let loading = true;
  let rounds = 0;
  const failures: unknown[] = [];
  const load = [kept, fresh].map(async (client, lane) => {
    const body = bytesOf(2_000 + 300_000 * lane, lane + 1);
    while (loading) {
      try {
        await put(client, 'renewed', `lane-${lane}`, body);
        expect((await read(client, 'renewed', `lane-${lane}`)).equals(body)).toBe(true);
      } catch (error) {
        failures.push(error);
      }
      rounds++;
    }
  });
  await issued(server, 2);
  await until(async () => {
    const seen = await fingerprints(server.port, root);
    return seen.size === 1 && [...seen].every((each) => !before.has(each));
  }, 'every worker has another certificate');
  loading = false;
  await Promise.all(load);
  expect(failures).toEqual([]);
  expect(rounds).toBeGreaterThan(10);
  kept.destroy();
  fresh.destroy();
}, 180_000);

test('an authority that is not answered issues nothing: told by name, counted, and not tried again at once', async () => {
  // It looks elsewhere for the answer.
  await authority.restart({ httpPort: await freePort() });
  const server = await start([...acmeFlags(), ...redirects()]);
  await until(() => server.log().includes('nextAttempt='), 'the failure is told');
  expect(await metric(server, failedMetric)).toBe(1);
  expect(server.log()).toContain(`${name} is not proven by http-01`);
  expect(server.log()).toContain(`Port 80 of ${name} must lead to httpRedirectPort`);
  // What is served until then is trusted by nobody.
  await expect(
    fingerprintAt(server.port, await authority.root(), { servername: name }),
  ).rejects.toThrow(/self-signed/);

  // A restart heeds the pause, too.
  await server.stop();
  await authority.restart({ httpPort: redirectPort });
  const second = await start([...acmeFlags(), ...redirects()]);
  await until(() => second.log().includes('acme: the next order waits'), 'the pause is told');
  expect(second.log()).not.toContain('acme: ordering');
  // SIGHUP is for who has mended it.
  process.kill(second.pid, 'SIGHUP');
  await issued(second);
  expect((await fingerprints(second.port, await authority.root())).size).toBe(1);
});

test('a wildcard is proven by the DNS hook, which knows nothing of the settings', async () => {
  const calls = at('hook-calls');
  writeFileSync(
    at('hook.mjs'),
    `#!${process.execPath}
import { appendFileSync } from 'node:fs';
const [action, name, value] = process.argv.slice(2);
const secrets = Object.keys(process.env).filter((key) => key.startsWith('KIST_'));
appendFileSync(${JSON.stringify(calls)}, [action, name, value, ...secrets].join(' ') + '\\n');
const body = JSON.stringify({ host: name + '.', ...(action === 'set' && { value }) });
const path = action === 'set' ? '/set-txt' : '/clear-txt';
const { ok } = await fetch(${JSON.stringify(authority.dnsUrl)} + path, { method: 'POST', body });
console.log('record ' + action);
process.exit(ok ? 0 : 1);
`,
  );
  chmodSync(at('hook.mjs'), 0o700);
  const flags = [...acmeFlags(`${name},*.${name}`), '--acme-dns-hook', at('hook.mjs')];
  const server = await start([...flags, '--domain', name]);
  await issued(server);
  const root = await authority.root();
  // Virtual-host style: the bucket is a name below.
  const client = secureClient(endpoint(server), root, main, { forcePathStyle: false });
  await client.send(new CreateBucketCommand({ Bucket: 'below' }));
  await put(client, 'below', 'key', bytesOf(1_000, 1));
  expect((await fingerprints(server.port, root, `below.${name}`)).size).toBe(1);
  const lines = readFileSync(calls, 'utf8').trim().split('\n');
  const record = `_acme-challenge.${name}`;
  expect(lines.map((line) => line.split(' ').slice(0, 2))).toEqual([
    ['set', record],
    ['unset', record],
    ['set', record],
    ['unset', record],
  ]);
  // An action, a name and a value of 43 characters, and no variable after them.
  for (const line of lines) expect(line).toMatch(/^\w+ \S+ [\w-]{43}$/);
  expect(server.log()).toContain('record set');
});

test('a hook that does not end is killed, and said to be late', async () => {
  writeFileSync(at('hook.sh'), '#!/bin/sh\necho waiting for the zone\nsleep 600\n', {
    mode: 0o700,
  });
  const server = await start([
    ...acmeFlags(),
    ...['--acme-dns-hook', at('hook.sh'), '--acme-dns-hook-timeout-ms', '1000'],
  ]);
  await until(() => server.log().includes('nextAttempt='), 'the failure is told');
  expect(server.log()).toContain('waiting for the zone');
  expect(server.log()).toContain('did not end within 1000 ms');
});

test('another certificate is used for its names beside the one that is ordered', async () => {
  const { createAuthority, fingerprintOf } = await import('../support/issue-certificate.ts');
  const own = createAuthority();
  const pair = own.issue(['127.0.0.1', 'internal.test']);
  writeFileSync(at('own.crt'), pair.certificate);
  writeFileSync(at('own.key'), pair.key, { mode: 0o600 });
  const files = ['--tls-cert', at('own.crt'), '--tls-key', at('own.key')];
  const server = await start([...acmeFlags(), ...redirects(), ...files]);
  await issued(server);
  expect(await fingerprints(server.port, own.certificate, 'internal.test')).toEqual(
    new Set([fingerprintOf(pair.certificate)]),
  );
  expect((await fingerprints(server.port, await authority.root())).size).toBe(1);
});

const refused = (...flags: readonly string[]) => refusedBy(command, ...flags);

async function refusedBy(program: string, ...flags: readonly string[]) {
  const ports = ['--port', '0', '--console-port', '0'];
  const args = [program, 'serve', '--data-dir', at('refused'), ...ports, ...flags];
  const { code, stderr } = await runProgram(process.execPath, args);
  return { code, stderr };
}

test('a directory that another server orders in is refused', async () => {
  await start([...acmeFlags(), ...redirects()]);
  const second = await refused(...acmeFlags(), ...redirects(), '--acme-dir', at('data/acme'));
  expect(second).toEqual({
    code: 2,
    stderr: expect.stringContaining('acme is in use by another Kist server'),
  });
});

test('a terms flag, a port or a hook that is missing is refused by name', async () => {
  const [, , , ...rest] = acmeFlags();
  const { code, stderr } = await refused('--acme-domains', name, ...rest);
  expect(code).toBe(2);
  expect(stderr).toContain('--acme-terms-agreed is not');
  expect(stderr).toContain('neither --http-redirect-port nor --acme-dns-hook');
});

test('without the package it says what to install', async () => {
  // The product as it is installed: with what it depends on, and nothing else.
  const root = join(dirname(command), '..', '..');
  cpSync(join(root, 'dist'), at('kist/dist'), { recursive: true });
  cpSync(join(root, 'package.json'), at('kist/package.json'));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const dependency of Object.keys(manifest.dependencies)) {
    const target = at(`kist/node_modules/${dependency}`);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(root, 'node_modules', dependency), target);
  }
  const kist = at('kist/dist/cli/main.js');
  const { code, stderr } = await refusedBy(kist, ...acmeFlags(), ...redirects());
  expect(code).toBe(2);
  expect(stderr).toContain('npm install acme-client@5');
});
