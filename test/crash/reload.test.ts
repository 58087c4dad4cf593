/** SIGHUP: a rolling restart with the configuration as it is now, under load. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { exchange, requestHead } from '../support/raw-http.ts';
import { s3Client } from '../support/s3-client.ts';
import {
  command,
  isReady,
  type RunningServer,
  startServer,
  until,
} from '../support/start-server.ts';

const bucket = 'reload';
const lanes = 6;
let directory: string;
let config: string;
let server: RunningServer | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-reload-'));
  config = join(directory, 'kist.yaml');
});
afterEach(async () => {
  await server?.remove();
  rmSync(directory, { recursive: true });
});

async function start(settings: string): Promise<RunningServer> {
  writeFileSync(config, settings);
  server = await startServer({ workers: 2, flags: ['--config', config] });
  return server;
}

/** Shows the setting: a request with a header of 12 KiB. */
async function statusOfLargeHeader({ port }: RunningServer): Promise<number> {
  const head = requestHead('GET', '/', { Host: 'localhost', 'X-Large': 'x'.repeat(12 * 1024) });
  return (await exchange(port, head)).status;
}

test('a reload under load costs no request, and the new configuration holds', async () => {
  const running = await start('maxHeaderBytes: 32KiB\n');
  // No second attempts: what fails is seen.
  const client = s3Client(running.endpoint, main, { maxAttempts: 1 });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  expect(await statusOfLargeHeader(running)).toBe(403);
  const before = running.children();

  let loading = true;
  let rounds = 0;
  const failures: unknown[] = [];
  const load = Array.from({ length: lanes }, async (_, lane) => {
    const body = bytesOf(2_000 + 40_000 * (lane % 3), lane + 1);
    while (loading) {
      try {
        await put(client, bucket, `lane-${lane}`, body);
        expect((await read(client, bucket, `lane-${lane}`)).equals(body)).toBe(true);
        // On a connection of its own, which must not be refused either.
        const head = requestHead('GET', '/', { Host: 'localhost' });
        expect((await exchange(running.port, head)).status).toBe(403);
      } catch (error) {
        failures.push(error);
      }
      rounds++;
    }
  });

  writeFileSync(config, 'maxHeaderBytes: 8KiB\nhost: localhost\n');
  process.kill(running.pid, 'SIGHUP');
  await until(() => {
    const now = running.children();
    return now.length === before.length && !now.some((pid) => before.includes(pid));
  }, 'every process is another one');
  loading = false;
  await Promise.all(load);
  expect(failures).toEqual([]);
  expect(rounds).toBeGreaterThanOrEqual(lanes);
  expect(await statusOfLargeHeader(running)).toBe(431);
  expect(await isReady(running.consolePort)).toBe(true);
  expect(running.log()).toContain('these settings change with a restart only  settings=host');
  client.destroy();
});

test('a reload with a configuration that is wrong says what is wrong, and changes nothing', async () => {
  const running = await start('maxHeaderBytes: 32KiB\n');
  const before = running.children();
  writeFileSync(config, 'maxHeaderBites: 8KiB\n');
  process.kill(running.pid, 'SIGHUP');
  await until(() => running.log().includes('reload failed'), 'the server has told');
  expect(running.log()).toMatch(/reload failed.*maxHeaderBites.*Did you mean maxHeaderBytes/);
  expect(running.children()).toEqual(before);
  expect(await statusOfLargeHeader(running)).toBe(403);
  expect(await isReady(running.consolePort)).toBe(true);
});

/** Within the repository, where its packages are found. */
function copyOfBuild(): string {
  const cache = join(import.meta.dirname, '..', '..', '.cache');
  mkdirSync(cache, { recursive: true });
  const copy = mkdtempSync(join(cache, 'reload-'));
  const dist = dirname(dirname(command));
  cpSync(dist, join(copy, 'dist'), { recursive: true });
  cpSync(join(dist, '..', 'package.json'), join(copy, 'package.json'));
  return copy;
}

/** As an update does it: beside the old one, then in its place. */
function installNamed(copy: string, name: string): void {
  const [present, next] = [join(copy, 'dist'), join(copy, 'next')];
  cpSync(present, next, { recursive: true });
  let changed = 0;
  for (const file of readdirSync(join(next, 'chunks'))) {
    const path = join(next, 'chunks', file);
    const code = readFileSync(path, 'utf8');
    const named = code.replace(/("Server",\s*)"Kist"/g, `$1"${name}"`);
    if (named === code) continue;
    writeFileSync(path, named);
    changed++;
  }
  expect(changed).toBeGreaterThan(0);
  renameSync(present, join(copy, 'old'));
  renameSync(next, present);
}

test('a reload runs the code that is installed now', async () => {
  const copy = copyOfBuild();
  try {
    server = await startServer({ workers: 2, command: join(copy, 'dist', 'cli', 'main.js') });
    const running = server;
    const head = requestHead('GET', '/', { Host: 'localhost' });
    const named = async () => (await exchange(running.port, head)).headers.server;
    expect(await named()).toBe('Kist');
    const before = running.children();
    installNamed(copy, 'Kist-installed-now');
    expect(await named()).toBe('Kist');
    process.kill(running.pid, 'SIGHUP');
    await until(() => {
      const now = running.children();
      return now.length === before.length && !now.some((pid) => before.includes(pid));
    }, 'every process is another one');
    // Dealt out to both workers.
    for (let i = 0; i < 4; i++) expect(await named()).toBe('Kist-installed-now');
  } finally {
    await server?.kill();
    rmSync(copy, { recursive: true });
  }
});
