/**
 * A program for the supervisor's tests: the real supervisor over a tiny server, so that processes,
 * signals and deaths are real. Its one argument is a `FixtureConfig` as JSON; it prints its addresses
 * as a line of JSON once it is ready.
 */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createLog } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import { startEarly } from './early-process.ts';
import { isSupervised, runSupervised } from './supervised-worker.ts';
import { type RunningServer, supervise } from './supervisor.ts';
import type { ServerRole } from './supervisor-messages.ts';

export interface FixtureConfig {
  readonly directory: string;
  readonly workers: number;
  readonly port?: number;
  readonly consolePort?: number;
  readonly drainTimeoutMs?: number;
  /** Exits at once with this code when asked to start. */
  readonly exitAtStart?: number;
  /** Refuses to start with these words. */
  readonly refusal?: string;
  readonly sick?: boolean;
  /** Said with every answer. */
  readonly greeting?: string;
  /** A process is started ahead, its pid in the file `early`; or it has ended already when its time comes. */
  readonly early?: 'waits' | 'ended';
}

async function startAhead(config: FixtureConfig): Promise<void> {
  startEarly();
  const [worker] = Object.values(cluster.workers ?? {});
  writeFileSync(join(config.directory, 'early'), String(worker!.process.pid));
  if (config.early === 'waits') return;
  worker!.process.kill('SIGKILL');
  await once(worker!, 'exit');
}

async function startFixture(config: FixtureConfig, role: ServerRole): Promise<RunningServer> {
  if (config.exitAtStart !== undefined) process.exit(config.exitAtStart);
  if (config.refusal !== undefined) throw new Error(config.refusal);
  takeSlot(join(config.directory, `slot-${role.slot}`));

  const metrics = createMetrics(`${role.kind}-${role.slot}`);
  let drained = false;
  const server = createServer((request, response) => {
    metrics.counter('requests', 'Fixture', '200').add();
    // Says who it is at once, and ends when it is asked to by the query.
    if (drained) response.setHeader('Connection', 'close');
    response.write(`${role.slot} ${process.pid} ${config.greeting ?? ''}\n`);
    const ms = new URL(request.url ?? '/', 'http://any').searchParams.get('ms');
    if (ms !== 'never') setTimeout(() => response.end('end\n'), Number(ms ?? 0));
  });
  if (role.kind !== 'jobs') {
    server.listen(config.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
  }
  return {
    s3:
      role.kind === 'jobs'
        ? undefined
        : { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    drain: (rolling) =>
      new Promise((resolve) => {
        drained = true;
        if (rolling === true) appendFileSync(join(config.directory, 'rolled'), `${role.slot}\n`);
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    close: async () => server.closeAllConnections(),
    health: async () => {
      if (config.sick === true) throw new Error('the disk is full');
    },
    metrics: () => metrics.snapshot(),
  };
}

/** Two live processes in one slot are what must never be. */
function takeSlot(file: string): void {
  let pids: readonly string[] = [];
  try {
    pids = readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    // The first one in this slot.
  }
  for (const pid of pids) {
    let alive = true;
    try {
      process.kill(Number(pid), 0);
    } catch {
      alive = false;
    }
    if (alive) throw new Error(`slot held by ${pid}`);
  }
  appendFileSync(file, `${process.pid}\n`);
}

if (isSupervised()) {
  runSupervised(startFixture);
} else {
  const config = JSON.parse(process.argv[2]!) as FixtureConfig;
  if (config.early !== undefined) await startAhead(config);
  try {
    process.exitCode = await supervise(config, {
      host: '127.0.0.1',
      port: config.port ?? 0,
      consolePort: config.consolePort ?? 0,
      workers: config.workers,
      drainTimeoutMs: config.drainTimeoutMs ?? 10_000,
      log: createLog({ level: 'info', format: 'text' }),
      metrics: createMetrics('supervisor'),
      // What is in the directory is added to what the first processes got.
      reload: async () => ({
        ...config,
        ...JSON.parse(readFileSync(join(config.directory, 'reload.json'), 'utf8')),
      }),
      onReady: (addresses) => console.log(JSON.stringify(addresses)),
    });
  } catch (error) {
    console.error(String(error));
    process.exitCode = 1;
  }
  process.exit();
}
