/**
 * ceph/s3-tests as a program: which tests it has, and what becomes of them. The suite is never part of
 * this repository; the run takes a checkout of it and a Python that has what it needs.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Beside the suite's own requirements: parallel workers, and an end for a test that hangs. */
const neededModules = [
  'pytest',
  'xdist',
  'pytest_timeout',
  'boto3',
  'munch',
  'isodate',
  'httplib2',
];
const collectTimeoutMs = 120_000;

export interface Suite {
  /** The checkout. */
  readonly directory: string;
  readonly python: string;
  readonly commit: string;
}

export interface CollectedTest {
  /** As pytest names it: `s3tests/functional/test_s3.py::test_bucket_list_empty`. */
  readonly id: string;
  readonly markers: readonly string[];
}

export interface TestResult {
  readonly id: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  /** What the assertion said, or why the test was skipped. */
  readonly message: string;
}

export interface RunOptions {
  readonly jobs: number;
  /** Of one test. */
  readonly timeoutSeconds: number;
}

/** @throws if the checkout isn't one, or the Python can't run it */
export function openSuite(directory: string, python: string): Suite {
  if (!existsSync(join(directory, 's3tests', 'functional', '__init__.py'))) {
    throw new Error(`${directory} is no checkout of https://github.com/ceph/s3-tests`);
  }
  const script = `import importlib.util as u; print(*[m for m in ${JSON.stringify(neededModules)} if u.find_spec(m) is None])`;
  const missing = execFileSync(python, ['-c', script], { encoding: 'utf8' }).trim();
  if (missing !== '') {
    throw new Error(
      `${python} lacks ${missing}: install the suite's requirements.txt, pytest-xdist and pytest-timeout into a virtual environment and name its Python with --python`,
    );
  }
  const commit = execFileSync('git', ['-C', directory, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
  return { directory, python, commit: commit.trim() };
}

export async function collectTests(
  suite: Suite,
  workDir: string,
): Promise<readonly CollectedTest[]> {
  const args = ['--collect-only', '-qq', '--no-header', '--no-summary'];
  const code = await runPytest(suite, workDir, args, collectTimeoutMs);
  if (code !== 0) throw new Error(`pytest could not collect the tests (exit code ${code})`);
  return JSON.parse(readFileSync(join(workDir, 'collected.json'), 'utf8')) as CollectedTest[];
}

/** Runs the tests with these ids; resolves with one result for each. */
export async function runTests(
  suite: Suite,
  workDir: string,
  ids: readonly string[],
  { jobs, timeoutSeconds }: RunOptions,
): Promise<readonly TestResult[]> {
  const results = join(workDir, 'results.jsonl');
  rmSync(results, { force: true });
  writeFileSync(join(workDir, 'selected.json'), JSON.stringify(ids));
  const args = ['-q', '--tb=short', '--no-header', '--no-summary'];
  args.push('-p', 'pytest_timeout', `--timeout=${timeoutSeconds}`);
  if (jobs > 1) {
    args.push('-p', 'xdist.plugin', '-n', String(jobs), '--dist', 'loadgroup');
  }
  const code = await runPytest(suite, workDir, args);
  // 1: some tests failed, which is what the results are for.
  if (code !== 0 && code !== 1) throw new Error(`pytest ended with exit code ${code}`);
  return readResults(readFileSync(results, 'utf8'), ids);
}

interface ReportLine extends TestResult {
  readonly phase: 'setup' | 'call' | 'teardown';
}

/** One verdict for a test from the reports of its phases; a test without any has failed. */
export function readResults(lines: string, ids: readonly string[]): readonly TestResult[] {
  const reports = new Map<string, ReportLine[]>(ids.map((id) => [id, []]));
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const report = JSON.parse(line) as ReportLine;
    reports.get(report.id)?.push(report);
  }
  return [...reports].map(([id, phases]) => {
    const decisive =
      phases.find(({ outcome }) => outcome === 'failed') ??
      phases.find(({ outcome }) => outcome === 'skipped') ??
      phases.find(({ phase }) => phase === 'call');
    const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0);
    if (decisive === undefined) {
      return { id, outcome: 'failed', seconds, message: 'pytest reported nothing' };
    }
    const { outcome, message, phase } = decisive;
    const where = outcome === 'failed' && phase !== 'call' ? `${phase}: ` : '';
    return { id, outcome, seconds, message: where + message };
  });
}

async function runPytest(
  { directory, python }: Suite,
  workDir: string,
  args: readonly string[],
  timeoutMs?: number,
): Promise<number | null> {
  const plugin = ['-p', 'pytest_plugin', '-p', 'no:cacheprovider'];
  const child = spawn(python, ['-m', 'pytest', ...plugin, ...args, 's3tests/functional'], {
    cwd: directory,
    timeout: timeoutMs,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env.PATH,
      // Nothing of the user's own configuration, and no traces in the checkout.
      HOME: tmpdir(),
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      PYTHONPATH: import.meta.dirname,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUTF8: '1',
      PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1',
      KIST_CONFORMANCE_DIR: workDir,
      // The first answer counts: botocore would try a 5xx and some 4xx again.
      AWS_MAX_ATTEMPTS: '1',
      AWS_RETRY_MODE: 'standard',
      NO_PROXY: '127.0.0.1,localhost',
    },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
