/** A run beside the manifest: what got worse, what got better, and what one of them doesn't know. */
import type { Judged, Manifest } from './manifest.ts';
import type { CollectedTest, TestResult } from './suite.ts';

export interface Comparison {
  /** Passes in the manifest, didn't in this run. */
  readonly regressions: readonly TestResult[];
  /** Didn't pass in the manifest and did in this run. */
  readonly newlyPassing: readonly string[];
  /** Told by name not to apply, though they pass: the rule may have outlived its reason. */
  readonly doubtfulRules: readonly string[];
  /** Left out by the suite for a reason that no rule has. */
  readonly unexplainedSkips: readonly TestResult[];
  /** The suite has them, the manifest doesn't. */
  readonly unknown: readonly string[];
  /** The manifest has them, the suite doesn't. */
  readonly gone: readonly string[];
}

export function compareWithManifest(
  manifest: Manifest | undefined,
  collected: readonly CollectedTest[],
  results: readonly TestResult[],
  judged: readonly Judged[],
): Comparison {
  const known = new Map(manifest?.tests.map((test) => [test.id, test]));
  const ruleOf = new Map(judged.map(({ id, rule }) => [id, rule]));
  const passed = results.filter(({ outcome }) => outcome === 'passed');
  const collectedIds = new Set(collected.map(({ id }) => id));
  return {
    regressions: results.filter(
      ({ id, outcome }) => known.get(id)?.state === 'passes' && outcome !== 'passed',
    ),
    newlyPassing: passed
      .filter(({ id }) => known.get(id)?.state === 'not-yet' && ruleOf.get(id) === undefined)
      .map(({ id }) => id),
    doubtfulRules: passed
      .filter(({ id }) => ruleOf.get(id)?.names !== undefined)
      .map(({ id }) => id),
    unexplainedSkips: results.filter(
      ({ id, outcome }) => outcome === 'skipped' && ruleOf.get(id) === undefined,
    ),
    unknown: [...collectedIds].filter((id) => !known.has(id)),
    gone: [...known.keys()].filter((id) => !collectedIds.has(id)),
  };
}

/** What a caller must look at: nothing of it may be there in a run that is called good. */
export function isGood(comparison: Comparison): boolean {
  const { regressions, doubtfulRules, unexplainedSkips, unknown, gone } = comparison;
  return [regressions, doubtfulRules, unexplainedSkips, unknown, gone].every(
    ({ length }) => length === 0,
  );
}

export function describeComparison(comparison: Comparison): string {
  const told = ({ id, message }: TestResult): string => `${id}: ${message.slice(0, 200)}`;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['regressions', comparison.regressions.map(told)],
    ['newly passing', comparison.newlyPassing],
    ['pass, though a rule says they do not apply', comparison.doubtfulRules],
    ['skipped without a rule', comparison.unexplainedSkips.map(told)],
    ['unknown to the manifest', comparison.unknown],
    ['in the manifest, not in the suite', comparison.gone],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}: ${lines.length}\n${lines.map((l) => `  ${l}\n`).join('')}`)
    .join('');
}
