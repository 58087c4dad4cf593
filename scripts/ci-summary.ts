/**
 * The closing line of a CI run: `N passed, N failed`, with `, N skipped` if anything was. Tests count
 * one each, from vitest's JSON report, and so does every check.
 *
 *     tsx scripts/ci-summary.ts REPORT [check=passed|failed ...]
 *
 * `tests=failed` says that the test command failed: if the report knows of no failed test, that is
 * one failure more (a crash, a set-up that failed). A report that is missing or without a test is a
 * failure too: a run in which nothing ran has shown nothing. Exit code 1 if anything failed.
 */
import { readFileSync } from 'node:fs';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

interface Tally {
  readonly passed: number;
  readonly skipped: number;
  /** What failed, by name. */
  readonly failures: readonly string[];
}

function tallyTests(report: Report | undefined, testCommandFailed: boolean): Tally {
  if (report === undefined) return { passed: 0, skipped: 0, failures: ['tests: no report'] };
  const failures: string[] = [];
  for (const file of report.testResults) {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    for (const { fullName } of failed) failures.push(`${file.name}: ${fullName}`);
    // A file that does not load, or whose hooks fail, has no failed test to show for it.
    if (file.status === 'failed' && failed.length === 0) {
      failures.push(`${file.name}: ${file.message.split('\n')[0]}`);
    }
  }
  const passed = report.numPassedTests;
  if (passed + failures.length === 0) failures.push('tests: nothing ran');
  else if (testCommandFailed && failures.length === 0) failures.push('tests: the command failed');
  return { passed, skipped: report.numPendingTests + report.numTodoTests, failures };
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

const [reportPath, ...results] = process.argv.slice(2);
if (reportPath === undefined || !results.every((each) => /^[\w-]+=(passed|failed)$/.test(each))) {
  console.error('usage: ci-summary REPORT [check=passed|failed ...]');
  process.exit(2);
}
const checks = results.filter((each) => !each.startsWith('tests='));
const tests = tallyTests(readReport(reportPath), results.includes('tests=failed'));
const failures = [
  ...checks.filter((each) => each.endsWith('=failed')).map((each) => each.split('=')[0]),
  ...tests.failures,
];
const passed = tests.passed + checks.filter((each) => each.endsWith('=passed')).length;
for (const failure of failures) console.log(`failed: ${failure}`);
const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : '';
console.log(`${passed} passed, ${failures.length} failed${skipped}`);
process.exit(failures.length > 0 ? 1 : 0);
