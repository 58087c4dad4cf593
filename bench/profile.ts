/**
 * `tsx bench/profile.ts SCENARIO`: where Kist's own time goes under a scenario of the benchmark.
 *
 * Starts `dist/` with one worker and `--cpu-prof`, drives the scenario once, stops the server and
 * prints functions and files by their own time. The busiest process is shown: the worker.
 */
import { copyFileSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type ProfileSummary,
  type ProfileWindow,
  readCpuProfile,
  type SelfTime,
} from './cpu-profile.ts';
import { createLayout } from './layout.ts';
import { parseOptions } from './options.ts';
import { scenarios } from './scenarios/all-scenarios.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { findKist } from './targets/kist.ts';
import type { BenchContext, Target } from './targets/target.ts';

const root = join(import.meta.dirname, '..');
const defaultRows = 40;
const defaultSeconds = 5;
const samplingIntervalUs = 500;

interface BusiestProfile {
  readonly file: string;
  readonly summary: ProfileSummary;
}

/** When it was measured, without start and preparation. */
async function drive(
  scenario: Scenario,
  target: Target,
  context: BenchContext,
): Promise<ProfileWindow> {
  const session = await scenario.open(target, context);
  try {
    if (scenario.warmUp) await session.measure(0);
    const from = monotonicMicroseconds();
    const sample = await session.measure(1);
    const to = monotonicMicroseconds();
    for (const { id, title, unit, decimals } of scenario.metrics) {
      const value = sample[id];
      if (value !== undefined) console.log(`${title}: ${value.toFixed(decimals)} ${unit}`);
    }
    return { from, to };
  } finally {
    await session.close();
  }
}

function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function busiest(directory: string, window: ProfileWindow): BusiestProfile {
  const profiles = readdirSync(directory)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => join(directory, name))
    .map((file) => ({ file, summary: readCpuProfile(file, root, window) }))
    .sort((a, b) => b.summary.busyMicroseconds - a.summary.busyMicroseconds);
  const first = profiles[0];
  if (first === undefined) throw new Error('The server wrote no profile; did it end by itself?');
  return first;
}

function print(title: string, times: readonly SelfTime[], busy: number, rows: number): void {
  console.log(`\n${title}`);
  for (const { name, microseconds } of times.slice(0, rows)) {
    const percent = ((100 * microseconds) / busy).toFixed(1).padStart(5);
    console.log(`${percent} % ${(microseconds / 1000).toFixed(0).padStart(7)} ms  ${name}`);
  }
}

async function profile(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: String(defaultSeconds) },
      rows: { type: 'string', default: String(defaultRows) },
      out: { type: 'string' },
    },
  });
  const scenario = scenarios.find(({ name }) => name === positionals[0]);
  const options = parseOptions(['--workers', '1', '--seconds', values.seconds]);
  if (scenario === undefined || options === undefined) {
    const names = scenarios.map(({ name }) => name).join(', ');
    throw new Error(`usage: tsx bench/profile.ts SCENARIO [--seconds N] [--rows N] [--out FILE]
SCENARIO: ${names}`);
  }
  const workDir = realpathSync(mkdtempSync(join(tmpdir(), 'kist-profile-')));
  try {
    const makeDirectory = (name: string) => mkdtempSync(join(workDir, `${name}-`));
    const layout = createLayout(options.layout);
    const context: BenchContext = { options, layout, workDir, makeDirectory };
    const kist = findKist(layout);
    if ('absent' in kist) throw new Error(kist.absent);
    const profiles = makeDirectory('profiles');
    const nodeFlags = [
      '--cpu-prof',
      `--cpu-prof-interval=${samplingIntervalUs}`,
      `--cpu-prof-dir=${profiles}`,
    ];
    const target: Target = { ...kist, start: (start) => kist.start({ ...start, nodeFlags }) };
    const window = await drive(scenario, target, context);
    const { file, summary } = busiest(profiles, window);
    const { busyMicroseconds, functions, files } = summary;
    console.log(`busy: ${(busyMicroseconds / 1000).toFixed(0)} ms`);
    print('functions, own time', functions, busyMicroseconds, Number(values.rows));
    print('files, own time', files, busyMicroseconds, Number(values.rows));
    if (values.out !== undefined) copyFileSync(file, values.out);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

try {
  await profile(process.argv.slice(2));
} catch (error) {
  console.error(`profile: ${(error as Error).message}`);
  process.exitCode = 1;
}
