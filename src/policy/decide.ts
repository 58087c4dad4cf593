/**
 * Who may: the one decision function.
 *
 * Sources are asked in order, each allows, denies or has nothing to say. A denial anywhere wins, then
 * any permission; where nobody speaks, the answer is no. Today root, account, ownership and ACL speak;
 * IAM policies, bucket policy, public-access block and ownership controls take their places in the list.
 *
 * The bucket's owner may do everything to the bucket, list and delete included, but reads another's
 * object in it only by a grant; the object's owner may do everything to the object itself. An owner
 * whose ACL names no owner's grant keeps these rights.
 */
import type { Caller } from '../identity/identity.ts';
import type { Acl, Permission } from '../store/records.ts';
import { granteeName, grantFor } from './acl.ts';

/**
 * What is asked about. The account: things that an account may do in its own name, in the namespace it
 * lives in.
 */
export type Resource =
  | { readonly on: 'account'; readonly namespace: string }
  | { readonly on: 'bucket'; readonly bucket: Acl }
  | { readonly on: 'object'; readonly bucket: Acl; readonly object: Acl };

export interface Question {
  readonly caller: Caller;
  /** `s3:GetObject` */
  readonly action: string;
  /** The ACL permission on the resource that allows the action; undefined if no ACL does. */
  readonly permission: Permission | undefined;
  readonly resource: Resource;
}

export interface Decision {
  readonly allowed: boolean;
  /** For the log, and for the resource's owner. */
  readonly reason: string;
}

interface Opinion {
  readonly effect: 'allow' | 'deny';
  readonly reason: string;
}

type Source = (question: Question) => Opinion | undefined;

const byRoot: Opinion = { effect: 'allow', reason: 'the caller is root' };
const byAccount: Opinion = {
  effect: 'allow',
  reason: 'the caller acts in its own namespace',
};
const byBucketOwner: Opinion = { effect: 'allow', reason: 'the caller owns the bucket' };
const byObjectOwner: Opinion = { effect: 'allow', reason: 'the caller owns the object' };

function rootSays({ caller }: Question): Opinion | undefined {
  return caller.kind === 'account' && caller.account.root ? byRoot : undefined;
}

function accountSays({ caller, resource }: Question): Opinion | undefined {
  if (resource.on !== 'account' || caller.kind !== 'account') return undefined;
  return caller.account.namespace === resource.namespace ? byAccount : undefined;
}

function ownershipSays({ caller, resource }: Question): Opinion | undefined {
  if (caller.kind !== 'account') return undefined;
  const { accountId } = caller.account;
  switch (resource.on) {
    case 'account':
      return undefined;
    case 'bucket':
      return resource.bucket.owner === accountId ? byBucketOwner : undefined;
    case 'object':
      return resource.object.owner === accountId ? byObjectOwner : undefined;
  }
}

function aclSays({ caller, permission, resource }: Question): Opinion | undefined {
  if (permission === undefined || resource.on === 'account') return undefined;
  const acl = resource.on === 'bucket' ? resource.bucket : resource.object;
  const grant = grantFor(acl, accountIdOf(caller), permission);
  if (grant === undefined) return undefined;
  return {
    effect: 'allow',
    reason: `the ${resource.on}'s ACL grants ${grant.permission} to ${granteeName(grant.grantee)}`,
  };
}

const sources: readonly Source[] = [rootSays, accountSays, ownershipSays, aclSays];

export function decide(question: Question): Decision {
  let allowedBy: Opinion | undefined;
  for (const source of sources) {
    const opinion = source(question);
    if (opinion?.effect === 'deny') return { allowed: false, reason: opinion.reason };
    allowedBy ??= opinion;
  }
  if (allowedBy !== undefined) return { allowed: true, reason: allowedBy.reason };
  return { allowed: false, reason: whyNot(question) };
}

function whyNot({ caller, action, permission, resource }: Question): string {
  const who = accountIdOf(caller) ?? 'the anonymous caller';
  if (resource.on === 'account') {
    return `${action} is for accounts of namespace ${resource.namespace}, not ${who}`;
  }
  if (permission === undefined) return `${action} is for the ${resource.on}'s owner, not ${who}`;
  return `nothing gives ${who} ${permission} on the ${resource.on} for ${action}`;
}

function accountIdOf(caller: Caller): string | undefined {
  return caller.kind === 'account' ? caller.account.accountId : undefined;
}
