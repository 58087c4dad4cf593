/**
 * Who may assume a role ("Policy evaluation logic" and "How to use trust policies" in the IAM user guide): whom its
 * trust policy names. Where that is an account, it is for the account to say who of its own may; where somebody of
 * the role's own account is named, that is enough. A denial counts on either side.
 */
import type { Caller } from '../identity/identity.ts';
import type { Decision } from './decide.ts';
import type { Policy, PolicyRequest } from './language/document.ts';
import { evaluate } from './language/evaluate.ts';
import { principalSays, sessionAllows, whyPrincipalMayNot } from './principal-opinion.ts';

/** Whether a trust policy lets somebody, whom nobody else has a say about. */
export function decideTrust(trust: Policy, request: PolicyRequest): Decision {
  const verdict = evaluate(trust, request);
  if (verdict === undefined) {
    return { allowed: false, reason: `the role's trust policy doesn't allow ${request.action}` };
  }
  const says = `statement ${verdict.statement} of the role's trust policy`;
  return verdict.effect === 'Deny'
    ? { allowed: false, reason: `${says} denies ${request.action}` }
    : { allowed: true, reason: `${says} allows ${request.action}` };
}

/** @param owner account id of the role's */
export function decideAssume(
  { account, principal }: Caller & { readonly kind: 'account' },
  owner: string,
  trust: Policy,
  request: PolicyRequest,
): Decision {
  const trusted = decideTrust(trust, request);
  if (!trusted.allowed || principal === undefined) return trusted;
  const question = { action: request.action, request };
  const own = principalSays(principal, question);
  if (own?.effect === 'deny') return { allowed: false, reason: own.reason };
  if (own !== undefined) return { allowed: true, reason: `${own.reason}; ${trusted.reason}` };
  const isNamed = evaluate(trust, request)?.namesItself === true;
  if (isNamed && account.accountId === owner && sessionAllows(principal, question)) return trusted;
  return { allowed: false, reason: whyPrincipalMayNot(principal, question) };
}
