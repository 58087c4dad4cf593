/**
 * What the explainer tells of sources other than policies: of ACLs grant by grant, and of each source that has nothing
 * to say, why. Words only: what counts is decided in decide.ts.
 */
import type { Acl } from '../store/records.ts';
import { granteeName, grantFor, isPublicGroup } from './acl.ts';
import type { Question } from './decide.ts';
import type { Finding, FindingKind } from './witness.ts';

/** @param kind of a source without an opinion */
export function silenceOf(kind: FindingKind, question: Question): string {
  const { resource, rules, permission } = question;
  const account = resource.on === 'account';
  switch (kind) {
    case 'bucket-policy':
      return account ? 'the action is on no bucket' : 'the bucket has no policy';
    case 'public-access-block':
      if (account) return 'the action is on no bucket';
      if (!rules?.publicAccessBlock?.RestrictPublicBuckets) return 'it is not set';
      return rules.policy?.isPublic
        ? 'the caller is of the account that owns the bucket, or root'
        : "the bucket's policy is not public";
    case 'root':
      return 'the caller is not root';
    case 'namespace':
      if (!account) return 'the bucket is in the namespace that the request acts in';
      return `the caller does not act in namespace ${resource.namespace}`;
    case 'ownership':
      return rules?.ownership === 'BucketOwnerEnforced'
        ? 'the caller is not of the account that owns the bucket, and so all that is in it'
        : `the caller is not of the account that owns the ${resource.on}`;
    case 'acl':
      if (account) return 'the action is on no bucket';
      if (permission === undefined) return `no ACL gives ${question.action}`;
      return rules?.ownership === 'BucketOwnerEnforced'
        ? 'ACLs say nothing under BucketOwnerEnforced'
        : `no grant of it gives the caller ${permission}`;
    default:
      return 'it says nothing of the request';
  }
}

/** Each grant of the ACL that an action hangs on; none where ACLs have no say. */
export function grantFindings(question: Question): readonly Finding[] {
  const { caller, permission, resource, rules } = question;
  if (resource.on === 'account' || permission === undefined) return [];
  if (rules?.ownership === 'BucketOwnerEnforced') return [];
  const acl: Acl = resource.on === 'bucket' ? resource.bucket : resource.object;
  const accountId = caller.kind === 'account' ? caller.account.accountId : undefined;
  const ignoresPublic = rules?.publicAccessBlock?.IgnorePublicAcls === true;
  return acl.grants.map((grant) => {
    const isIgnored = ignoresPublic && isPublicGroup(grant.grantee);
    const gives = grantFor({ ...acl, grants: [grant] }, accountId, permission) !== undefined;
    return {
      kind: 'acl',
      name: `grant of ${grant.permission} to ${granteeName(grant.grantee)} in the ${resource.on}'s ACL`,
      effect: gives && !isIgnored ? 'allow' : 'none',
      because: isIgnored
        ? 'IgnorePublicAcls of the public access block takes it away'
        : gives
          ? `it gives the caller ${permission}`
          : `it does not give the caller ${permission}`,
    } as const;
  });
}
