/** Processes that are started, die, are started again, and end in order: all of it for real. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FixtureConfig } from './supervisor.fixture.ts';

let directory: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-supervisor-'));
});
afterEach(() => {
  for (const child of children.splice(0)) {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // The whole group is gone already.
    }
  }
  rmSync(directory, { recursive: true });
});

function run(config: Partial<FixtureConfig>) {
  const program = join(import.meta.dirname, 'supervisor.fixture.ts');
  const argument = JSON.stringify({ directory, workers: 2, ...config });
  const child = spawn(process.execPath, ['--import', 'tsx', program, argument], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  children.push(child);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const exited = once(child, 'close') as Promise<[number | null, string | null]>;
  return { child, exited, log: () => log };
}

async function runUntilReady(config: Partial<FixtureConfig> = {}) {
  const running = run(config);
  const ready = once(running.child.stdout!, 'data') as Promise<[Buffer]>;
  const first = await Promise.race([ready, running.exited]);
  if (!Buffer.isBuffer(first[0])) throw new Error(`ended before it was ready: ${running.log()}`);
  const addresses = JSON.parse(first[0].toString()) as {
    s3: { port: number };
    console: { port: number };
  };
  const console = `http://127.0.0.1:${addresses.console.port}`;
  return {
    ...running,
    port: addresses.s3.port,
    pid: running.child.pid!,
    page: async (path: string) => {
      const answer = await fetch(console + path);
      return { status: answer.status, body: await answer.text() };
    },
  };
}

/** Over a connection of its own; resolves with the first chunk. */
async function request(port: number, path = '/') {
  const [response] = (await once(
    get({ port, path, host: '127.0.0.1', agent: false }),
    'response',
  )) as [IncomingMessage];
  const [chunk] = (await once(response, 'data')) as [Buffer];
  const [slot, pid] = chunk.toString().split(/\s/).map(Number);
  const rest = new Promise<string>((resolve) => {
    let body = '';
    response.on('data', (more: Buffer) => {
      body += more.toString();
    });
    response.on('error', () => resolve('cut'));
    response.on('end', () => resolve(chunk.toString() + body));
  });
  return { slot: slot!, pid: pid!, first: chunk.toString(), rest };
}

/** Asks until another process answers in the slot. */
function successorOf(port: number, slot: number, pid: number): Promise<number> {
  return vi.waitFor(
    async () => {
      const answer = await request(port);
      if (answer.slot !== slot || answer.pid === pid) throw new Error('not yet');
      return answer.pid;
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** What a client sees within ten seconds. */
function outcomeOf(port: number): Promise<'answered' | 'cut' | 'still waiting'> {
  return new Promise((resolve) => {
    const asked = get({ port, host: '127.0.0.1', agent: false, timeout: 10_000 }, (response) => {
      response.resume();
      resolve('answered');
    });
    asked.on('error', () => resolve('cut'));
    asked.on('timeout', () => {
      resolve('still waiting');
      asked.destroy();
    });
  });
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

it('deals connections out to all workers and is ready', async () => {
  const server = await runUntilReady({ workers: 2 });
  const slots = new Set<number>();
  for (let i = 0; i < 4; i++) slots.add((await request(server.port)).slot);
  expect([...slots].sort()).toEqual([0, 1]);
  expect(await server.page('/health/live')).toMatchObject({ status: 200 });
  expect(await server.page('/health/ready')).toEqual({
    status: 200,
    body: '{"status":"ready","workers":{"ready":2,"expected":2}}\n',
  });
  expect((await server.page('/')).status).toBe(404);
  const metrics = (await server.page('/metrics')).body;
  expect(metrics).toContain('kist_http_requests_total{operation="Fixture",status="200"} 4\n');
  expect(metrics).toContain('kist_workers_ready 3\n');
  for (const name of ['supervisor', 'worker-0', 'worker-1', 'jobs-2']) {
    expect(metrics).toContain(`kist_process_resident_memory_bytes{process="${name}"}`);
  }
});

it('makes a process that was started ahead its first worker', async () => {
  const server = await runUntilReady({ workers: 2, early: 'waits' });
  const early = Number(readFileSync(join(directory, 'early'), 'utf8'));
  const answers = [await request(server.port), await request(server.port)];
  expect(answers.find(({ slot }) => slot === 0)).toMatchObject({ pid: early });
  process.kill(early, 'SIGKILL');
  expect(await successorOf(server.port, 0, early)).toBeGreaterThan(0);
});

it('starts its first worker itself where the one that was started ahead has ended', async () => {
  const server = await runUntilReady({ workers: 1, early: 'ended' });
  const early = Number(readFileSync(join(directory, 'early'), 'utf8'));
  expect((await request(server.port)).pid).not.toBe(early);
  expect(server.log()).not.toContain('died');
});

it('starts a killed worker again in the same slot, once it is gone, and totals never fall', async () => {
  const server = await runUntilReady({ workers: 2 });
  const { slot, pid } = await request(server.port);
  expect((await server.page('/metrics')).body).toContain('status="200"} 1\n');
  process.kill(pid, 'SIGKILL');
  const successor = await successorOf(server.port, slot, pid);
  expect(successor).toBeGreaterThan(0);
  const metrics = (await server.page('/metrics')).body;
  const total = Number(/status="200"\} (\d+)/.exec(metrics)?.[1]);
  expect(total).toBeGreaterThanOrEqual(2);
  expect(metrics).toContain(`kist_worker_restarts_total{process="worker-${slot}"} 1\n`);
  expect(server.log()).toMatch(/process died .*signal SIGKILL/);
  expect((await server.page('/health/ready')).status).toBe(200);
});

it('lets no client wait for a worker that was killed while it was dealt a connection', async () => {
  const server = await runUntilReady({ workers: 2 });
  for (let round = 0; round < 4; round++) {
    const { slot, pid } = await request(server.port);
    process.kill(pid, 'SIGKILL');
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => outcomeOf(server.port)));
    // Cut is as good as answered, as the client may try again.
    expect(outcomes).not.toContain('still waiting');
    expect(outcomes).toContain('answered');
    await successorOf(server.port, slot, pid);
  }
}, 120_000);

it('is not ready while the engine is sick, but alive', async () => {
  const server = await runUntilReady({ workers: 1, sick: true });
  const ready = await server.page('/health/ready');
  expect(ready.status).toBe(503);
  expect(ready.body).toContain('the disk is full');
  expect((await server.page('/health/live')).status).toBe(200);
});

it.each([
  ['to the supervisor', 1],
  ['to the whole process group', -1],
])(
  'on SIGTERM %s ends requests in flight, refuses new connections and exits with 0',
  async (_, sign) => {
    const server = await runUntilReady({ workers: 2 });
    const slow = [await request(server.port, '/?ms=1500'), await request(server.port, '/?ms=1500')];
    process.kill(server.pid * sign, 'SIGTERM');
    await vi.waitFor(async () => expect(await isRefused(server.port)).toBe(true), { interval: 20 });
    expect(await server.page('/health/ready')).toMatchObject({ status: 503 });
    for (const each of slow) expect(await each.rest).toContain('end\n');
    expect(await server.exited).toEqual([0, null]);
  },
);

it('cuts what is still in flight when the time for draining is over', async () => {
  const server = await runUntilReady({ workers: 1, drainTimeoutMs: 200 });
  const { rest } = await request(server.port, '/?ms=never');
  server.child.kill('SIGINT');
  expect(await rest).toBe('cut');
  expect(await server.exited).toEqual([0, null]);
});

it('ends at once on a second signal', async () => {
  const server = await runUntilReady({ workers: 1, drainTimeoutMs: 60_000 });
  const { rest } = await request(server.port, '/?ms=never');
  server.child.kill('SIGTERM');
  await vi.waitFor(async () => expect(await isRefused(server.port)).toBe(true), { interval: 20 });
  server.child.kill('SIGTERM');
  expect(await server.exited).toEqual([143, null]);
  expect(await rest).toBe('cut');
});

function reloadWith(server: { readonly child: ChildProcess }, changes: Partial<FixtureConfig>) {
  writeFileSync(join(directory, 'reload.json'), JSON.stringify(changes));
  server.child.kill('SIGHUP');
}

it('at SIGHUP replaces every process by one with the new configuration, in a slot that is free', async () => {
  const server = await runUntilReady({ workers: 2, greeting: 'old' });
  const slow = await request(server.port, '/?ms=1000');
  reloadWith(server, { greeting: 'new' });
  await vi.waitFor(() => expect(server.log()).toContain('reloaded'), { timeout: 30_000 });
  for (let i = 0; i < 4; i++) expect((await request(server.port)).first).toContain('new');
  expect(await slow.rest).toMatch(/old\nend\n$/);
  // Processes that find another live one in their slot refuse to start.
  expect(server.log()).not.toContain('slot held');
  const ready = await server.page('/health/ready');
  expect(ready.body).toContain('"workers":{"ready":2,"expected":2}');
  const metrics = (await server.page('/metrics')).body;
  expect(metrics).toContain('kist_reloads_total{result="done"} 1\n');
  expect(metrics).toContain('kist_http_requests_total{operation="Fixture",status="200"} 5\n');
  expect(metrics).not.toMatch(/kist_worker_restarts_total\{[^}]*} [1-9]/);
  server.child.kill('SIGTERM');
  expect(await server.exited).toEqual([0, null]);
});

it.each([
  ['cannot be read', undefined, /reload failed.*JSON/],
  ['the server refuses', { refusal: 'no such key' }, /reload failed.*no such key/],
  ['the server dies of', { exitAtStart: 7 }, /reload failed.*worker-3 died at its start/],
])('at SIGHUP with a configuration that %s goes on as it was', async (_, changes, reason) => {
  const server = await runUntilReady({ workers: 2 });
  const before = [await request(server.port), await request(server.port)];
  if (changes === undefined) {
    writeFileSync(join(directory, 'reload.json'), '{');
    server.child.kill('SIGHUP');
  } else reloadWith(server, changes);
  await vi.waitFor(() => expect(server.log()).toMatch(reason), { timeout: 30_000 });
  const after = [await request(server.port), await request(server.port)];
  expect(after.map(({ pid }) => pid).sort()).toEqual(before.map(({ pid }) => pid).sort());
  expect((await server.page('/health/ready')).status).toBe(200);
  expect((await server.page('/metrics')).body).toContain('kist_reloads_total{result="failed"} 1\n');
  // And the way is free for one that works.
  reloadWith(server, { greeting: 'mended' });
  await vi.waitFor(() => expect(server.log()).toContain('reloaded'), { timeout: 30_000 });
  expect((await request(server.port)).first).toContain('mended');
});

it('ends in order while it reloads', async () => {
  const server = await runUntilReady({ workers: 2 });
  reloadWith(server, {});
  await vi.waitFor(() => expect(server.log()).toContain('reloading'));
  server.child.kill('SIGTERM');
  expect(await server.exited).toEqual([0, null]);
});

it('leaves no worker behind when it is killed itself', async () => {
  const server = await runUntilReady({ workers: 1 });
  const { rest } = await request(server.port, '/?ms=never');
  server.child.kill('SIGKILL');
  expect(await rest).toBe('cut');
});

it('gives up with a clear message when a process keeps dying at its start', async () => {
  const server = run({ workers: 1, exitAtStart: 7 });
  expect(await server.exited).toEqual([1, null]);
  expect(server.log()).toMatch(
    /ServerEndedError: (worker-0|jobs) died 5 times in a row at its start, the last time with exit code 7/,
  );
});

it('ends at the first refusal to start, with its words', async () => {
  const server = run({ workers: 2, refusal: 'format 9 is newer than this server' });
  expect(await server.exited).toEqual([1, null]);
  expect(server.log()).toContain('ServerEndedError: format 9 is newer than this server');
});

it('names the port that is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  try {
    const s3 = run({ workers: 2, port });
    expect(await s3.exited).toEqual([1, null]);
    expect(s3.log()).toContain(`127.0.0.1 port ${port} is in use by another program`);
    expect(s3.log()).toContain('--port');
    const console = run({ workers: 1, consolePort: port });
    expect(await console.exited).toEqual([1, null]);
    expect(console.log()).toContain('--console-port');
  } finally {
    other.close();
  }
});
