/**
 * Pages of 1,000 out of few and out of many keys, side by side: what a page costs must follow the page, not the
 * bucket. Each size has a server and a data directory of its own, filled by `load-keys.ts` before it starts.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KeyLayout, keyAt, prefixAt } from '../listed-keys.ts';
import { nodeCommand } from '../processes.ts';
import { createS3Client, type S3Client } from '../s3-client.ts';
import { quantile } from '../statistics.ts';
import type { BenchContext, RunningTarget, Target } from '../targets/target.ts';
import { metered } from './load-metrics.ts';
import type { Metric, Sample, Scenario, Session } from './scenario.ts';

const pageEntries = 1000;
const pagesPerMeasurement = 50;
const quickPages = 5;
/** Pages of a measurement begin so many keys from each other: far apart, and never twice at the same. */
const stride = 7919;

const metrics: readonly Metric[] = [
  { id: 'few', title: 'of few', unit: 'ms', decimals: 2 },
  { id: 'few_cpu', title: 'of few, server CPU', unit: 'ms', decimals: 2 },
  { id: 'many', title: 'of many', unit: 'ms', decimals: 2 },
  { id: 'many_cpu', title: 'of many, server CPU', unit: 'ms', decimals: 2 },
  { id: 'growth', title: 'CPU, many ÷ few', unit: '', decimals: 2 },
  { id: 'few_keys', title: 'few', unit: 'keys', decimals: 0 },
  { id: 'many_keys', title: 'many', unit: 'keys', decimals: 0 },
];

/** One kind of list. */
interface ListShape {
  readonly name: string;
  readonly title: string;
  readonly what: string;
  readonly layout: KeyLayout;
  /** Of a page that begins after key `n` of `count`. */
  readonly query: (n: number, count: number) => string;
  /** What is counted in the answer. */
  readonly element: string;
  readonly entries: number;
}

const flat: KeyLayout = { prefixes: 0, versions: 1 };
const after = (key: string): string => `&start-after=${encodeURIComponent(key)}`;
const objects = `list-type=2&max-keys=${pageEntries}`;
const byDelimiter = `delimiter=%2F&${objects}`;

const underPrefixes = (prefixes: number): KeyLayout => ({ prefixes, versions: 1 });
const few = underPrefixes(10);
const thousand = underPrefixes(1_000);
const hundredThousand = underPrefixes(100_000);
const twoVersions: KeyLayout = { prefixes: 0, versions: 2 };

const shapes: readonly ListShape[] = [
  {
    name: 'list-flat',
    title: 'List 1,000 keys, flat',
    what: 'keys without a prefix, from different places',
    layout: flat,
    query: (n, count) => `${objects}${after(keyAt(flat, n, count))}`,
    element: '<Contents>',
    entries: pageEntries,
  },
  {
    name: 'list-flat-delimiter',
    title: 'List 1,000 keys, by a delimiter that none has',
    what: 'keys without a prefix, from different places, with `delimiter=/`',
    layout: flat,
    query: (n, count) => `${byDelimiter}${after(keyAt(flat, n, count))}`,
    element: '<Contents>',
    entries: pageEntries,
  },
  {
    name: 'list-prefixes-1',
    title: 'List one common prefix',
    what: 'the one prefix that all keys lie under',
    layout: underPrefixes(1),
    query: () => byDelimiter,
    element: '<CommonPrefixes>',
    entries: 1,
  },
  {
    name: 'list-prefixes-1k',
    title: 'List 1,000 common prefixes of 1,000',
    what: 'the page of the 1,000 prefixes that all keys lie under',
    layout: thousand,
    query: () => byDelimiter,
    element: '<CommonPrefixes>',
    entries: pageEntries,
  },
  {
    name: 'list-prefixes-100k',
    title: 'List 1,000 common prefixes of 100,000',
    what: 'pages of the 100,000 prefixes (or as many as there are keys) that all keys lie under, from different places',
    layout: hundredThousand,
    query: (n, count) => `${byDelimiter}${after(prefixAt(hundredThousand, n, count))}`,
    element: '<CommonPrefixes>',
    entries: pageEntries,
  },
  {
    name: 'list-inside',
    title: 'List 1,000 keys inside a prefix',
    what: 'the first 1,000 keys under one of ten prefixes, with `prefix` and `delimiter`',
    layout: few,
    query: (n, count) => `${byDelimiter}&prefix=${encodeURIComponent(prefixAt(few, n, count))}`,
    element: '<Contents>',
    entries: pageEntries,
  },
  {
    name: 'list-versions',
    title: 'List 1,000 versions',
    what: 'ListObjectVersions of keys with two versions each, from different places',
    layout: twoVersions,
    query: (n, count) =>
      `key-marker=${encodeURIComponent(keyAt(twoVersions, n, count))}&max-keys=${pageEntries}&versions=`,
    element: '<Version>',
    entries: pageEntries,
  },
];

export const listSizes: readonly Scenario[] = shapes.map((shape) => ({
  name: shape.name,
  title: shape.title,
  about: `Over one connection, signed, one page after the other: ${shape.what}. Median latency, answer read to its end, out of few and out of many keys (\`--list-sizes\`).`,
  metrics,
  targets: ['kist'],
  external: false,
  warmUp: true,
  open: (target, context) => open(shape, target, context),
}));

interface Filled {
  readonly size: 'few' | 'many';
  readonly keys: number;
  readonly server: RunningTarget;
  readonly client: S3Client;
}

async function open(shape: ListShape, target: Target, context: BenchContext): Promise<Session> {
  const filled: Filled[] = [];
  const close = async (): Promise<void> => {
    for (const { client, server } of filled) {
      client.close();
      await server.stop();
    }
  };
  try {
    for (const size of ['few', 'many'] as const) {
      const keys = context.options.listSizes[size];
      const dataDir = context.makeDirectory(target.name);
      await loadKeys(dataDir, keys, shape.layout);
      const cores = context.layout.serverCores;
      const workers = context.options.workers ?? cores.length;
      const server = await target.start({ dataDir, cores, workers });
      filled.push({ size, keys, server, client: createS3Client(server) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async measure() {
      let sample: Sample = {};
      for (const one of filled) sample = { ...sample, ...(await measure(shape, one, context)) };
      const { few_cpu: fewCpu, many_cpu: manyCpu } = sample;
      if (fewCpu === undefined || manyCpu === undefined || fewCpu === 0) return sample;
      return { ...sample, growth: manyCpu / fewCpu };
    },
    close,
  };
}

/** Fills the bucket `bench` of a directory that a target is to be started on. */
export async function loadKeys(dataDir: string, keys: number, layout: KeyLayout): Promise<void> {
  const program = join(import.meta.dirname, '..', 'load-keys.ts');
  const flags = {
    'data-dir': join(dataDir, 'data'),
    bucket: 'bench',
    keys,
    prefixes: layout.prefixes,
    versions: layout.versions,
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const [file, ...rest] = nodeCommand(program, ...args);
  await promisify(execFile)(file!, rest);
}

async function measure(
  shape: ListShape,
  { size, keys, server, client }: Filled,
  context: BenchContext,
): Promise<Sample> {
  const wanted = context.options.quick ? quickPages : pagesPerMeasurement;
  const last = Math.max(1, keys - 2 * pageEntries);
  const times: number[] = [];
  const page = async (n: number): Promise<void> => {
    const query = shape.query((n * stride) % last, keys);
    const body = await client.demand({ method: 'GET', path: `/${server.bucket}`, query });
    expectEntries(body, shape);
  };
  await page(0);
  const { metrics: found } = await metered(context, server, async () => {
    const before = process.cpuUsage();
    const startedAt = performance.now();
    for (let n = 0; n < wanted; n += 1) {
      const sentAt = performance.now();
      await page(n);
      times.push(performance.now() - sentAt);
    }
    const { user, system } = process.cpuUsage(before);
    const durationUs = (performance.now() - startedAt) * 1000;
    return { requests: wanted, durationUs, cpuUs: user + system };
  });
  times.sort((a, b) => a - b);
  const cpuUs = found.server_cpu;
  return {
    [size]: quantile(times, 0.5),
    ...(cpuUs !== undefined && { [`${size}_cpu`]: cpuUs / 1000 }),
    [`${size}_keys`]: keys,
  };
}

function expectEntries(body: Buffer, { element, entries }: ListShape): void {
  let found = 0;
  for (let at = body.indexOf(element); at >= 0; at = body.indexOf(element, at + 1)) found += 1;
  if (found !== entries) throw new Error(`a page has ${found} of ${entries} ${element}`);
}
