/** Whom an ARN names: an account, a user or a role of one. */
import type { Account, Principal } from './identity.ts';
import { rootArn } from './names.ts';
import { indexName, rolePrincipal, type Snapshot, userPrincipal } from './snapshot.ts';

const identityArn = /^arn:aws:iam::(\d{12}):(root$|(?:user|role)\/)(?:.*\/)?([^/]*)$/;

/** Undefined for what is none of these, or nobody's. */
export function holderByArn(
  snapshot: Snapshot,
  arn: string,
): { readonly account: Account; readonly principal: Principal | undefined } | undefined {
  const [, number = '', kind, name = ''] = identityArn.exec(arn) ?? [];
  const account = snapshot.byNumber.get(number);
  if (account === undefined) return undefined;
  if (arn === rootArn(number)) return { account, principal: undefined };
  if (kind === 'role/') {
    const role = snapshot.rolesByArn.get(arn);
    return role && { account, principal: rolePrincipal(snapshot, role) };
  }
  const user = snapshot.records.user.get(indexName(account.accountId, name));
  const principal = user && userPrincipal(snapshot, user);
  return principal?.arn === arn ? { account, principal } : undefined;
}
