/** What a policy says of a request ("Policy evaluation logic" in the IAM user guide). */
import { holds } from './conditions.ts';
import type { Effect, Policy, PolicyRequest, Statement } from './document.ts';
import { includes } from './principals.ts';
import { matches } from './template.ts';

export interface Verdict {
  readonly effect: Effect;
  /** The statement that decided: its Sid, or its place, counted from 1. */
  readonly statement: string;
}

/** Undefined where no statement applies; a denial wins over any permission. */
export function evaluate(policy: Policy, request: PolicyRequest): Verdict | undefined {
  let allowed: Verdict | undefined;
  for (const [index, statement] of policy.statements.entries()) {
    if (allowed !== undefined && statement.effect === 'Allow') continue;
    if (!applies(statement, request)) continue;
    const verdict: Verdict = {
      effect: statement.effect,
      statement: statement.sid ?? String(index + 1),
    };
    if (statement.effect === 'Deny') return verdict;
    allowed = verdict;
  }
  return allowed;
}

function applies(statement: Statement, request: PolicyRequest): boolean {
  if (includes(statement.principals, request.principal) === statement.notPrincipal) return false;
  const action = request.action.toLowerCase();
  if (statement.actions.some((one) => matches(one, action, request)) === statement.notAction) {
    return false;
  }
  return (
    appliesTo(statement, request) &&
    statement.conditions.every((one) => holds(one, request, statement.effect))
  );
}

/** Nobody is allowed what is not like a variable that isn't there; but denied. */
function appliesTo({ effect, resources, notResource }: Statement, request: PolicyRequest): boolean {
  if (!notResource) return resources.some((one) => matches(one, request.resource, request));
  const results = resources.map((one) => matches(one, request.resource, request));
  return !results.includes(true) && (effect === 'Deny' || !results.includes(undefined));
}
