/** `kist` as its users meet it: help, mistakes, the first start, the second, and two at once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flagOf, settingGroups, settingNames, settingOf } from '../config/schema.ts';

let base: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'kist-serve-'));
});
afterEach(() => {
  for (const child of children.splice(0)) {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // The whole group is gone already.
    }
  }
  rmSync(base, { recursive: true });
});

function kist(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const program = join(import.meta.dirname, 'serve.fixture.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { PATH: process.env.PATH, ...env },
  });
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.err += chunk.toString();
  });
  const exited = (once(child, 'close') as Promise<[number | null]>).then(([code]) => ({
    code,
    ...output,
  }));
  return { child, exited, output };
}

async function serving(
  args: readonly string[] = ['--data-dir', join(base, 'data')],
  env?: Readonly<Record<string, string>>,
) {
  const free = ['--port', '0', '--console-port', '0'];
  const workers = args.includes('--memory') ? [] : ['--workers', '1'];
  const server = kist(['serve', ...free, ...workers, ...args], env);
  const banner = vi.waitFor(
    () => {
      if (!server.output.out.includes('.decode())')) throw new Error(server.output.err);
      return server.output.out;
    },
    { timeout: 20_000, interval: 20 },
  );
  return { ...server, banner: await banner };
}

async function stopped(server: { child: ChildProcess; exited: Promise<{ code: number | null }> }) {
  server.child.kill('SIGTERM');
  expect((await server.exited).code).toBe(0);
}

describe('kist', () => {
  it('lists its commands, and all settings of serve in groups with their defaults', async () => {
    const { code, out } = await kist(['--help']).exited;
    expect(code).toBe(0);
    expect(out).toMatch(/serve .*Serve the S3 API/);
    const help = (await kist(['serve', '--help']).exited).out;
    for (const group of settingGroups) expect(help).toContain(`\n${group}:\n`);
    for (const name of settingNames) {
      expect(help.includes(`${flagOf(name)} `), name).toBe(settingOf(name).flag !== false);
    }
    expect(help.replaceAll(/\s+/g, ' ')).toContain('(default: ./kist-data)');
  });

  it('prints its version', async () => {
    expect((await kist(['version']).exited).out).toMatch(/^kist \d+\.\d+\.\d+ \(Node \d+/);
  });

  it('says what is wrong with a command, flag or value, and exits with 2', async () => {
    const command = await kist(['serv']).exited;
    expect(command).toMatchObject({ code: 2, out: '' });
    expect(command.err).toContain('Did you mean serve?');
    const flag = await kist(['serve', '--datadir', 'x']).exited;
    expect(flag.code).toBe(2);
    expect(flag.err).toContain('Did you mean --data-dir?');
    const value = await kist(['serve', '--port', 'x'], { KIST_WORKER: '1' }).exited;
    expect(value.code).toBe(2);
    expect(value.err).toBe(
      'kist: the configuration is not usable:\n' +
        '  There is no setting KIST_WORKER. Did you mean KIST_WORKERS?\n' +
        '  --port "x": must be a whole number from 0 to 65535.\n' +
        '"kist serve --help" lists all settings.\n',
    );
  });

  it('says why it cannot use a data directory, without a stack', async () => {
    writeFileSync(join(base, 'file'), '');
    const { code, err } = await kist(['serve', '--data-dir', join(base, 'file')]).exited;
    expect(code).toBe(1);
    expect(err).toMatch(/^kist: The data directory .* cannot be used: .*not a directory\.\n$/);
  });
});

describe('kist serve', () => {
  it('makes root keys at the first start, shows them once and keeps them', async () => {
    const first = await serving();
    const file = join(base, 'data', 'root-credentials.json');
    const { accessKeyId, secretAccessKey } = JSON.parse(readFileSync(file, 'utf8')) as Record<
      string,
      string
    >;
    expect(statSync(join(base, 'data')).mode & 0o777).toBe(0o700);
    expect(first.banner).toContain(`Access key id      ${accessKeyId}\n`);
    expect(first.banner).toContain(`Secret access key  ${secretAccessKey}\n`);
    expect(first.banner).toContain(`    aws_secret_access_key='${secretAccessKey}',\n`);
    const endpoint = /S3 endpoint +(\S+)/.exec(first.banner)![1]!;
    expect(first.banner).toContain(`    endpoint_url='${endpoint}',\n`);
    const told = (await (await fetch(endpoint)).json()) as { config: unknown; role: unknown };
    expect(told).toMatchObject({
      role: { kind: 'worker', slot: 0 },
      config: { rootAccessKeyId: accessKeyId, rootSecretAccessKey: secretAccessKey },
    });
    await stopped(first);

    const second = await serving();
    expect(second.banner).toContain(`Access key id      ${accessKeyId}\n`);
    expect(second.banner).not.toContain(secretAccessKey);
    expect(second.banner).toContain(`Secret access key  kept in ${file}\n`);
    expect(second.banner).toContain(`root = json.load(open('${file}'))\n`);
    await stopped(second);
  });

  it('never shows keys that were given', async () => {
    const server = await serving(undefined, {
      KIST_ROOT_ACCESS_KEY_ID: 'GIVENKEY',
      KIST_ROOT_SECRET_ACCESS_KEY: 'given-secret',
    });
    expect(server.banner).toContain('Secret access key  as configured\n');
    expect(server.banner).toContain("os.environ['KIST_ROOT_SECRET_ACCESS_KEY']");
    expect(server.output.out + server.output.err).not.toContain('given-secret');
    await stopped(server);
  });

  it('refuses a directory that another server has, and takes it over from a killed one', async () => {
    const first = await serving();
    const refused = await kist(['serve', '--data-dir', join(base, 'data'), '--port', '0']).exited;
    expect(refused.code).toBe(1);
    expect(refused.err).toBe(
      `kist: The data directory ${join(base, 'data')} is in use by another Kist server (process ${first.child.pid}). ` +
        'Stop that one first, or choose another directory with --data-dir.\n',
    );
    // Its workers are left to find out by themselves.
    first.child.kill('SIGKILL');
    await stopped(await serving());
  });

  it('logs JSON and prints no banner where JSON is asked for', async () => {
    const args = ['--data-dir', join(base, 'data'), '--port', '0', '--console-port', '0'];
    const server = kist(['serve', '--workers', '1', '--log-format', 'json', ...args]);
    await vi.waitFor(() => expect(server.output.err.match(/process ready/g)).toHaveLength(2), {
      timeout: 20_000,
    });
    await stopped(server);
    const { out, err } = await server.exited;
    expect(out).toBe('');
    for (const line of err.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });

  it('serves from memory in one process and leaves nothing behind', async () => {
    const server = await serving(['--memory', '--data-dir', join(base, 'data')]);
    const endpoint = /S3 endpoint +(\S+)/.exec(server.banner)![1]!;
    const told = (await (await fetch(endpoint)).json()) as { pid: number; role: unknown };
    expect(told).toMatchObject({ pid: server.child.pid, role: { kind: 'all', slot: 0 } });
    const console = /\((http\S+)\/health\/ready/.exec(server.banner)![1]!;
    expect((await fetch(`${console}/health/ready`)).status).toBe(200);
    expect(await (await fetch(`${console}/metrics`)).text()).toContain('process="all-0"');
    await stopped(server);
    expect(() => statSync(join(base, 'data'))).toThrow('ENOENT');
  });
});
