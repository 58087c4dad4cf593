/**
 * Processes that a run starts: servers that stay until they are stopped by their process id, and
 * programs that print one JSON document.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { treeCpuMicroseconds } from './proc.ts';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;
const programTimeoutMs = 15 * 60_000;
const maxOutputBytes = 16 * 1024 * 1024;
const pollMs = 2;

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** From just before it was started to its first answer. */
  readonly startMs: number;
  /** CPU time that all its processes took until then. */
  readonly startCpuMs: number;
  /** SIGTERM, and SIGKILL if that does not end it in time. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly command: readonly string[];
  readonly port: number;
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Resolves at the first answer to `GET /`, whatever it says. */
export async function startServer(server: ServerCommand): Promise<ServerProcess> {
  const { port, logFile } = server;
  const [file, ...args] = server.command;
  const log = openSync(logFile, 'a');
  const startedAt = performance.now();
  const child = spawn(file!, args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, NODE_ENV: 'production', ...server.env },
  });
  closeSync(log);
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  const stop = async () => {
    if (running.has(child)) child.kill('SIGTERM');
    if (await settled(exited, stopTimeoutMs)) return;
    child.kill('SIGKILL');
    await exited;
  };
  try {
    while (!(await answers(port))) {
      if (!running.has(child)) throw new Error('it ended');
      if (performance.now() - startedAt > startTimeoutMs) throw new Error('it does not answer');
      await delay(pollMs);
    }
  } catch (cause) {
    await stop();
    const tail = readFileSync(logFile, 'utf8').slice(-2000);
    throw new Error(
      `Cannot start ${server.command.join(' ')}: ${(cause as Error).message}\n${tail}`,
    );
  }
  const startMs = performance.now() - startedAt;
  const startCpuMs = treeCpuMicroseconds(child.pid!) / 1000;
  return { pid: child.pid!, port, startMs, startCpuMs, stop };
}

/** Runs to its end and parses the last line of its standard output. */
export async function runForJson(command: readonly string[]): Promise<unknown> {
  const [file, ...args] = command;
  const { stdout } = await promisify(execFile)(file!, args, {
    timeout: programTimeoutMs,
    maxBuffer: maxOutputBytes,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
}

/** This runtime, able to run the TypeScript file. */
export function nodeCommand(file: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, ...process.execArgv, file, ...args];
}

/** A loopback port that nothing listens on. */
export async function freePort(): Promise<number> {
  return (await freePorts(1))[0]!;
}

/** Several, which differ: each is held until all are known. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('data', (data) => end(data.subarray(0, 5).equals(Buffer.from('HTTP/'))));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
  });
}

async function settled(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const abort = new AbortController();
  const timeout = delay(timeoutMs, false, { signal: abort.signal }).catch(() => false);
  const ended = await Promise.race([promise.then(() => true), timeout]);
  abort.abort();
  return ended;
}
