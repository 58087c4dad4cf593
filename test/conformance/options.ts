/** The command line of the conformance run: one table of flags for parsing and for `--help`. */
import { parseArgs } from 'node:util';
import { type TestSet, testSets } from './sets.ts';

export interface ConformanceOptions {
  /** A checkout of ceph/s3-tests. */
  readonly suite: string;
  readonly python: string;
  readonly set: TestSet;
  /** Of the set, tests whose id it finds something in. */
  readonly only: RegExp | undefined;
  readonly jobs: number;
  readonly timeoutSeconds: number;
  readonly write: boolean;
  /** The built command to start, instead of `dist/` built anew. */
  readonly server: string | undefined;
  readonly workers: number;
  /** Results and logs go there and stay; otherwise they are removed. */
  readonly out: string | undefined;
}

const flags = {
  suite: { type: 'string', doc: 'checkout of ceph/s3-tests; needed' },
  python: { type: 'string', doc: 'Python with its requirements, xdist and timeout (python3)' },
  set: { type: 'string', doc: `${testSets.join(', ')}; each lies within the next (all)` },
  only: { type: 'string', doc: 'of these, the tests whose id matches this regular expression' },
  jobs: { type: 'string', doc: 'tests at a time (2)' },
  timeout: { type: 'string', doc: 'seconds that a test may take (240)' },
  write: { type: 'boolean', doc: 'write the manifest and docs/conformance.md; whole runs only' },
  server: { type: 'string', doc: 'start this dist/cli/main.js instead of building dist/' },
  workers: { type: 'string', doc: 'worker processes of the server (1)' },
  out: { type: 'string', doc: 'keep results, logs and configuration in this directory' },
  help: { type: 'boolean', doc: 'this text' },
} as const;

/** undefined: help was asked for. Throws on what it doesn't know. */
export function parseOptions(args: readonly string[]): ConformanceOptions | undefined {
  const { values } = parseArgs({ args: [...args], options: flags });
  if (values.help === true) return undefined;
  if (values.suite === undefined) throw new Error('--suite names a checkout of ceph/s3-tests');
  const set = testSets.find((name) => name === (values.set ?? 'all'));
  if (set === undefined) throw new Error(`--set is one of ${testSets.join(', ')}`);
  const write = values.write ?? false;
  if (write && (set !== 'all' || values.only !== undefined)) {
    throw new Error('--write takes a whole run: neither --set nor --only');
  }
  return {
    suite: values.suite,
    python: values.python ?? 'python3',
    set,
    only: values.only === undefined ? undefined : new RegExp(values.only),
    jobs: count('jobs', values.jobs) ?? 2,
    timeoutSeconds: count('timeout', values.timeout) ?? 240,
    write,
    server: values.server,
    workers: count('workers', values.workers) ?? 1,
    out: values.out,
  };
}

export function helpText(): string {
  const lines = Object.entries(flags).map(([name, { type, doc }]) => {
    const flag = `--${name}${type === 'string' ? ' VALUE' : ''}`;
    return `  ${flag.padEnd(18)}${doc}`;
  });
  return `Runs ceph/s3-tests against Kist and compares the results with the manifest.\n\n${lines.join('\n')}\n`;
}

function count(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new Error(`--${flag} is a whole number from 1 on`);
  return Number(value);
}
