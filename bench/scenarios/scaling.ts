/** What a second worker brings, on all cores: rate and the server's CPU for each request, with one and with two. */

import type { BenchContext, Target } from '../targets/target.ts';
import { getSmall } from './get-small.ts';
import { putSmall } from './put-small.ts';
import type { Metric, Sample, Scenario, Session } from './scenario.ts';

const workerCounts = [1, 2] as const;

const measured: readonly { readonly id: string; readonly of: Scenario }[] = [
  { id: 'get', of: getSmall({ name: 'get-4k-signed', signed: true }) },
  { id: 'put', of: putSmall },
];

export const scaling: Scenario = {
  name: 'scaling',
  title: 'Two workers against one',
  about:
    'GET of 4 KiB, signed, and PUT of 4 KiB over 64 connections, with one worker and with two, server and load generator on all cores whatever the layout. Where there are only two cores the generator takes its share of them: the rate then says less than the CPU for each request, which stays the same where workers don’t hold each other up.',
  metrics: measured.flatMap(({ id }): readonly Metric[] => [
    ...workerCounts.flatMap((workers) => [
      { id: `${id}_rate_${workers}`, title: `${id}, ${workers} w.`, unit: '/s', decimals: 0 },
      {
        id: `${id}_cpu_${workers}`,
        title: `${id}, ${workers} w.`,
        unit: 'µs/request',
        decimals: 0,
      },
    ]),
    { id: `${id}_ratio`, title: `${id}, rate of 2 ÷ 1`, unit: '', decimals: 2 },
    { id: `${id}_cpu_ratio`, title: `${id}, CPU of 2 ÷ 1`, unit: '', decimals: 2 },
  ]),
  targets: ['kist'],
  external: false,
  warmUp: true,
  open,
};

async function open(target: Target, context: BenchContext): Promise<Session> {
  const sessions: { readonly id: string; readonly workers: number; readonly session: Session }[] =
    [];
  const close = async (): Promise<void> => {
    for (const { session } of sessions) await session.close();
  };
  try {
    for (const { id, of } of measured) {
      for (const workers of workerCounts) {
        sessions.push({ id, workers, session: await of.open(target, shared(context, workers)) });
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async measure(round) {
      const sample: Record<string, number> = {};
      for (const { id, workers, session } of sessions) {
        const { rate = 0, server_cpu: cpu = 0 } = await session.measure(round);
        sample[`${id}_rate_${workers}`] = rate;
        sample[`${id}_cpu_${workers}`] = cpu;
      }
      return { ...sample, ...ratios(sample) };
    },
    close,
  };
}

function shared(context: BenchContext, workers: number): BenchContext {
  const { allCores } = context.layout;
  return {
    ...context,
    options: { ...context.options, workers },
    layout: { name: 'shared', allCores, serverCores: allCores, generatorCores: allCores },
  };
}

function ratios(sample: Sample): Sample {
  return Object.fromEntries(
    measured.flatMap(({ id }) => [
      [`${id}_ratio`, sample[`${id}_rate_2`]! / sample[`${id}_rate_1`]!],
      [`${id}_cpu_ratio`, sample[`${id}_cpu_2`]! / sample[`${id}_cpu_1`]!],
    ]),
  );
}
