/** The command line of the benchmark: one table of flags for parsing and for `--help`. */
import { parseArgs } from 'node:util';
import { isLayoutName, type LayoutName } from './layout.ts';

export interface ExternalEndpoint {
  readonly name: string;
  readonly url: URL;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Of the server's first process, where it runs on this machine: gives CPU and memory. */
  readonly pid: number | undefined;
}

export interface BenchOptions {
  readonly quick: boolean;
  /** Beginnings of scenario names; empty means all. */
  readonly only: readonly string[];
  /** Target names; empty means all. */
  readonly targets: readonly string[];
  readonly rounds: number;
  /** Of one measurement of small objects. */
  readonly seconds: number;
  readonly workers: number | undefined;
  readonly layout: LayoutName;
  readonly listKeys: number;
  /** Keys in the buckets whose lists are held against each other. */
  readonly listSizes: { readonly few: number; readonly many: number };
  /** JSON goes here, Markdown beside it. */
  readonly out: string | undefined;
  readonly writeDocs: boolean;
  readonly build: boolean;
  /** Data of all servers goes below it; must be on the file system to measure. */
  readonly workDir: string | undefined;
  readonly endpoint: ExternalEndpoint | undefined;
}

const flags = {
  quick: { type: 'boolean', doc: 'few, short rounds and small data sets: shows that it works' },
  only: { type: 'string', multiple: true, doc: 'run scenarios whose name starts so; repeatable' },
  targets: { type: 'string', doc: 'run these targets, separated by commas' },
  rounds: { type: 'string', doc: 'rounds in turns (5; quick: 2)' },
  seconds: { type: 'string', doc: 'length of a small-object measurement (5; quick: 1)' },
  workers: { type: 'string', doc: 'worker processes a server (one for each of its cores)' },
  layout: {
    type: 'string',
    doc: 'split: servers and load generator on cores of their own; shared: all on all (split)',
  },
  'list-keys': { type: 'string', doc: 'keys in the bucket that is listed (100000; quick: 5000)' },
  'list-sizes': {
    type: 'string',
    doc: 'FEW,MANY keys in the buckets whose lists are compared (10000,1000000; quick: 10000,30000)',
  },
  out: { type: 'string', doc: 'write the samples to FILE as JSON and the table beside it as .md' },
  'write-docs': { type: 'boolean', doc: 'write the table to docs/performance.md' },
  'no-build': { type: 'boolean', doc: 'measure dist/ as it is' },
  'work-dir': { type: 'string', doc: 'directory for the data of all servers (the system’s)' },
  endpoint: { type: 'string', doc: 'also measure the S3 server at this URL (http)' },
  'access-key': { type: 'string', doc: 'its access key id' },
  'secret-key': { type: 'string', doc: 'its secret access key' },
  region: { type: 'string', doc: 'its region (us-east-1)' },
  name: { type: 'string', doc: 'what to call it in the table (endpoint)' },
  pid: { type: 'string', doc: 'its process id, for CPU and memory where it runs on this machine' },
  help: { type: 'boolean', doc: 'this text' },
} as const;

/** undefined: help was asked for. Throws on what it doesn't know. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({ args: [...args], options: flags });
  if (values.help === true) return undefined;
  const quick = values.quick ?? false;
  const layout = values.layout ?? 'split';
  if (!isLayoutName(layout)) throw new Error(`--layout is split or shared, not ${layout}`);
  return {
    quick,
    only: values.only ?? [],
    targets: values.targets?.split(',') ?? [],
    rounds: count('rounds', values.rounds) ?? (quick ? 2 : 5),
    seconds: count('seconds', values.seconds) ?? (quick ? 1 : 5),
    workers: count('workers', values.workers),
    layout,
    listKeys: count('list-keys', values['list-keys']) ?? (quick ? 5_000 : 100_000),
    listSizes: listSizesOf(values['list-sizes'] ?? (quick ? '10000,30000' : '10000,1000000')),
    out: values.out,
    writeDocs: values['write-docs'] ?? false,
    build: !values['no-build'],
    workDir: values['work-dir'],
    endpoint: endpointOf(values),
  };
}

export function helpText(): string {
  const lines = Object.entries(flags).map(([name, { type, doc }]) => {
    const flag = `--${name}${type === 'string' ? ' VALUE' : ''}`;
    return `  ${flag.padEnd(22)}${doc}`;
  });
  return `Measures Kist and its reference peers on this machine.\n\n${lines.join('\n')}\n`;
}

interface EndpointFlags {
  readonly endpoint?: string;
  readonly 'access-key'?: string;
  readonly 'secret-key'?: string;
  readonly region?: string;
  readonly name?: string;
  readonly pid?: string;
}

function endpointOf(values: EndpointFlags): ExternalEndpoint | undefined {
  if (values.endpoint === undefined) return undefined;
  const url = new URL(values.endpoint);
  if (url.protocol !== 'http:') {
    throw new Error(`--endpoint takes an http: URL, because the load generators speak no TLS`);
  }
  const accessKeyId = values['access-key'];
  const secretAccessKey = values['secret-key'];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new Error('--endpoint needs --access-key and --secret-key');
  }
  return {
    name: values.name ?? 'endpoint',
    url,
    accessKeyId,
    secretAccessKey,
    region: values.region ?? 'us-east-1',
    pid: count('pid', values.pid),
  };
}

function listSizesOf(value: string): BenchOptions['listSizes'] {
  const [few, many, ...rest] = value.split(',').map((text) => count('list-sizes', text));
  if (few === undefined || many === undefined || rest.length > 0 || few < 10_000) {
    throw new Error('--list-sizes is two numbers of keys, from 10000 on');
  }
  return { few, many };
}

function count(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new Error(`--${flag} is a whole number from 1 on`);
  return Number(value);
}
