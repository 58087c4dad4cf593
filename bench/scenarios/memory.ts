/** Resident memory at rest, after load of small objects, and at its peak under many large uploads. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runLargeObjects } from '../load/large-objects.ts';
import { runWrk } from '../load/wrk.ts';
import { treeMemory } from '../proc.ts';
import { requestHead, writeRequests } from '../signed-requests.ts';
import type { BenchContext, RunningTarget, Target } from '../targets/target.ts';
import { type Sample, type Scenario, startWithBucket } from './scenario.ts';

const restMs = 3000;
const sampleMs = 100;
const smallBytes = 4096;
const smallKeys = 5000;
const connections = 64;
const uploads = { connections: 256, bytes: 16 * 1024 * 1024 };
const quickUploads = { connections: 32, bytes: 4 * 1024 * 1024 };

export const memory: Scenario = {
  name: 'memory',
  title: 'Resident memory',
  about: `On all cores, with a worker for each. "Largest" is the largest process with shared pages counted in full (RSS), "all" all processes with shared pages counted once (PSS). At rest after start; ${restMs / 1000} s after PUT and GET of 4 KiB over ${connections} connections; highest while ${uploads.connections} connections each upload ${uploads.bytes / 1024 ** 2} MiB at once (quick: ${quickUploads.connections}, ${quickUploads.bytes / 1024 ** 2} MiB).`,
  metrics: [
    { id: 'rest', title: 'rest, largest', unit: 'MiB', decimals: 0, compared: true },
    { id: 'rest_all', title: 'rest, all', unit: 'MiB', decimals: 0 },
    { id: 'loaded', title: 'after load, largest', unit: 'MiB', decimals: 0, compared: true },
    { id: 'loaded_all', title: 'after load, all', unit: 'MiB', decimals: 0 },
    { id: 'uploads', title: 'uploads, largest', unit: 'MiB', decimals: 0 },
    { id: 'uploads_all', title: 'uploads, all', unit: 'MiB', decimals: 0 },
    { id: 'processes', title: 'processes', unit: '', decimals: 0 },
  ],
  targets: ['kist', 's3rver'],
  external: false,
  warmUp: false,
  open: async (target, context) => ({
    measure: () => measure(target, context),
    close: async () => {},
  }),
};

async function measure(target: Target, context: BenchContext): Promise<Sample> {
  const server = await startWithBucket(target, context, context.layout.allCores);
  try {
    await delay(restMs);
    const rest = memoryOf(server);
    await loadSmall(server, context);
    await delay(restMs);
    const loaded = memoryOf(server);
    const peak = await peakDuring(server, () => loadUploads(server, context));
    return {
      rest: rest.largest,
      rest_all: rest.all,
      loaded: loaded.largest,
      loaded_all: loaded.all,
      uploads: peak.largest,
      uploads_all: peak.all,
      processes: rest.processes,
    };
  } finally {
    await server.stop();
  }
}

interface MemoryUse {
  /** MiB. */
  readonly largest: number;
  /** MiB. */
  readonly all: number;
  readonly processes: number;
}

function memoryOf(server: RunningTarget): MemoryUse {
  const processes = treeMemory(server.pid!);
  return {
    largest: Math.max(...processes.map(({ residentMiB }) => residentMiB)),
    all: processes.reduce((sum, { proportionalMiB }) => sum + proportionalMiB, 0),
    processes: processes.length,
  };
}

async function loadSmall(server: RunningTarget, context: BenchContext): Promise<void> {
  const directory = context.makeDirectory('requests');
  const requestsFile = join(directory, 'heads');
  const bodyFile = join(directory, 'body');
  writeFileSync(bodyFile, randomBytes(smallBytes));
  const headers = { 'content-length': String(smallBytes) };
  const paths = Array.from({ length: smallKeys }, (_, n) => `/${server.bucket}/small-${n}`);
  const { host, port } = server;
  const load = { host, port, requestsFile, connections, seconds: context.options.seconds };
  const puts = paths.map((path) => requestHead(server, { method: 'PUT', path, headers }));
  writeRequests(requestsFile, puts);
  await runWrk(context.layout, { ...load, bodyFile });
  // What the PUTs reached is there to be read, whatever their speed.
  const first = paths.slice(0, connections);
  const gets = first.map((path) => requestHead(server, { method: 'GET', path }));
  writeRequests(requestsFile, gets);
  await runWrk(context.layout, load);
}

async function loadUploads(server: RunningTarget, context: BenchContext): Promise<void> {
  const { connections: count, bytes } = context.options.quick ? quickUploads : uploads;
  const requestsFile = join(context.makeDirectory('requests'), 'heads');
  const headers = { 'content-length': String(bytes) };
  const heads = Array.from({ length: count }, (_, n) =>
    requestHead(server, { method: 'PUT', path: `/${server.bucket}/upload-${n}`, headers }),
  );
  writeRequests(requestsFile, heads);
  const { host, port } = server;
  await runLargeObjects(context.layout, {
    ...{ host, port, requestsFile, connections: count },
    uploadBytes: bytes,
    answerBytes: undefined,
  });
}

async function peakDuring(server: RunningTarget, work: () => Promise<void>): Promise<MemoryUse> {
  let peak = memoryOf(server);
  const timer = setInterval(() => {
    const now = memoryOf(server);
    peak = {
      largest: Math.max(peak.largest, now.largest),
      all: Math.max(peak.all, now.all),
      processes: now.processes,
    };
  }, sampleMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak;
}
