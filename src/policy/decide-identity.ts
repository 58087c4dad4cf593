/**
 * Who may change and see the identities of an account: the account itself may everything, and whoever acts for it
 * what policies of its own say. Others have no say, whatever they are given: no policy of an account reaches into
 * another, and the caller looks for what is named in its own account alone.
 */
import type { Caller } from '../identity/identity.ts';
import type { Decision } from './decide.ts';
import type { PolicyRequest } from './language/document.ts';
import { principalSays, whyPrincipalMayNot } from './principal-opinion.ts';

export function decideIdentity(
  { principal }: Caller & { readonly kind: 'account' },
  request: PolicyRequest,
): Decision {
  if (principal === undefined) return { allowed: true, reason: 'the caller is the account itself' };
  const question = { action: request.action, request };
  const own = principalSays(principal, question);
  return own === undefined
    ? { allowed: false, reason: whyPrincipalMayNot(principal, question) }
    : { allowed: own.effect === 'allow', reason: own.reason };
}
