/**
 * Why a request is or isn't allowed: the decision of decide.ts itself, with everything that was looked at on the way.
 * A denial ends the looking, so nothing stands behind the finding that denied.
 */
import { type Decision, decide, type Question } from './decide.ts';
import type { Finding } from './witness.ts';

export interface PolicyExplanation extends Decision {
  /** Names among `considered`: one denial, or all that it took to allow; none where nothing allows it. */
  readonly decidedBy: readonly string[];
  /** In the order in which it was looked at. */
  readonly considered: readonly Finding[];
}

export function explain(question: Question): PolicyExplanation {
  const considered: Finding[] = [];
  let decidedBy: readonly string[] = [];
  const decision = decide(question, {
    saw: (finding) => considered.push(finding),
    decided: (by) => {
      decidedBy = by;
    },
  });
  return { ...decision, decidedBy, considered };
}
