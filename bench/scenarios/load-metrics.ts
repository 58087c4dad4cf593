/**
 * What every measurement under load tells beside its speed: CPU of the server for each request, of
 * the generator, and of everything else on the machine, which says whether the figures can be trusted.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { machineBusyMicroseconds, treeCpuMicroseconds } from '../proc.ts';
import type { BenchContext, RunningTarget } from '../targets/target.ts';
import type { Metric, Sample } from './scenario.ts';

export const loadMetrics: readonly Metric[] = [
  {
    id: 'server_cpu',
    title: 'server CPU',
    unit: 'µs/request',
    decimals: 0,
    compared: true,
  },
  { id: 'generator_cpu', title: 'generator CPU', unit: '% of its cores', decimals: 0 },
  { id: 'other_cpu', title: 'other CPU', unit: '% of the machine', decimals: 0 },
];

export interface LoadResult {
  readonly requests: number;
  readonly durationUs: number;
  readonly cpuUs: number;
}

export interface Metered<Result> {
  readonly result: Result;
  readonly metrics: Sample;
}

const settleMs = 300;

export async function metered<Result extends LoadResult>(
  context: BenchContext,
  server: RunningTarget,
  work: () => Promise<Result>,
): Promise<Metered<Result>> {
  const { generatorCores, allCores } = context.layout;
  await settle(context);
  const startedAt = performance.now();
  const busyBefore = machineBusyMicroseconds();
  const cpuBefore = server.pid === undefined ? 0 : treeCpuMicroseconds(server.pid);
  const result = await work();
  const serverUs = server.pid === undefined ? 0 : treeCpuMicroseconds(server.pid) - cpuBefore;
  const otherUs = machineBusyMicroseconds() - busyBefore - serverUs - result.cpuUs;
  const wallUs = (performance.now() - startedAt) * 1000;
  return {
    result,
    metrics: {
      ...(server.pid !== undefined && { server_cpu: serverUs / result.requests }),
      generator_cpu: percent(result.cpuUs, result.durationUs * generatorCores.length),
      other_cpu: percent(otherUs, wallUs * allCores.length),
    },
  };
}

function percent(part: number, whole: number): number {
  return Math.max(0, (100 * part) / whole);
}

/** What one target left unwritten is not the next one's burden. */
async function settle(context: BenchContext): Promise<void> {
  if (!context.options.quick) execFileSync('sync', ['--file-system', context.workDir]);
  await delay(settleMs);
}
