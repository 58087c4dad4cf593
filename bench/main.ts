/**
 * `npm run bench`: measures Kist and its reference peers on this machine and prints the table.
 *
 * Everything is started on loopback, keeps its data in a directory of its own, and is gone afterwards.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLayout } from './layout.ts';
import { wrkVersion } from './load/wrk.ts';
import { machineFacts } from './machine.ts';
import { type BenchOptions, helpText, parseOptions } from './options.ts';
import { type BenchRun, toJson, toMarkdown } from './report.ts';
import { runScenario, type ScenarioResult } from './run.ts';
import { scenarios } from './scenarios/all-scenarios.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { findTargets } from './targets/find-targets.ts';
import type { BenchContext } from './targets/target.ts';

const root = join(import.meta.dirname, '..');
const docsFile = join(root, 'docs', 'performance.md');

function chosenScenarios({ only }: BenchOptions): readonly Scenario[] {
  const chosen = scenarios.filter(
    ({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)),
  );
  if (chosen.length > 0) return chosen;
  throw new Error(`--only takes the start of: ${scenarios.map(({ name }) => name).join(', ')}`);
}

function createContext(options: BenchOptions): BenchContext {
  const workDir = realpathSync(mkdtempSync(join(options.workDir ?? tmpdir(), 'kist-bench-')));
  process.on('exit', () => rmSync(workDir, { recursive: true, force: true }));
  return {
    options,
    layout: createLayout(options.layout),
    workDir,
    makeDirectory: (name) => mkdtempSync(join(workDir, `${name}-`)),
  };
}

async function runAll(options: BenchOptions, command: string): Promise<BenchRun> {
  const chosen = chosenScenarios(options);
  if (wrkVersion() === undefined) throw new Error('wrk is needed: apt-get install wrk');
  if (options.build)
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  const context = createContext(options);
  const machine = machineFacts(context.layout, context.workDir);
  const named = new Set(chosen.flatMap(({ targets }) => targets));
  const wanted = options.targets.length === 0 ? named : new Set(options.targets);
  const found = findTargets(context, wanted);
  const results: ScenarioResult[] = [];
  for (const scenario of chosen) results.push(await runScenario(scenario, found, context));
  return { command, rounds: options.rounds, quick: options.quick, machine, results };
}

/** Secrets and paths of this machine stay out of files. */
function shownCommand(args: readonly string[]): string {
  const hidden = ['--secret-key', '--access-key', '--work-dir', '--out', '--pid'];
  const shown = args.filter((arg, index) => {
    const name = arg.split('=', 1)[0]!;
    return !hidden.includes(name) && !hidden.includes(args[index - 1] ?? '');
  });
  return ['npm run bench', ...(shown.length > 0 ? ['--', ...shown] : [])].join(' ');
}

const args = process.argv.slice(2);
try {
  const options = parseOptions(args);
  if (options === undefined) {
    console.log(helpText());
  } else {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => process.exit(1));
    const run = await runAll(options, shownCommand(args));
    const markdown = toMarkdown(run);
    if (options.writeDocs) writeFileSync(docsFile, markdown);
    if (options.out !== undefined) {
      const base = options.out.replace(/\.json$/, '');
      writeFileSync(`${base}.json`, toJson(run));
      writeFileSync(`${base}.md`, markdown);
    }
    console.log(markdown);
  }
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
}
