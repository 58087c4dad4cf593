/** `docs/conformance.md` from the manifest and the rules: the same input gives the same page. */
import { lifecycleDaySeconds, logDeliverySeconds } from './identities.ts';
import type { Manifest, ManifestEntry, TestState } from './manifest.ts';
import { type Rule, ruleKinds, rules } from './not-applicable.ts';
import { isWithin, setDescriptions, type TestSet, testSets } from './sets.ts';

const suiteUrl = 'https://github.com/ceph/s3-tests';

export interface SetTotals {
  readonly tests: number;
  readonly passes: number;
  readonly notApplicable: number;
  readonly notYet: number;
}

export function totalsOf(tests: readonly ManifestEntry[], set: TestSet): SetTotals {
  const inSet = tests.filter((test) => isWithin(test.set, set));
  const count = (state: TestState) => inSet.filter((test) => test.state === state).length;
  return {
    tests: inSet.length,
    passes: count('passes'),
    notApplicable: count('not-applicable'),
    notYet: count('not-yet'),
  };
}

export function renderConformancePage(manifest: Manifest): string {
  const { tests, suiteCommit, kistCommit, date } = manifest;
  const notYet = tests.filter(({ state }) => state === 'not-yet');
  return `# Conformance

<!-- Generated from test/conformance/manifest.txt. -->

[ceph/s3-tests](${suiteUrl}) is the open suite of the S3 API. Nothing of it is in this repository;
\`test/conformance/manifest.txt\` has every test's id with what Kist makes of it, and every behaviour that the suite showed wrong
has a test of Kist's own in \`test/acceptance/\`.

| | |
|---|---|
| Date | ${date} |
| Kist | commit ${kistCommit} |
| Suite | [commit ${suiteCommit.slice(0, 8)}](${suiteUrl}/tree/${suiteCommit}), ${tests.length} tests |
| Storage classes | STANDARD only |
| Retries | off: the first answer counts |
| Identities | six for each parallel worker, one of them in a second namespace |
| Server | one worker process, a lifecycle day of ${lifecycleDaySeconds} seconds, logs delivered every ${logDeliverySeconds}, two SSE-KMS keys, SSE-C over HTTP |

| Set | Tests | Pass | Do not apply | Not yet | Pass of what applies |
|---|--:|--:|--:|--:|--:|
${testSets.map((set) => totalsRow(set, totalsOf(tests, set))).join('\n')}

${testSets.map((set) => `- \`${set}\`: ${setDescriptions[set]}`).join('\n')}

Signature Version 2: ${signatureTwo(tests)}.

## Not yet

${notYet.length === 0 ? 'Nothing.' : notYet.map(({ id }) => `- \`${shortId(id)}\``).join('\n')}

## Does not apply

${Object.entries(ruleKinds)
  .filter(([kind]) => rules.some((rule) => rule.kind === kind && testsOf(rule, tests).length > 0))
  .map(([kind, title]) => `### ${title}\n\n${kindTable(kind, tests)}`)
  .join('\n\n')}

## Run it

\`\`\`sh
git clone ${suiteUrl} ../s3-tests
python3 -m venv ../s3-tests/.venv
../s3-tests/.venv/bin/pip install -r ../s3-tests/requirements.txt pytest-xdist pytest-timeout
npm run conformance -- --suite ../s3-tests --python ../s3-tests/.venv/bin/python
\`\`\`

It builds and starts a server of its own, runs the suite and compares the results with the manifest: a test that passed and no
longer does, or one that the manifest doesn't know, makes it exit with 1. \`--write\` refreshes the manifest and this page, \`--help\`
lists the rest.
`;
}

function totalsRow(set: TestSet, totals: SetTotals): string {
  const { tests, passes, notApplicable, notYet } = totals;
  const share = ((100 * passes) / Math.max(1, passes + notYet)).toFixed(1);
  return `| \`${set}\` | ${tests} | ${passes} | ${notApplicable} | ${notYet} | ${share} % |`;
}

/** Cases that come in pairs, one for each version, say in their name which they are. */
function signatureTwo(tests: readonly ManifestEntry[]): string {
  const cases = tests.filter(({ id, set }) => id.endsWith('_aws2') && set === 's3');
  const passing = cases.filter(({ state }) => state === 'passes');
  return `${passing.length} of the ${cases.length} cases of its own pass`;
}

const testsOf = (rule: Rule, tests: readonly ManifestEntry[]): readonly ManifestEntry[] =>
  tests.filter(({ reason }) => reason === rule.reason);

const shortId = (id: string): string => id.replace('s3tests/functional/', '');

function kindTable(kind: string, tests: readonly ManifestEntry[]): string {
  const rows = rules
    .filter((rule) => rule.kind === kind)
    .map((rule) => ({ rule, tests: testsOf(rule, tests) }))
    .filter((row) => row.tests.length > 0);
  if (rows.some(({ rule }) => rule.link !== undefined)) {
    const lines = rows.map(
      ({ rule, tests }) =>
        `| ${tests.map(({ id }) => `\`${shortId(id)}\``).join('<br>')} | ${rule.reason} ([source](${rule.link})) |`,
    );
    return `| Test | Why |\n|---|---|\n${lines.join('\n')}`;
  }
  const lines = rows.map(({ rule, tests }) => `| ${rule.reason} | ${tests.length} |`);
  return `| Reason | Tests |\n|---|--:|\n${lines.join('\n')}`;
}
