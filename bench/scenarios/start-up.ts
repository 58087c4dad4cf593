/** From starting the process to its first answered request, on an empty and on a full directory. */
import type { BenchContext, Target } from '../targets/target.ts';
import { loadKeys } from './list-sizes.ts';
import type { Sample, Scenario, Session } from './scenario.ts';

export const startUp: Scenario = {
  name: 'start-up',
  title: 'Start-up',
  about:
    'From starting the process to the first answer to GET /, on all cores, with a worker for each; CPU is what all its processes took until then. "Stored" is on a directory that holds the second number of `--list-sizes` objects; only for Kist, as the others read nothing at start.',
  metrics: [
    { id: 'empty', title: 'empty', unit: 'ms', decimals: 0, compared: true },
    { id: 'empty_cpu', title: 'empty, CPU', unit: 'ms', decimals: 0 },
    { id: 'stored', title: 'stored', unit: 'ms', decimals: 0 },
    { id: 'stored_cpu', title: 'stored, CPU', unit: 'ms', decimals: 0 },
    { id: 'keys', title: 'keys stored', unit: '', decimals: 0 },
  ],
  targets: ['kist', 'nginx', 's3rver'],
  external: false,
  warmUp: false,
  open,
};

async function open(target: Target, context: BenchContext): Promise<Session> {
  const stored = target.name === 'kist' ? await fill(target, context) : undefined;
  return {
    async measure(): Promise<Sample> {
      const empty = await startOnce(target, context, context.makeDirectory(target.name));
      const sample = { empty: empty.ms, empty_cpu: empty.cpuMs };
      if (stored === undefined) return sample;
      const full = await startOnce(target, context, stored);
      const keys = context.options.listSizes.many;
      return { ...sample, stored: full.ms, stored_cpu: full.cpuMs, keys };
    },
    close: async () => {},
  };
}

/** A directory that the target can be started on. */
async function fill(target: Target, context: BenchContext): Promise<string> {
  const dataDir = context.makeDirectory(target.name);
  await loadKeys(dataDir, context.options.listSizes.many, { prefixes: 0, versions: 1 });
  return dataDir;
}

interface StartTimes {
  readonly ms: number;
  readonly cpuMs: number;
}

async function startOnce(
  target: Target,
  context: BenchContext,
  dataDir: string,
): Promise<StartTimes> {
  const server = await target.start(startOptions(context, dataDir));
  await server.stop();
  const { startMs, startCpuMs } = server;
  if (startMs === undefined || startCpuMs === undefined) throw new Error('the target was running');
  return { ms: startMs, cpuMs: startCpuMs };
}

function startOptions(context: BenchContext, dataDir: string) {
  const cores = context.layout.allCores;
  return { dataDir, cores, workers: context.options.workers ?? cores.length };
}
