/**
 * `Principal` and `NotPrincipal` ("AWS JSON policy elements: Principal" in the IAM user guide).
 *
 * An account is named by its canonical id, alone or as `arn:aws:iam::ID:root`; S3's `CanonicalUser` says the
 * same. Whether there is such an account is not looked at, where AWS refuses unknown ones: accounts can be
 * made after the policies that name them. `Federated` names identity providers, in trust policies alone.
 */
import type { PolicyPrincipal, Principals } from './document.ts';
import { malformedPolicy } from './malformed.ts';

const accountArn = /^arn:aws[a-z-]*:iam::(.+):root$/;
const identityArn =
  /^arn:aws[a-z-]*:(?:iam::[^*?]*:(?:user|role)|sts::[^*?]*:(?:assumed-role|federated-user))\/[^*?]+$/;
const service = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$/;

/**
 * @param takesFederated whether identity providers may be named
 * @throws S3Error MalformedPolicy
 */
export function parsePrincipals(element: unknown, takesFederated: boolean): Principals {
  const found = {
    everybody: false,
    accounts: new Set<string>(),
    arns: new Set<string>(),
    services: new Set<string>(),
    federated: new Set<string>(),
  };
  if (element === '*') return { ...found, everybody: true };
  if (typeof element !== 'object' || element === null || Array.isArray(element)) throw invalid();
  const kinds = Object.entries(element as Readonly<Record<string, unknown>>);
  if (kinds.length === 0) throw invalid();
  for (const [kind, named] of kinds) {
    const names: readonly unknown[] = Array.isArray(named) ? named : [named];
    if (names.length === 0) throw invalid();
    for (const name of names) {
      if (typeof name !== 'string' || name === '') throw invalid();
      if (kind === 'AWS') {
        if (name === '*') found.everybody = true;
        else addAws(name, found);
      } else if (kind === 'CanonicalUser') found.accounts.add(name);
      else if (kind === 'Service' && service.test(name)) found.services.add(name);
      else if (kind === 'Federated' && takesFederated) found.federated.add(name);
      else throw invalid();
    }
  }
  return found;
}

function addAws(name: string, found: { accounts: Set<string>; arns: Set<string> }): void {
  if (!name.startsWith('arn:')) {
    found.accounts.add(name);
    return;
  }
  const account = accountArn.exec(name)?.[1];
  if (account !== undefined && account !== '*') found.accounts.add(account);
  else if (identityArn.test(name)) found.arns.add(name);
  else throw invalid();
}

function invalid() {
  return malformedPolicy('Invalid principal in policy');
}

/**
 * Whether somebody is named: by themselves or with everybody else, or through the account that they act for, which
 * leaves it to the account whom of its own it lets.
 */
export function namedIn(
  principals: Principals,
  who: PolicyPrincipal,
): 'itself' | 'account' | undefined {
  if (who.kind === 'service') return principals.services.has(who.service) ? 'itself' : undefined;
  if (who.kind === 'federated')
    return principals.federated.has(who.provider) ? 'itself' : undefined;
  if (principals.everybody) return 'itself';
  if (who.kind === 'anonymous') return undefined;
  if (who.arns.some((arn) => principals.arns.has(arn))) return 'itself';
  const isAccount =
    principals.accounts.has(who.accountId) ||
    (who.number !== undefined && principals.accounts.has(who.number));
  return isAccount ? 'account' : undefined;
}
