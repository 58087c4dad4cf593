/** The built `kist` as a user runs it, against a real server, with configuration and state of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type Client, createClient } from '../../../src/client/index.ts';
import { main, tenant } from '../../support/accounts.ts';
import { type ProcessResult, type RunOptions, runProgram } from '../../support/run-program.ts';
import { command, type RunningServer, startServer } from '../../support/start-server.ts';

/** A line of `--json`. */
export type Line = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface CommandLine {
  readonly server: RunningServer;
  /** Straight to the server. */
  readonly client: Client;
  /** Where commands are run, and what they write goes. */
  readonly directory: string;
  /** `env` is the server, with the keys of `main`. */
  readonly env: Readonly<Record<string, string>>;
  run(args: readonly string[], options?: RunOptions): Promise<ProcessResult>;
  /** What it printed; fails unless it ends with 0. */
  done(...args: readonly string[]): Promise<string>;
  /** Its lines; fails unless it ends with 0. */
  json(...args: readonly string[]): Promise<readonly Line[]>;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): StartedCommand;
  newBucket(): Promise<string>;
  /** Writes files below the directory. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  keysIn(Bucket: string): Promise<readonly string[]>;
  textOf(Bucket: string, Key: string): Promise<string>;
  close(): Promise<void>;
}

export interface StartedCommand {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves with the exit code when it has ended, however it did. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

export async function startCommandLine(): Promise<CommandLine> {
  const directory = mkdtempSync(join(tmpdir(), 'kist-cli-'));
  const server = await startServer({
    flags: ['--min-part-bytes', '1024', '--sse-c-over-http'],
  });
  const credentials = { accessKeyId: main.accessKeyId, secretAccessKey: main.secretAccessKey };
  const client = createClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
  const env = {
    HOME: directory,
    KIST_CONFIG_HOME: join(directory, '.config'),
    KIST_STATE_HOME: join(directory, '.state'),
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: main.accessKeyId,
    AWS_SECRET_ACCESS_KEY: main.secretAccessKey,
  };
  let buckets = 0;

  const run = (args: readonly string[], options: RunOptions = {}) =>
    runProgram(process.execPath, [command, ...args], {
      cwd: directory,
      ...options,
      env: { ...env, ...options.env },
    });
  const done = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(args);
    expect(code, `kist ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  return {
    server,
    client,
    directory,
    env,
    run,
    done,
    json: async (...args) => linesOf(await done(...args, '--json')),
    start(args, more = {}) {
      const child = spawn(process.execPath, [command, ...args], {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env.PATH, ...env, ...more },
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data: Buffer) => {
          output += data.toString('utf8');
        });
      }
      const ended = once(child, 'close').then(([code]) => code as number | null);
      return {
        child,
        ended,
        output: () => output,
        async kill(signal) {
          child.kill(signal);
          await ended;
        },
      };
    },
    async newBucket() {
      const Bucket = `cli-${++buckets}`;
      await client.createBucket({ Bucket });
      return Bucket;
    },
    write(files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), content);
      }
    },
    async keysIn(Bucket) {
      const keys: string[] = [];
      for await (const { Key } of client.paginate.listObjectsV2({ Bucket }).items())
        keys.push(Key!);
      return keys;
    },
    async textOf(Bucket, Key) {
      return await (await client.getObject({ Bucket, Key })).Body.text();
    },
    async close() {
      client.close();
      await server.remove();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A client of `tenant`, whose namespace is another one, where buckets may have the same names; `new` is its alias. */
export async function tenantTarget(cli: CommandLine): Promise<Client> {
  const { accessKeyId, secretAccessKey } = tenant;
  const { endpoint } = cli.server;
  await cli.run(['alias', 'set', 'new', endpoint, '--access-key-id', accessKeyId], {
    env: { KIST_SECRET_ACCESS_KEY: secretAccessKey },
  });
  return createClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
  });
}

export const linesOf = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
