/**
 * What a user's or a session's own policies say, within its permissions boundary and what its session was narrowed
 * to ("Policy evaluation logic" in the IAM user guide). A denial in any of them counts; a permission has to be in
 * all.
 */
import type { NamedPolicy, Principal } from '../identity/identity.ts';
import type { PolicyRequest } from './language/document.ts';
import { evaluate } from './language/evaluate.ts';

/** What somebody's policies are asked. */
export interface PolicyQuestion {
  /** `s3:GetObject` */
  readonly action: string;
  readonly request?: PolicyRequest | undefined;
}

export interface PolicyOpinion {
  readonly effect: 'allow' | 'deny';
  readonly reason: string;
}

/** A denial, a permission within all bounds, or nothing. */
export function principalSays(
  principal: Principal,
  question: PolicyQuestion,
): PolicyOpinion | undefined {
  const { policies, boundary, session } = principal;
  const allowed = ask(policies, question);
  if (allowed?.effect === 'deny') return allowed;
  const bounds = boundary === undefined ? undefined : (ask([boundary], question) ?? 'silent');
  if (typeof bounds === 'object' && bounds.effect === 'deny') return bounds;
  const narrowed = session === undefined ? undefined : (ask(session, question) ?? 'silent');
  if (typeof narrowed === 'object' && narrowed.effect === 'deny') return narrowed;
  return bounds === 'silent' || narrowed === 'silent' ? undefined : allowed;
}

/** Whether a session, whatever its user or role may, was left the right. */
export function sessionAllows({ session }: Principal, question: PolicyQuestion): boolean {
  return session === undefined || ask(session, question)?.effect === 'allow';
}

/** All policies of a list at once: a denial of any wins. */
function ask(
  policies: readonly NamedPolicy[],
  { action, request }: PolicyQuestion,
): PolicyOpinion | undefined {
  if (request === undefined) throw new Error('policies of a user were asked without a request');
  let allowed: PolicyOpinion | undefined;
  for (const { name, policy } of policies) {
    const verdict = evaluate(policy, request);
    if (verdict === undefined) continue;
    const reason = `statement ${verdict.statement} of ${name}`;
    if (verdict.effect === 'Deny') return { effect: 'deny', reason: `${reason} denies ${action}` };
    allowed ??= { effect: 'allow', reason: `${reason} allows ${action}` };
  }
  return allowed;
}

/** Where `principalSays` has nothing to say. */
export function whyPrincipalMayNot(principal: Principal, question: PolicyQuestion): string {
  const { arn, boundary, session } = principal;
  const { action } = question;
  if (ask(principal.policies, question) === undefined) {
    return `no policy of ${arn} allows ${action}`;
  }
  const isBound = boundary !== undefined && ask([boundary], question) === undefined;
  if (isBound)
    return `${boundary.name}, the permissions boundary of ${arn}, doesn't allow ${action}`;
  return session === undefined
    ? `no policy of ${arn} allows ${action}`
    : `the session policy of ${arn} doesn't allow ${action}`;
}
