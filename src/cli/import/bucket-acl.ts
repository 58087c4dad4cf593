/**
 * ACLs as they come over: grants to groups, which mean the same everywhere. The owner has everything in both; grants to
 * others name accounts of the source.
 *
 * S3 user guide, "Access control list (ACL) overview".
 */
import type { AccessControlPolicy, Grant, Owner } from '../../model/types.gen.ts';

export interface GroupGrant {
  readonly URI: string;
  readonly Permission: NonNullable<Grant['Permission']>;
}

export interface ComingGrants {
  readonly groups: readonly GroupGrant[];
  /** Whom the source has given something, and what. */
  readonly others: readonly string[];
}

/** In one order. */
export function comingGrants({
  Owner: owner,
  Grants = [],
}: {
  readonly Owner?: Owner | undefined;
  readonly Grants?: readonly Grant[] | undefined;
}): ComingGrants {
  const groups: GroupGrant[] = [];
  const others: string[] = [];
  for (const { Grantee, Permission } of Grants) {
    if (Permission === undefined) continue;
    if (Grantee?.URI) groups.push({ URI: Grantee.URI, Permission });
    // Some servers name nobody, and mean the owner.
    else if (Grantee?.ID && Grantee.ID !== owner?.ID) {
      others.push(`${Permission} for ${Grantee.DisplayName || Grantee.ID}`);
    }
  }
  const order = (one: GroupGrant): string => `${one.URI} ${one.Permission}`;
  return { groups: groups.sort((a, b) => (order(a) < order(b) ? -1 : 1)), others };
}

/** The owner of the target's bucket keeps all of it. */
export function aclOf(owner: string, groups: readonly GroupGrant[]): AccessControlPolicy {
  return {
    Owner: { ID: owner },
    Grants: [
      { Grantee: { Type: 'CanonicalUser', ID: owner }, Permission: 'FULL_CONTROL' },
      ...groups.map(({ URI, Permission }) => ({
        Grantee: { Type: 'Group' as const, URI },
        Permission,
      })),
    ],
  };
}

const headers = {
  FULL_CONTROL: 'GrantFullControl',
  READ: 'GrantRead',
  READ_ACP: 'GrantReadACP',
  WRITE_ACP: 'GrantWriteACP',
} as const;

/** The same as members of PutObject, so that an object has its ACL from the start. Nothing for the owner alone. */
export function grantMembers(
  owner: string,
  groups: readonly GroupGrant[],
): Readonly<Record<string, string>> {
  if (groups.length === 0) return {};
  const members: Record<string, string> = { GrantFullControl: `id="${owner}"` };
  for (const { URI, Permission } of groups) {
    const name = (headers as Readonly<Record<string, string>>)[Permission];
    if (name === undefined) continue;
    members[name] = members[name] === undefined ? `uri="${URI}"` : `${members[name]}, uri="${URI}"`;
  }
  return members;
}
