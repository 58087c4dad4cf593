/**
 * Who may: the one decision function.
 *
 * Sources are asked in order, each allows, denies or has nothing to say. A denial anywhere wins, then
 * any permission; where nobody speaks, the answer is no.
 *
 * So an account is decided about. Who acts for one, a user or a session of a role, needs both: that the account
 * may, and that policies of its own say so, within its boundary and what its session was narrowed to. Only where
 * the bucket's own policy or ACL names it itself or everybody is the former enough, in buckets of its account
 * ("Policy evaluation logic" in the IAM user guide). Its denials count everywhere.
 *
 * The bucket's owner may do everything to the bucket, list and delete included, but reads another's
 * object in it only by a grant; the object's owner may do everything to the object itself but lock it. An owner
 * whose ACL names no owner's grant keeps these rights. Under BucketOwnerEnforced the bucket's owner owns
 * every object, and ACLs say nothing.
 *
 * A bucket policy can deny everybody everything, but never the bucket's owner or root the policy itself, or
 * it could not be taken back. What it allows on objects, it allows on those of the bucket's owner only.
 */
import type { Caller } from '../identity/identity.ts';
import type { Acl, Permission } from '../store/records.ts';
import { granteeName, grantFor, isPublicGroup } from './acl.ts';
import type { BucketRules } from './bucket-rules.ts';
import { grantFindings, silenceOf } from './findings.ts';
import type { PolicyRequest } from './language/document.ts';
import { evaluate } from './language/evaluate.ts';
import {
  type PolicyOpinion,
  principalSays,
  sessionAllows,
  whatIsLacking,
} from './principal-opinion.ts';
import { type Finding, type FindingKind, type Witness, witnessed } from './witness.ts';

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
  /** What the bucket is configured with; undefined for nothing. */
  readonly rules?: BucketRules | undefined;
  /** What policies are asked about; there wherever `rules` have one, and for whoever acts for an account. */
  readonly request?: PolicyRequest | undefined;
}

export interface Decision {
  readonly allowed: boolean;
  /** For the log, and for the resource's owner. */
  readonly reason: string;
  /** Nothing but an ACL allows it. */
  readonly byAcl?: true | undefined;
}

interface Opinion extends PolicyOpinion {
  readonly byAcl?: true;
  /** It is the caller itself, or everybody, who is allowed, and not only the account that the caller acts for. */
  readonly isDirect?: boolean;
}

interface Source {
  readonly kind: FindingKind;
  /** For findings, where it has nothing to say. */
  readonly name: string;
  readonly says: (question: Question, witness?: Witness) => Opinion | undefined;
}

const byRoot: Opinion = { effect: 'allow', by: 'root', reason: 'the caller is root' };
const byAccount: Opinion = {
  effect: 'allow',
  by: 'the namespace',
  reason: 'the caller acts in its own namespace',
};
const byBucketOwner: Opinion = {
  effect: 'allow',
  by: 'ownership of the bucket',
  reason: 'the caller owns the bucket',
};
const byObjectOwner: Opinion = {
  effect: 'allow',
  by: 'ownership of the object',
  reason: 'the caller owns the object',
};

function rootSays({ caller }: Question): Opinion | undefined {
  return caller.kind === 'account' && caller.account.root ? byRoot : undefined;
}

function accountSays({ caller, resource }: Question): Opinion | undefined {
  if (resource.on !== 'account' || caller.kind !== 'account') return undefined;
  return caller.account.namespace === resource.namespace ? byAccount : undefined;
}

/** S3 lets the account of a bucket's owner always look after the policy. */
const policyActions: ReadonlySet<string> = new Set([
  's3:DeleteBucketPolicy',
  's3:GetBucketPolicy',
  's3:PutBucketPolicy',
]);

function policySays(
  { caller, action, resource, rules, request }: Question,
  witness?: Witness,
): Opinion | undefined {
  const policy = rules?.policy;
  if (policy === undefined || resource.on === 'account') return undefined;
  if (request === undefined) throw new Error('a bucket policy was asked without a request');
  const verdict =
    witness === undefined
      ? evaluate(policy.compiled, request)
      : witnessed(policy.compiled, request, witness, 'bucket-policy', 'the bucket policy');
  if (verdict === undefined) return undefined;
  const { bucket } = resource;
  const by = `statement ${verdict.statement} of the bucket policy`;
  if (verdict.effect === 'Deny') {
    const isOwner = isRoot(caller) || (isItself(caller) && isAccount(caller, bucket.owner));
    if (policyActions.has(action) && isOwner) {
      witness?.saw(
        setAside(by, 'the owner of the bucket, and root, can always look after its policy'),
      );
      return undefined;
    }
    return { effect: 'deny', by, reason: `${by} denies ${action}` };
  }
  if (resource.on === 'object' && ownerOf(resource, rules, action) !== bucket.owner) {
    witness?.saw(setAside(by, "it can allow nothing on an object that is not the bucket owner's"));
    return undefined;
  }
  return {
    effect: 'allow',
    by,
    reason: `${by} allows ${action}`,
    isDirect: verdict.namesItself && isAccount(caller, bucket.owner),
  };
}

const setAside = (name: string, because: string): Finding => ({
  kind: 'bucket-policy',
  name,
  effect: 'none',
  because,
});

/** RestrictPublicBuckets: a bucket whose policy is public is its owner's alone. */
function restrictionSays({ caller, resource, rules }: Question): Opinion | undefined {
  if (!rules?.publicAccessBlock?.RestrictPublicBuckets || resource.on === 'account')
    return undefined;
  if (!rules.policy?.isPublic || (caller.kind === 'account' && caller.account.root))
    return undefined;
  return isAccount(caller, resource.bucket.owner) ? undefined : restricted;
}

const restricted: Opinion = {
  effect: 'deny',
  by: 'RestrictPublicBuckets of the public access block',
  reason: "the bucket's policy is public, and RestrictPublicBuckets is set",
};

function ownershipSays({ caller, action, resource, rules }: Question): Opinion | undefined {
  switch (resource.on) {
    case 'account':
      return undefined;
    case 'bucket':
      return isAccount(caller, resource.bucket.owner) ? byBucketOwner : undefined;
    case 'object':
      return isAccount(caller, ownerOf(resource, rules, action)) ? byObjectOwner : undefined;
  }
}

function aclSays({ caller, permission, resource, rules }: Question): Opinion | undefined {
  if (permission === undefined || resource.on === 'account') return undefined;
  if (rules?.ownership === 'BucketOwnerEnforced') return undefined;
  let acl = resource.on === 'bucket' ? resource.bucket : resource.object;
  if (rules?.publicAccessBlock?.IgnorePublicAcls) {
    acl = { ...acl, grants: acl.grants.filter(({ grantee }) => !isPublicGroup(grantee)) };
  }
  const grant = grantFor(acl, accountIdOf(caller), permission);
  if (grant === undefined) return undefined;
  const by = `the ${resource.on}'s ACL`;
  return {
    effect: 'allow',
    by,
    byAcl: true,
    isDirect:
      isAccount(caller, resource.bucket.owner) &&
      grantFor(acl, undefined, permission) !== undefined,
    reason: `${by} grants ${grant.permission} to ${granteeName(grant.grantee)}`,
  };
}

const sources: readonly Source[] = [
  { kind: 'bucket-policy', name: 'the bucket policy', says: policySays },
  {
    kind: 'public-access-block',
    name: 'RestrictPublicBuckets of the public access block',
    says: restrictionSays,
  },
  { kind: 'root', name: 'root', says: rootSays },
  { kind: 'namespace', name: 'the namespace', says: accountSays },
  { kind: 'ownership', name: 'ownership', says: ownershipSays },
  { kind: 'acl', name: 'the ACL', says: aclSays },
];

/** @param witness is told what was looked at; see explain.ts */
export function decide(question: Question, witness?: Witness): Decision {
  const { caller } = question;
  const principal = caller.kind === 'account' ? caller.principal : undefined;
  const own = principal && principalSays(principal, question, witness);
  if (own?.effect === 'deny') return denying(own, witness);
  let allowedBy: Opinion | undefined;
  let directlyBy: Opinion | undefined;
  for (const source of sources) {
    const opinion = source.says(question, witness);
    if (witness !== undefined) tell(source, opinion, question, witness);
    if (opinion?.effect === 'deny') return denying(opinion, witness);
    allowedBy ??= opinion;
    if (opinion?.isDirect) directlyBy ??= opinion;
  }
  if (allowedBy === undefined) {
    witness?.decided([]);
    return { allowed: false, reason: whyNot(question) };
  }
  if (principal === undefined) return allowing(allowedBy, undefined, witness);
  if (own !== undefined) return allowing(allowedBy, own, witness);
  if (directlyBy !== undefined && sessionAllows(principal, question)) {
    return allowing(directlyBy, undefined, witness);
  }
  const { by, reason } = whatIsLacking(principal, question);
  witness?.decided(by === undefined ? [] : [by]);
  return { allowed: false, reason };
}

function denying({ by, reason }: PolicyOpinion, witness: Witness | undefined): Decision {
  witness?.decided([by]);
  return { allowed: false, reason };
}

function allowing(
  { by, reason, byAcl }: Opinion,
  own: PolicyOpinion | undefined,
  witness: Witness | undefined,
): Decision {
  witness?.decided(own === undefined ? [by] : [own.by, by]);
  return { allowed: true, reason: own === undefined ? reason : `${own.reason}; ${reason}`, byAcl };
}

/** Statements were told one by one. */
function tell(
  { kind, name }: Source,
  opinion: Opinion | undefined,
  question: Question,
  witness: Witness,
): void {
  if (kind === 'bucket-policy' && question.rules?.policy !== undefined) return;
  if (kind === 'acl') for (const finding of grantFindings(question)) witness.saw(finding);
  witness.saw({
    kind,
    name: opinion?.by ?? name,
    effect: opinion?.effect ?? 'none',
    because: opinion?.reason ?? silenceOf(kind, question),
  });
}

function whyNot({ caller, action, permission, resource }: Question): string {
  const who = accountIdOf(caller) ?? 'the anonymous caller';
  if (resource.on === 'account') {
    return `${action} is for accounts of namespace ${resource.namespace}, not ${who}`;
  }
  if (permission === undefined) return `${action} is for the ${resource.on}'s owner, not ${who}`;
  return `nothing gives ${who} ${permission} on the ${resource.on} for ${action}`;
}

/** How long something has to stay in a bucket is its owner's to say, whoever put it there. */
const lockActions: ReadonlySet<string> = new Set([
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
]);

function ownerOf(
  { bucket, object }: Resource & { readonly on: 'object' },
  rules: BucketRules | undefined,
  action: string,
): string {
  const isBucketOwners = rules?.ownership === 'BucketOwnerEnforced' || lockActions.has(action);
  return isBucketOwners ? bucket.owner : object.owner;
}

/** The administrator of the server, and not somebody who acts for it. */
function isRoot(caller: Caller): boolean {
  return isItself(caller) && caller.account.root;
}

/** An account, and not one of its users or sessions. */
function isItself(caller: Caller): caller is Caller & { readonly kind: 'account' } {
  return caller.kind === 'account' && caller.principal === undefined;
}

function isAccount(caller: Caller, accountId: string): boolean {
  return caller.kind === 'account' && caller.account.accountId === accountId;
}

function accountIdOf(caller: Caller): string | undefined {
  return caller.kind === 'account' ? caller.account.accountId : undefined;
}

/** Whether a policy forbids an action that nothing needs to allow. */
export function forbids(question: Question, witness?: Witness): string | undefined {
  const { caller } = question;
  const principal = caller.kind === 'account' ? caller.principal : undefined;
  const own = principal && principalSays(principal, question, witness);
  const opinion = own?.effect === 'deny' ? own : policySays(question, witness);
  if (opinion?.effect !== 'deny') return undefined;
  witness?.decided([opinion.by]);
  return opinion.reason;
}
