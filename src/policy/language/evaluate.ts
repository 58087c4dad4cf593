/** What a policy says of a request ("Policy evaluation logic" in the IAM user guide). */
import { holds } from './conditions.ts';
import type { Condition, Effect, Policy, PolicyRequest, Statement } from './document.ts';
import { namedIn } from './principals.ts';
import { matches } from './template.ts';

export interface Verdict {
  readonly effect: Effect;
  /** The statement that decided: its Sid in quotes, or its place, counted from 1. */
  readonly statement: string;
  /** The one who asks is allowed, or everybody is; not only the account. */
  readonly namesItself: boolean;
}

/** What of a statement doesn't fit a request: the first element, or condition, that doesn't. */
export type Mismatch = 'Principal' | 'Action' | 'Resource' | Condition;

/** Told of each statement that was looked at, its place from 1, and why it doesn't apply if it doesn't. */
export type StatementWitness = (
  statement: Statement,
  place: number,
  mismatch: Mismatch | undefined,
) => void;

/** Undefined where no statement applies; a denial wins over any permission, and ends the reading. */
export function evaluate(
  policy: Policy,
  request: PolicyRequest,
  witness?: StatementWitness,
): Verdict | undefined {
  let allowed: Verdict | undefined;
  for (const [index, statement] of policy.statements.entries()) {
    if (allowed?.namesItself && statement.effect === 'Allow') continue;
    const mismatch = mismatchOf(statement, request);
    witness?.(statement, index + 1, mismatch);
    if (mismatch !== undefined) continue;
    const verdict: Verdict = {
      effect: statement.effect,
      statement: statement.sid === undefined ? String(index + 1) : JSON.stringify(statement.sid),
      namesItself: namesItself(statement, request),
    };
    if (statement.effect === 'Deny') return verdict;
    if (allowed === undefined || verdict.namesItself) allowed = verdict;
  }
  return allowed;
}

/** A policy of the one who asks names nobody, and means them. */
const namesItself = ({ principals }: Statement, request: PolicyRequest): boolean =>
  principals === undefined || namedIn(principals, request.principal) === 'itself';

function mismatchOf(statement: Statement, request: PolicyRequest): Mismatch | undefined {
  const { principals, notPrincipal } = statement;
  if (principals !== undefined) {
    const isNamed = namedIn(principals, request.principal) !== undefined;
    if (isNamed === notPrincipal) return 'Principal';
  }
  const action = request.action.toLowerCase();
  if (statement.actions.some((one) => matches(one, action, request)) === statement.notAction) {
    return 'Action';
  }
  if (!appliesTo(statement, request)) return 'Resource';
  return statement.conditions.find((one) => !holds(one, request, statement.effect));
}

/** Nobody is allowed what is not like a variable that isn't there; but denied. */
function appliesTo({ effect, resources, notResource }: Statement, request: PolicyRequest): boolean {
  if (!notResource) return resources.some((one) => matches(one, request.resource, request));
  const results = resources.map((one) => matches(one, request.resource, request));
  return !results.includes(true) && (effect === 'Deny' || !results.includes(undefined));
}
