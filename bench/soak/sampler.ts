/** One look at everything: processes, disk, what must be there, and how requests went since the last look. */
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SoakClient } from './client.ts';
import type { LatencySample, ProcessSample, SampleLine } from './lines.ts';
import type { Model } from './model.ts';
import type { SoakProcess, SoakServer } from './server.ts';

const bytesPerMiB = 1024 ** 2;
const blockBytes = 512;

export interface SamplerDeps {
  readonly server: SoakServer;
  readonly client: SoakClient;
  readonly model: Model;
  readonly failed: readonly string[];
  readonly wrong: readonly string[];
}

/** `seconds`: of the sample. */
export type Sampler = (seconds: number) => Promise<SampleLine>;

export function createSampler({ server, client, model, failed, wrong }: SamplerDeps): Sampler {
  let lastAt = performance.now();
  let lastServerCpu = server.cpuMicroseconds();
  let lastOwnCpu = process.cpuUsage();
  let lastRequests = client.counts.requests;
  let lastRetries = client.counts.retries;

  return async (seconds) => {
    const at = performance.now();
    const microseconds = Math.max(1, (at - lastAt) * 1000);
    const serverCpu = server.cpuMicroseconds();
    const own = process.cpuUsage(lastOwnCpu);
    const { requests, retries } = client.counts;
    const { objects, storedBytes, logicalBytes } = model.live();
    const latencies = Object.fromEntries(
      [...client.takeLatencies()].map(([kind, times]): [string, LatencySample] => [
        kind,
        {
          requests: times.count(),
          p50: rounded(times.percentile(0.5)),
          p99: rounded(times.percentile(0.99)),
          max: rounded(times.max()),
        },
      ]),
    );
    const sample: SampleLine = {
      line: 'sample',
      seconds: rounded(seconds),
      processes: processSamples(server.processes(), await server.metrics()),
      disk: await diskUse(server.dataDir),
      live: {
        objects,
        storedMiB: rounded(storedBytes / bytesPerMiB),
        logicalMiB: rounded(logicalBytes / bytesPerMiB),
      },
      latencies,
      requests: requests - lastRequests,
      retries: retries - lastRetries,
      failed: failed.length,
      wrong: wrong.length,
      // Counters of processes that were killed are lost with them.
      serverCores: rounded(Math.max(0, serverCpu - lastServerCpu) / microseconds),
      generatorCores: rounded((own.user + own.system) / microseconds),
    };
    [lastAt, lastServerCpu, lastOwnCpu] = [at, serverCpu, process.cpuUsage()];
    [lastRequests, lastRetries] = [requests, retries];
    return sample;
  };
}

function processSamples(
  processes: readonly SoakProcess[],
  metrics: string,
): readonly ProcessSample[] {
  return processes.flatMap(({ role, name, pid }) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const mebibytes = (field: string) =>
        rounded(Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) / 1024);
      const descriptors = readdirSync(`/proc/${pid}/fd`).length;
      const residentMiB = mebibytes('VmRSS');
      const anonymousMiB = mebibytes('RssAnon');
      const eventLoopP99Ms = eventLoopDelay(metrics, name);
      return { role, pid, residentMiB, anonymousMiB, descriptors, eventLoopP99Ms };
    } catch {
      // It has ended just now.
      return [];
    }
  });
}

function eventLoopDelay(metrics: string, name: string): number | undefined {
  const line = metrics
    .split('\n')
    .find(
      (each) =>
        each.startsWith('kist_event_loop_delay_seconds{') &&
        each.includes(`process="${name}"`) &&
        each.includes('quantile="0.99"'),
    );
  return line === undefined ? undefined : rounded(Number(line.slice(line.lastIndexOf(' '))) * 1000);
}

async function diskUse(dataDir: string): Promise<SampleLine['disk']> {
  let files = 0;
  let allocated = 0;
  let records = 0;
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // Files come and go meanwhile.
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (found === undefined) continue;
    files++;
    allocated += found.blocks * blockBytes;
    if (entry.parentPath === join(dataDir, 'meta')) records += found.blocks * blockBytes;
  }
  return {
    files,
    allocatedMiB: rounded(allocated / bytesPerMiB),
    recordsMiB: rounded(records / bytesPerMiB),
  };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
