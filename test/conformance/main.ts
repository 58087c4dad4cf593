/**
 * `npm run conformance -- --suite DIRECTORY`: runs ceph/s3-tests against a server of its own and
 * compares the results with the manifest. Exit code 0: as the manifest says or better; 1: something is
 * worse or unknown; 2: the run itself broke.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setup as buildServer } from '../support/build-server.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';
import { compareWithManifest, describeComparison, isGood } from './compare.ts';
import {
  identitiesOf,
  kmsKeyIds,
  lifecycleDaySeconds,
  logDeliverySeconds,
  renderSuiteConfiguration,
} from './identities.ts';
import { formatManifest, judge, manifestPath, parseManifest, readManifest } from './manifest.ts';
import { type ConformanceOptions, helpText, parseOptions } from './options.ts';
import { renderConformancePage, totalsOf } from './page.ts';
import { isWithin, narrowestSet, testSets } from './sets.ts';
import { collectTests, openSuite, runTests, type TestResult } from './suite.ts';

const root = join(import.meta.dirname, '..', '..');
const pagePath = join(root, 'docs', 'conformance.md');

async function startConformanceServer(options: ConformanceOptions): Promise<RunningServer> {
  if (options.server === undefined) buildServer();
  const accounts = workersOf(options).flatMap((worker) => Object.values(identitiesOf(worker)));
  return startServer({
    command: options.server,
    workers: options.workers,
    env: {
      KIST_ACCOUNTS: JSON.stringify(accounts),
      KIST_LIFECYCLE_DAY_SECONDS: String(lifecycleDaySeconds),
      KIST_LOG_DELIVERY_SECONDS: String(logDeliverySeconds),
      KIST_KMS_KEY_IDS: kmsKeyIds.join(','),
      KIST_SSE_C_OVER_HTTP: 'true',
    },
  });
}

/** One for each test that may run at the same time. */
const workersOf = ({ jobs }: ConformanceOptions): readonly number[] => [...Array(jobs).keys()];

async function runSuite(options: ConformanceOptions, workDir: string): Promise<boolean> {
  const suite = openSuite(resolve(options.suite), options.python);
  const server = await startConformanceServer(options);
  const stop = () => void server.kill().then(() => process.exit(2));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    for (const worker of workersOf(options)) {
      const endpoint = { host: '127.0.0.1', port: server.port };
      const text = renderSuiteConfiguration(endpoint, identitiesOf(worker));
      writeFileSync(join(workDir, `suite-${worker}.conf`), text);
    }
    const collected = await collectTests(suite, workDir);
    const chosen = collected
      .filter(({ markers }) => isWithin(narrowestSet(markers), options.set))
      .filter(({ id }) => options.only?.test(id) ?? true);
    const results = await runTests(
      suite,
      workDir,
      chosen.map(({ id }) => id),
      options,
    );
    writeFileSync(join(workDir, 'results.tsv'), results.map(resultLine).join(''));
    const judged = judge(collected, results);
    const manifest = existsSync(manifestPath) ? readManifest() : undefined;
    if (manifest !== undefined && manifest.suiteCommit !== suite.commit) {
      console.log(`suite: commit ${suite.commit}, the manifest's is ${manifest.suiteCommit}`);
    }
    const comparison = compareWithManifest(manifest, collected, results, judged);
    console.log(describeComparison(comparison));
    for (const set of testSets.filter((each) => isWithin(each, options.set))) {
      const { tests, passes, notApplicable, notYet } = totalsOf(judged, set);
      console.log(
        `${set}: ${tests} tests, ${passes} pass, ${notApplicable} do not apply, ${notYet} not yet`,
      );
    }
    if (options.write) {
      const date = new Date().toISOString().slice(0, 10);
      const text = formatManifest({
        suiteCommit: suite.commit,
        kistCommit: kistCommit(),
        date,
        tests: judged,
      });
      writeFileSync(manifestPath, text);
      writeFileSync(pagePath, renderConformancePage(parseManifest(text)));
      console.log('written: test/conformance/manifest.txt, docs/conformance.md');
    }
    return options.write ? comparison.regressions.length === 0 : isGood(comparison);
  } finally {
    writeFileSync(join(workDir, 'server.log'), server.log());
    await server.stop();
    await server.remove();
  }
}

const resultLine = ({ id, outcome, seconds, message }: TestResult): string =>
  `${outcome}\t${id}\t${seconds.toFixed(1)}\t${message}\n`;

/** With a plus sign if the working tree holds more than the commit. */
function kistCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' });
  const changed = git('status', '--porcelain').trim() !== '';
  return `${git('rev-parse', '--short=8', 'HEAD').trim()}${changed ? '+' : ''}`;
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(helpText());
  } else {
    const workDir = options.out ?? mkdtempSync(join(tmpdir(), 'kist-conformance-'));
    mkdirSync(workDir, { recursive: true });
    try {
      if (!(await runSuite(options, resolve(workDir)))) process.exitCode = 1;
    } finally {
      if (options.out === undefined) rmSync(workDir, { recursive: true, force: true });
    }
  }
} catch (error) {
  console.error(`conformance: ${(error as Error).message}`);
  process.exitCode = 2;
}
