/**
 * The manifest: every test of the suite with what Kist makes of it, one line each, in the order of
 * their ids, so that a change of behaviour is a change of lines.
 *
 *     passes          core  s3tests/functional/test_s3.py::test_bucket_list_empty
 *     not-applicable  all   s3tests/functional/test_sns.py::test_topic  SNS: topics
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Rule, ruleOf } from './not-applicable.ts';
import { narrowestSet, type TestSet, testSets } from './sets.ts';
import type { CollectedTest, TestResult } from './suite.ts';

export const manifestPath = join(import.meta.dirname, 'manifest.txt');

export const testStates = ['passes', 'not-applicable', 'not-yet'] as const;

export type TestState = (typeof testStates)[number];

export interface ManifestEntry {
  readonly id: string;
  /** The narrowest one. */
  readonly set: TestSet;
  readonly state: TestState;
  /** Of `not-applicable`. */
  readonly reason: string | undefined;
}

export interface Manifest {
  readonly suiteCommit: string;
  readonly kistCommit: string;
  /** `2026-11-23` */
  readonly date: string;
  readonly tests: readonly ManifestEntry[];
}

const opening = `# Every test of ceph/s3-tests: what Kist makes of it, the narrowest set it is in, its id, and for those
# that do not apply the reason. Written by \`npm run conformance -- --write\`.
`;
const headerPattern = /^(suite|kist|date) (\S+)$/;
const entryPattern = /^(\S+) +(\S+) +(\S+?)(?: {2}(.+))?$/;
const stateWidth = Math.max(...testStates.map(({ length }) => length));
const setWidth = Math.max(...testSets.map(({ length }) => length));

export function readManifest(): Manifest {
  return parseManifest(readFileSync(manifestPath, 'utf8'));
}

/** @throws on any line that isn't of the form; whether lines fit together is the manifest test's. */
export function parseManifest(text: string): Manifest {
  const header = new Map<string, string>();
  const tests: ManifestEntry[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const named = headerPattern.exec(line);
    if (named !== null) header.set(named[1]!, named[2]!);
    else tests.push(parseEntry(line));
  }
  const value = (name: string): string => {
    const found = header.get(name);
    if (found === undefined) throw new Error(`The manifest doesn't say its ${name}.`);
    return found;
  };
  return {
    suiteCommit: value('suite'),
    kistCommit: value('kist'),
    date: value('date'),
    tests,
  };
}

function parseEntry(line: string): ManifestEntry {
  const [, stateName, setName, id, reason] = entryPattern.exec(line) ?? [];
  const state = testStates.find((name) => name === stateName);
  const set = testSets.find((name) => name === setName);
  if (state === undefined || set === undefined || id === undefined) {
    throw new Error(`The manifest has a line without state, set and id: ${line}`);
  }
  return { id, set, state, reason };
}

export function formatManifest({ suiteCommit, kistCommit, date, tests }: Manifest): string {
  const lines = tests.map(({ id, set, state, reason }) =>
    [
      `${state.padEnd(stateWidth)}  ${set.padEnd(setWidth)}  ${id}`,
      ...(reason === undefined ? [] : [reason]),
    ].join('  '),
  );
  const header = `suite ${suiteCommit}\nkist ${kistCommit}\ndate ${date}\n`;
  return `${opening}\n${header}\n${lines.join('\n')}\n`;
}

export interface Judged extends ManifestEntry {
  readonly rule: Rule | undefined;
}

/** What a whole run says of each collected test. A rule outweighs the result. */
export function judge(
  collected: readonly CollectedTest[],
  results: readonly TestResult[],
): readonly Judged[] {
  const resultOf = new Map(results.map((result) => [result.id, result]));
  return collected
    .filter(({ id }) => resultOf.has(id))
    .map((test): Judged => {
      const result = resultOf.get(test.id)!;
      const rule = ruleOf(test, result);
      const state =
        rule !== undefined ? 'not-applicable' : result.outcome === 'passed' ? 'passes' : 'not-yet';
      return { id: test.id, set: narrowestSet(test.markers), state, reason: rule?.reason, rule };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
