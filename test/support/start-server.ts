/**
 * The real server as users run it: the built command in a process tree of its own, on a directory of
 * its own. It is stopped by signals to the process id that was started here.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { testAccounts } from './accounts.ts';
import { freePort } from './free-port.ts';

/** The built `kist`. */
export const command = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');

export interface ServerOptions {
  /** Made anew, and removed after `remove()`, if left out. */
  readonly dataDir?: string;
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly readyTimeoutMs?: number;
  /** Another `cli/main.js` than that of `dist/`. */
  readonly command?: string;
  /** It speaks TLS on both ports, with certificates that this authority (PEM) issued for 127.0.0.1. */
  readonly ca?: string;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningServer {
  readonly pid: number;
  readonly endpoint: string;
  readonly port: number;
  readonly consolePort: number;
  readonly dataDir: string;
  /** What it wrote so far, standard output and error together. */
  log(): string;
  /** The same, without its log: standard output alone. */
  output(): string;
  /** Process ids of its direct children: workers, and whatever else it started. */
  children(): readonly number[];
  /** SIGTERM; resolves at its end. */
  stop(): Promise<ExitStatus>;
  /** SIGKILL to it and all it started. */
  kill(): Promise<void>;
  readonly exited: Promise<ExitStatus>;
  /** Kills it if it still runs and removes its directory. */
  remove(): Promise<void>;
}

/** Resolves when `met` does; polls, for conditions that give no event. */
export async function until(
  met: () => Promise<boolean> | boolean,
  what: string | (() => string),
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await met())) {
    if (Date.now() > deadline) {
      const told = typeof what === 'string' ? what : what();
      throw new Error(`Not in ${timeoutMs} ms: ${told}`);
    }
    await delay(20);
  }
}

export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'kist-test-'));
  const [port, consolePort] = [await freePort(), await freePort()];
  const child = spawn(
    process.execPath,
    [
      options.command ?? command,
      'serve',
      ...['--data-dir', dataDir],
      ...['--port', String(port)],
      ...['--console-port', String(consolePort)],
      ...['--workers', String(options.workers ?? 2)],
      ...(options.flags ?? []),
    ],
    {
      // A process group of its own, so that a kill reaches everything it started.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_ENV: 'production',
        KIST_ACCOUNTS: JSON.stringify(testAccounts),
        KIST_ROOT_ACCESS_KEY_ID: 'KISTTESTROOT00000000',
        KIST_ROOT_SECRET_ACCESS_KEY: 'rootSecretKey000000000000000000000000000',
        ...options.env,
      },
    },
  );
  const log: string[] = [];
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString('utf8');
    log.push(data.toString('utf8'));
  });
  child.stderr.on('data', (data: Buffer) => log.push(data.toString('utf8')));
  const exited = exitOf(child);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`Cannot start ${command}; was it built?`);

  const running = () => child.exitCode === null && child.signalCode === null;
  const kill = async () => {
    if (running()) process.kill(-pid, 'SIGKILL');
    await exited;
  };
  try {
    await until(
      async () => {
        if (!running()) throw new Error('The server ended before it was ready.');
        return isReady(consolePort, options.ca);
      },
      'the server is ready',
      options.readyTimeoutMs,
    );
  } catch (cause) {
    await kill();
    throw new Error(`The server did not start.\n${log.join('')}`, { cause });
  }
  return {
    pid,
    endpoint: `http${options.ca === undefined ? '' : 's'}://127.0.0.1:${port}`,
    port,
    consolePort,
    dataDir,
    exited,
    log: () => log.join(''),
    output: () => output,
    children: () => childrenOf(pid),
    kill,
    async stop() {
      if (running()) process.kill(pid, 'SIGTERM');
      return exited;
    },
    async remove() {
      await kill();
      // Workers whose supervisor was killed may write for a moment still.
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

export async function isReady(consolePort: number, ca?: string): Promise<boolean> {
  try {
    const { status } = await consolePage(consolePort, '/health/ready', ca);
    return status === 200;
  } catch {
    return false;
  }
}

/** What the console port answers, over TLS if its authority is given. */
export async function consolePage(
  port: number,
  path: string,
  ca?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const url = `//127.0.0.1:${port}${path}`;
  const timeout = 10_000;
  const request =
    ca === undefined
      ? get(`http:${url}`, { timeout })
      : getSecurely(`https:${url}`, { timeout, ca });
  request.on('timeout', () => request.destroy());
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
}

async function exitOf(child: ChildProcess): Promise<ExitStatus> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

function childrenOf(pid: number): readonly number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  const children: number[] = [];
  for (const line of lines.split('\n')) {
    const [child, parent, state] = line.trim().split(/\s+/);
    if (Number(parent) === pid && !state?.startsWith('Z')) children.push(Number(child));
  }
  return children;
}
