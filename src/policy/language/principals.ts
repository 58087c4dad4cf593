/**
 * `Principal` and `NotPrincipal` ("AWS JSON policy elements: Principal" in the IAM user guide).
 *
 * An account is named by its canonical id, alone or as `arn:aws:iam::ID:root`; S3's `CanonicalUser` says the
 * same. Whether there is such an account is not looked at, where AWS refuses unknown ones: accounts can be
 * made after the policies that name them. `Federated` has nobody to name here and is refused.
 */
import type { PolicyPrincipal, Principals } from './document.ts';
import { malformedPolicy } from './malformed.ts';

const accountArn = /^arn:aws[a-z-]*:iam::(.+):root$/;
const identityArn =
  /^arn:aws[a-z-]*:(?:iam::[^*?]*:(?:user|role)|sts::[^*?]*:(?:assumed-role|federated-user))\/[^*?]+$/;
const service = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$/;

/** @throws S3Error MalformedPolicy */
export function parsePrincipals(element: unknown): Principals {
  const found = {
    everybody: false,
    accounts: new Set<string>(),
    arns: new Set<string>(),
    services: new Set<string>(),
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

export function includes(principals: Principals, who: PolicyPrincipal): boolean {
  if (who.kind === 'service') return principals.services.has(who.service);
  if (principals.everybody) return true;
  if (who.kind === 'anonymous') return false;
  return principals.accounts.has(who.accountId) || principals.arns.has(who.arn);
}
