/** Whether a caller may: its own policies, asked about the entity that a request is on. */
import type { Caller } from '../identity/identity.ts';
import { rootArn } from '../identity/names.ts';
import { decideIdentity } from '../policy/decide-identity.ts';
import type { PolicyRequest } from '../policy/language/document.ts';
import type { Facts, Target } from './action.ts';
import { QueryError } from './query/errors.ts';

/** Whoever signed a request. */
export type Signer = Caller & { readonly kind: 'account' };

/** What policies are asked about a request, without what only its operation knows. */
export type About = (action: string, resource: string) => PolicyRequest;

export const arnOfSigner = ({ account, principal }: Signer): string =>
  principal?.arn ?? rootArn(account.number);

/** @param action `iam:CreateUser` */
export function withFacts(
  about: About,
  action: string,
  { arn, facts = {} }: Target,
): PolicyRequest {
  const request = about(action, arn);
  return {
    ...request,
    values: (key) => valuesOf(facts, key.name, key.suffix) ?? request.values(key),
  };
}

function valuesOf(facts: Facts, name: string, suffix: string): readonly string[] | undefined {
  const key = suffix === '' ? name : `${name}/${suffix}`;
  return Object.hasOwn(facts, key) ? facts[key] : undefined;
}

/** @throws QueryError AccessDenied */
export function authoriseIdentity(signer: Signer, request: PolicyRequest): void {
  const decision = decideIdentity(signer, request);
  if (!decision.allowed) throw denied(signer, request, decision.reason);
}

export const denied = (
  signer: Signer,
  { action, resource }: Pick<PolicyRequest, 'action' | 'resource'>,
  reason: string,
): QueryError =>
  new QueryError(
    'AccessDenied',
    `User: ${arnOfSigner(signer)} is not authorized to perform: ${action} on resource: ${resource}`,
    { reason },
  );
