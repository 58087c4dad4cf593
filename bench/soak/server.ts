/**
 * The server under soak: the built command from a directory of its own, so that a later build changes
 * nothing under it. Its processes are known by what its log says of them.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { treeCpuMicroseconds } from '../proc.ts';
import { freePorts } from '../processes.ts';
import type { Endpoint } from '../signed-requests.ts';

const readyTimeoutMs = 60_000;
const pollMs = 10;
const root = join(import.meta.dirname, '..', '..');
const credentials = {
  accessKeyId: 'KISTSOAK000000000000',
  secretAccessKey: 'soakSecretKey000000000000000000000000000',
  region: 'us-east-1',
} as const;

export interface SoakProcess {
  /** `supervisor`, `worker 1`, `jobs`; the same for its successors. */
  readonly role: string;
  /** As the server calls it: after a reload, workers have other numbers. */
  readonly name: string;
  readonly pid: number;
}

export interface SoakServer {
  readonly endpoint: Endpoint;
  readonly dataDir: string;
  /** Those that are ready, the supervisor first. */
  processes(): readonly SoakProcess[];
  start(): Promise<void>;
  /** SIGTERM, as a service manager does. */
  stop(): Promise<void>;
  /** SIGKILL to all its processes at once. */
  crash(): Promise<void>;
  /** SIGKILL to one; resolves when its successor is ready. */
  kill(role: string): Promise<void>;
  /** SIGHUP; resolves when all have been replaced. */
  reload(): Promise<void>;
  /** What `/metrics` answers; empty if nothing. */
  metrics(): Promise<string>;
  /** Of all its processes, also those that have ended. */
  cpuMicroseconds(): number;
  /** Lines of level error by message, without those about processes that were killed. */
  logErrors(): ReadonlyMap<string, number>;
  /** `kist doctor` on the directory. */
  doctor(): Promise<{ readonly healthy: boolean; readonly text: string }>;
}

export interface SoakServerOptions {
  /** Code, data and log go below it. */
  readonly directory: string;
  readonly workers: number;
  readonly settings: Readonly<Record<string, string>>;
}

export async function createSoakServer(options: SoakServerOptions): Promise<SoakServer> {
  const { directory, workers, settings } = options;
  const command = copyCode(join(directory, 'kist'));
  const dataDir = join(directory, 'data');
  const logFile = join(directory, 'kist.log');
  const [port, consolePort] = (await freePorts(2)) as [number, number];
  /** Name → process id, the latest last. */
  const ready = new Map<string, number>();
  const errors = new Map<string, number>();
  let child: ChildProcess | undefined;
  let reloads = 0;
  let endedCpu = 0;

  function hear(line: string): void {
    appendFileSync(logFile, `${line}\n`);
    if (!line.startsWith('{')) return;
    const { level, message, child: name, pid } = JSON.parse(line) as Record<string, string>;
    if (message === 'process ready' || message === 'process died') ready.delete(name!);
    if (message === 'process ready') ready.set(name!, Number(pid));
    if (message === 'reloaded') reloads++;
    // Those are the soak's own doing.
    if (level !== 'error' || message === 'process died') return;
    errors.set(message!, (errors.get(message!) ?? 0) + 1);
  }

  const isUp = () => child !== undefined && child.exitCode === null && child.signalCode === null;

  async function waitFor(met: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    while (!(await met())) {
      if (!isUp()) throw new Error(`The server ended; its log is ${logFile}`);
      if (performance.now() > deadline) throw new Error(`Not in time: ${what}`);
      await delay(pollMs);
    }
  }

  /** A reload leaves older ones, which end what they began. */
  const processes = (): readonly SoakProcess[] => {
    const names = [...ready.keys()].filter((name) => name.startsWith('worker'));
    const latest = names.slice(-workers).sort((a, b) => numberIn(a) - numberIn(b));
    const placed = latest.map((name, index) => [`worker ${index + 1}`, name] as const);
    const jobs = ready.has('jobs') ? [['jobs', 'jobs'] as const] : [];
    const others = [...placed, ...jobs].map(([role, name]) => ({
      role,
      name,
      pid: ready.get(name)!,
    }));
    return isUp()
      ? [{ role: 'supervisor', name: 'supervisor', pid: child!.pid! }, ...others]
      : others;
  };

  const isReady = async () => {
    try {
      const url = `http://127.0.0.1:${consolePort}/health/ready`;
      return (await fetch(url)).ok;
    } catch {
      return false;
    }
  };

  async function end(signal: () => void): Promise<void> {
    const ending = child!;
    const exited = once(ending, 'exit');
    endedCpu += treeCpuMicroseconds(ending.pid!);
    signal();
    await exited;
    ready.clear();
  }

  return {
    endpoint: { host: '127.0.0.1', port, credentials },
    dataDir,
    processes,
    async start() {
      const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
      const started = spawn(
        process.execPath,
        [
          ...[command, 'serve', '--data-dir', dataDir, '--workers', String(workers)],
          ...['--port', String(port), '--console-port', String(consolePort)],
          ...['--log-format', 'json', ...flags],
        ],
        {
          // A process group, so that a crash takes all of it.
          detached: true,
          stdio: ['ignore', 'ignore', 'pipe'],
          env: {
            ...process.env,
            NODE_ENV: 'production',
            KIST_ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
            KIST_ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          },
        },
      );
      child = started;
      createInterface(started.stderr).on('line', hear);
      const onExit = () =>
        started.pid !== undefined && isUp() && process.kill(-started.pid, 'SIGKILL');
      process.once('exit', onExit);
      started.once('exit', () => process.off('exit', onExit));
      await waitFor(isReady, 'the start');
    },
    stop: () => end(() => child!.kill('SIGTERM')),
    crash: () => end(() => process.kill(-child!.pid!, 'SIGKILL')),
    async kill(role) {
      const victim = processes().find((each) => each.role === role);
      if (victim === undefined) throw new Error(`There is no ${role}.`);
      process.kill(victim.pid, 'SIGKILL');
      const isBack = () =>
        processes().some((each) => each.role === role && each.pid !== victim.pid);
      await waitFor(isBack, `another ${role}`);
      await waitFor(isReady, `${role} ready`);
    },
    async reload() {
      const before = reloads;
      child!.kill('SIGHUP');
      await waitFor(() => reloads > before, 'the reload');
    },
    async metrics() {
      try {
        return await (await fetch(`http://127.0.0.1:${consolePort}/metrics`)).text();
      } catch {
        return '';
      }
    },
    cpuMicroseconds: () => endedCpu + (isUp() ? treeCpuMicroseconds(child!.pid!) : 0),
    logErrors: () => errors,
    doctor: () =>
      new Promise((resolve) => {
        const args = [command, 'doctor', '--data-dir', dataDir];
        execFile(process.execPath, args, (error, stdout, stderr) => {
          const text = `${stdout}${stderr}`.replaceAll(dataDir, 'the data directory').trim();
          resolve({ healthy: error === null, text });
        });
      }),
  };
}

/** The command of a copy of `dist/`, which finds its packages where the checkout has them. */
function copyCode(directory: string): string {
  if (!existsSync(join(root, 'dist', 'cli', 'main.js')))
    throw new Error('Not built: npm run build');
  mkdirSync(directory, { recursive: true });
  cpSync(join(root, 'dist'), join(directory, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(directory, 'package.json'));
  symlinkSync(realpathSync(join(root, 'node_modules')), join(directory, 'node_modules'));
  return join(directory, 'dist', 'cli', 'main.js');
}

const numberIn = (name: string): number => Number(name.replaceAll(/\D/g, ''));
