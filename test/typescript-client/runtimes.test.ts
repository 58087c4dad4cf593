/** The client as it is built, in Node, Bun and Deno; with the entry of Node and with that of browsers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { main } from '../support/accounts.ts';
import { runProgram } from '../support/run-program.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';
import { type RuntimeName, runtimeProgram } from './support/runtimes.ts';

const root = join(import.meta.dirname, '..', '..');
const script = join(import.meta.dirname, 'fixtures', 'round-trip.mjs');
const folder = mkdtempSync(join(tmpdir(), 'kist-runtimes-'));
const file = join(folder, 'file.txt');

/** What comes before the script. Deno lets a program do only what it is told to. */
const flags = {
  node: [],
  bun: ['run'],
  deno: [
    'run',
    '--quiet',
    '--allow-net',
    '--allow-env',
    '--allow-read',
    '--allow-write',
    '--allow-sys',
    '--allow-ffi',
  ],
} as const;

let server: RunningServer;

beforeAll(async () => {
  writeFileSync(file, 'from the disk');
  server = await startServer({ workers: 1 });
});

afterAll(async () => {
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

function programOf(runtime: RuntimeName | 'node'): string {
  const program = runtime === 'node' ? process.execPath : runtimeProgram(runtime);
  if (program === undefined) throw new Error(`There is no ${runtime} for this platform.`);
  return program;
}

const runtimes = ['node', 'bun', 'deno'] as const;
const entries = ['index.js', 'web.js'] as const;
const versions = ['s3v4', 's3'] as const;
const cases = runtimes.flatMap((runtime) =>
  entries.flatMap((entry) => versions.map((version) => [runtime, entry, version] as const)),
);

test.each(cases)('%s with %s and %s', async (runtime, entry, signatureVersion) => {
  const { accessKeyId, secretAccessKey } = main;
  const config = {
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
    signatureVersion,
  };
  const Bucket = `${runtime}-${entry.replace('.', '-')}-${signatureVersion}`;
  const client = createClient(config);
  await client.createBucket({ Bucket });
  client.close();

  const built = join(root, 'dist', 'client', entry);
  const args = [...flags[runtime], script, built, JSON.stringify(config), Bucket, file];
  const { code, stdout, stderr } = await runProgram(programOf(runtime), args, { cwd: root });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });

  const hasFiles = entry === 'index.js';
  const kinds = ['string', 'bytes', 'blob', 'stream', 'generator', ...(hasFiles ? ['file'] : [])];
  expect(JSON.parse(stdout)).toEqual({
    runtime,
    seen: Object.fromEntries(
      kinds.map((kind) => [kind, [true, kind, signatureVersion === 's3v4']]),
    ),
    saved: hasFiles,
    isWhole: true,
    checksum: true,
    keys: kinds.length + 1,
    left: 0,
    error: [true, 'NoSuchKey', 404, 'string'],
    aborted: 'enough',
  });
});
