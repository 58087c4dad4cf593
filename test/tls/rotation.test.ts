/** Certificates that change while a server of several processes works. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { createAuthority, fingerprintOf, type Issued } from '../support/issue-certificate.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { consolePage, type RunningServer, startServer, until } from '../support/start-server.ts';
import { fingerprintAt, handshake, secureClient } from '../support/tls.ts';

const authority = createAuthority();
const ca = authority.certificate;
const bucket = 'rotation';
/** Dealt out in turn: as many reach every worker. */
const handshakes = 6;
let directory: string;
let server: RunningServer | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-rotation-'));
});
afterEach(async () => {
  await server?.remove();
  rmSync(directory, { recursive: true });
});

const at = (name: string) => join(directory, name);

function store({ certificate, key }: Issued, name = 'server'): void {
  writeFileSync(at(`${name}.crt`), certificate);
  writeFileSync(at(`${name}.key`), key, { mode: 0o600 });
}

async function start(reloadSeconds: number, ...flags: readonly string[]): Promise<RunningServer> {
  server = await startServer({
    workers: 2,
    ca,
    flags: [
      ...['--tls-cert', at('server.crt'), '--tls-key', at('server.key')],
      ...['--tls-reload-seconds', String(reloadSeconds), ...flags],
    ],
  });
  return server;
}

/** Of all workers, and of the console. */
async function fingerprints({ port, consolePort }: RunningServer): Promise<ReadonlySet<string>> {
  const seen = new Set([await fingerprintAt(consolePort, ca)]);
  for (let i = 0; i < handshakes; i++) seen.add(await fingerprintAt(port, ca));
  return seen;
}

const newPair = () => authority.issue(['127.0.0.1', 'localhost']);
const only = ({ certificate }: Issued) => new Set([fingerprintOf(certificate)]);

async function metric({ consolePort }: RunningServer, pattern: RegExp): Promise<number> {
  const { body } = await consolePage(consolePort, '/metrics', ca);
  return Number(pattern.exec(body)?.[1]);
}

const refusedPattern = /^kist_tls_certificates_refused (\S+)$/m;
const expiryPattern = /^kist_tls_certificate_expiry_timestamp_seconds\{name="tlsCert"\} (\S+)$/m;

test('new certificates under load cost no request, with connections that are kept and with new ones', async () => {
  store(newPair());
  const running = await start(1);
  // No second attempts: what fails is seen.
  const kept = secureClient(running.endpoint, ca, main);
  const fresh = secureClient(running.endpoint, ca, main, { keepAlive: false });
  await kept.send(new CreateBucketCommand({ Bucket: bucket }));
  let loading = true;
  const rounds = [0, 0, 0, 0];
  const failures: unknown[] = [];
  const load = rounds.map(async (_, lane) => {
    const client = lane % 2 === 0 ? kept : fresh;
    const body = bytesOf(2_000 + 300_000 * lane, lane + 1);
    while (loading) {
      try {
        await put(client, bucket, `lane-${lane}`, body);
        expect((await read(client, bucket, `lane-${lane}`)).equals(body)).toBe(true);
      } catch (error) {
        failures.push(error);
      }
      rounds[lane]!++;
    }
  });
  for (let turn = 0; turn < 3; turn++) {
    const [before, next] = [[...rounds], newPair()];
    store(next);
    await until(async () => {
      const seen = await fingerprints(running);
      return seen.size === 1 && [...only(next)].every((each) => seen.has(each));
    }, `every process has certificate ${turn}`);
    await until(() => rounds.every((count, lane) => count > before[lane]!), 'every lane went on');
  }
  loading = false;
  await Promise.all(load);
  expect(failures).toEqual([]);
  kept.destroy();
  fresh.destroy();
});

test('a pair that is broken stays out: not in use by those who serve, nor by those who are started anew', async () => {
  const first = newPair();
  store(first);
  const running = await start(1);
  expect(await fingerprints(running)).toEqual(only(first));
  writeFileSync(at('server.key'), newPair().key);
  await until(async () => (await metric(running, refusedPattern)) === 1, 'the metric tells');
  expect(running.log()).toMatch(
    /certificate refused, the one before stays in use.*does not belong/,
  );
  const expiresAt = await metric(running, expiryPattern);
  expect(expiresAt).toBeGreaterThan(Date.now() / 1000 + 80 * 86_400);
  expect(await fingerprints(running)).toEqual(only(first));

  // A worker that dies is started again with what is in use.
  const before = running.children();
  process.kill(Math.min(...before), 'SIGKILL');
  const ready = () => metric(running, /^kist_workers_ready (\S+)$/m);
  await until(async () => {
    const now = running.children();
    return now.length === before.length && now.join() !== before.join() && (await ready()) === 3;
  }, 'another process is in its place');
  expect(await fingerprints(running)).toEqual(only(first));

  // So is every process at a reload, which is not held up by the pair.
  process.kill(running.pid, 'SIGHUP');
  await until(() => running.log().includes('reloaded'), 'the reload is done');
  expect(await fingerprints(running)).toEqual(only(first));

  const mended = newPair();
  store(mended);
  await until(async () => (await metric(running, refusedPattern)) === 0, 'the metric tells');
  await until(async () => (await fingerprints(running)).size === 1, 'one certificate');
  expect(await fingerprints(running)).toEqual(only(mended));
});

test('SIGHUP has the files read at once, and forgets what is gone', async () => {
  store(newPair());
  mkdirSync(at('certs'));
  const named = authority.issue(['photos.example']);
  store(named, 'certs/photos');
  const running = await start(86_400, '--tls-certificates', at('certs'));
  const asked = () =>
    fingerprintAt(running.port, ca, {
      servername: 'photos.example',
      checkServerIdentity: () => undefined,
    });
  expect(await asked()).toBe(fingerprintOf(named.certificate));

  const next = newPair();
  store(next);
  rmSync(at('certs'), { recursive: true });
  mkdirSync(at('certs'));
  process.kill(running.pid, 'SIGHUP');
  await until(() => running.log().includes('reloaded'), 'the reload is done');
  expect(await fingerprints(running)).toEqual(only(next));
  expect(await asked()).toBe(fingerprintOf(next.certificate));
});

test('a session that one worker began is resumed by another', async () => {
  store(newPair());
  const running = await start(86_400);
  const first = await handshake(running.port, ca, { maxVersion: 'TLSv1.2' });
  const session = first.getSession()!;
  first.destroy();
  for (let i = 0; i < handshakes; i++) {
    const socket = await handshake(running.port, ca, { maxVersion: 'TLSv1.2', session });
    expect(socket.isSessionReused()).toBe(true);
    socket.destroy();
  }
});
