/**
 * Users, groups, roles and policies of the caller's account: found by name, made into what is written, and shown in
 * IAM's shapes.
 */
import { arnOf, rootArn } from '../identity/names.ts';
import type {
  GroupRecord,
  IdentityKind,
  IdentityRecords,
  PolicyRecord,
  RoleRecord,
  UserRecord,
} from '../identity/records.ts';
import { identityKey } from '../identity/records.ts';
import { indexName } from '../identity/snapshot.ts';
import type { Group, Policy, Role, User } from '../model/iam.gen.ts';
import type { MetaOp } from '../store/meta/port.ts';
import { encodeRecord } from '../store/record-codec.ts';
import type { Facts, Situation, Target } from './action.ts';
import { tagList } from './checks.ts';
import { shownDocument } from './documents.ts';
import { noSuchEntity, QueryError } from './query/errors.ts';

export type HolderKind = 'user' | 'group' | 'role';

/** How requests name one. */
export interface HolderInput {
  readonly user: { readonly UserName: string };
  readonly group: { readonly GroupName: string };
  readonly role: { readonly RoleName: string };
}

const nameParameters = { user: 'UserName', group: 'GroupName', role: 'RoleName' } as const;

const holderName = <Kind extends HolderKind>(kind: Kind, input: HolderInput[Kind]): string =>
  (input as Readonly<Record<string, string>>)[nameParameters[kind]]!;

export function found<Kind extends IdentityKind>(
  kind: Kind,
  name: string,
  { snapshot, account }: Situation,
): IdentityRecords[Kind] | undefined {
  return snapshot.records[kind].get(indexName(account.accountId, name));
}

/** @throws QueryError NoSuchEntity */
export function named<Kind extends HolderKind>(
  kind: Kind,
  name: string,
  situation: Situation,
): IdentityRecords[Kind] {
  const record = found(kind, name, situation);
  if (record === undefined) throw noSuchEntity(kind, name);
  return record;
}

/** Whom the input names. @throws QueryError NoSuchEntity */
export const holderIn = <Kind extends HolderKind>(
  kind: Kind,
  input: HolderInput[Kind],
  situation: Situation,
): IdentityRecords[Kind] => named(kind, holderName(kind, input), situation);

/** Of one kind, of the caller's account, below a path. */
export function* allOf<Kind extends HolderKind | 'policy'>(
  kind: Kind,
  { snapshot, account }: Situation,
  pathPrefix = '/',
): Generator<IdentityRecords[Kind]> {
  const records: Iterable<IdentityRecords[Kind]> = snapshot.records[kind].values();
  for (const record of records) {
    if (record.accountId === account.accountId && record.path.startsWith(pathPrefix)) yield record;
  }
}

/** @throws QueryError EntityAlreadyExists */
export function refuseTaken(kind: HolderKind, name: string, situation: Situation): void {
  if (found(kind, name, situation) === undefined) return;
  throw new QueryError(
    'EntityAlreadyExists',
    `${kind[0]!.toUpperCase()}${kind.slice(1)} with name ${name} already exists.`,
  );
}

export const putRecord = <Kind extends HolderKind | 'policy'>(
  kind: Kind,
  record: IdentityRecords[Kind],
): MetaOp => ({
  op: 'put',
  at: identityKey(kind, record.accountId, record.name),
  value: encodeRecord(record),
});

export const deleteRecord = (
  kind: HolderKind | 'policy',
  { accountId, name }: { readonly accountId: string; readonly name: string },
): MetaOp => ({ op: 'delete', at: identityKey(kind, accountId, name) });

/** In ARNs, the caller's account. */
export const numberOf = ({ account }: Situation): string => account.number;

export const arnIn = (
  situation: Situation,
  kind: HolderKind | 'policy',
  record: { readonly path: string; readonly name: string },
): string => arnOf(numberOf(situation), kind, record);

/** Who it is, or would be if there were one: whether there is, only those learn who may. */
export function onHolder(
  kind: HolderKind,
  name: string,
  situation: Situation,
  facts: Facts = {},
): Target {
  const record: UserRecord | GroupRecord | RoleRecord | undefined = found(kind, name, situation);
  const { boundary, tags } = (record ?? {}) as Partial<UserRecord>;
  return {
    arn: arnIn(situation, kind, record ?? { path: '/', name }),
    facts: {
      ...(boundary !== undefined && { 'iam:permissionsboundary': [boundary] }),
      ...resourceTagFacts(tags),
      ...facts,
    },
  };
}

/** Of an operation on whom its input names. @param facts what policies may ask of the input besides */
export const onHolderIn =
  <Kind extends HolderKind, More = unknown>(kind: Kind, facts?: (input: More) => Facts) =>
  (input: HolderInput[Kind] & More, situation: Situation): Target =>
    onHolder(kind, holderName(kind, input), situation, facts?.(input));

export const resourceTagFacts = (tags: Readonly<Record<string, string>> = {}): Facts =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`aws:resourcetag/${key}`, [value]],
      [`iam:resourcetag/${key}`, [value]],
    ]),
  );

/** Lists are on what they list: `arn:aws:iam::NUMBER:user/PREFIX`. */
export const onList =
  (kind: HolderKind | 'policy') =>
  (
    { PathPrefix: prefix = '/' }: { readonly PathPrefix?: string | undefined },
    situation: Situation,
  ): Target => ({ arn: `arn:aws:iam::${numberOf(situation)}:${kind}${prefix}` });

/** The user who asks, where a request names none; undefined for the account itself. */
export function callingUser({ principal, snapshot }: Situation): UserRecord | undefined {
  if (principal === undefined) return undefined;
  const user = principal.kind === 'user' ? snapshot.usersById.get(principal.id) : undefined;
  if (user === undefined) {
    throw new QueryError(
      'ValidationError',
      'Must specify userName when calling with non-User credentials',
    );
  }
  return user;
}

/** The user who is meant; undefined for the account itself. */
export const userOrCaller = (
  name: string | undefined,
  situation: Situation,
): UserRecord | undefined =>
  name === undefined ? callingUser(situation) : named('user', name, situation);

export function onUserOrCaller(name: string | undefined, situation: Situation): Target {
  const user = name === undefined ? callingUser(situation)?.name : name;
  return user === undefined
    ? { arn: rootArn(numberOf(situation)) }
    : onHolder('user', user, situation);
}

const boundaryShape = (arn: string | undefined) =>
  arn === undefined
    ? undefined
    : { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: arn };

const tagsShape = (tags: Readonly<Record<string, string>>) =>
  Object.keys(tags).length === 0 ? undefined : tagList(tags);

/** Lists leave boundaries and tags out. */
export const userShape = (user: UserRecord, situation: Situation): User => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: arnIn(situation, 'user', user),
  CreateDate: new Date(user.createdAt),
  PermissionsBoundary: boundaryShape(user.boundary),
  Tags: tagsShape(user.tags),
});

export const groupShape = (group: GroupRecord, situation: Situation): Group => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.id,
  Arn: arnIn(situation, 'group', group),
  CreateDate: new Date(group.createdAt),
});

export const roleShape = (role: RoleRecord, situation: Situation): Role => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: arnIn(situation, 'role', role),
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: shownDocument(role.trust),
  Description: role.description,
  MaxSessionDuration: role.maxSessionSeconds,
  PermissionsBoundary: boundaryShape(role.boundary),
  Tags: tagsShape(role.tags),
});

export interface Uses {
  readonly attachments: number;
  readonly boundaries: number;
}

/** How often each policy is attached in the caller's account, and bounds somebody; by ARN. */
export function allUses(situation: Situation): ReadonlyMap<string, Uses> {
  const uses = new Map<string, Uses>();
  const count = (arn: string, attachments: number, boundaries: number) => {
    const before = uses.get(arn) ?? unused;
    uses.set(arn, {
      attachments: before.attachments + attachments,
      boundaries: before.boundaries + boundaries,
    });
  };
  for (const kind of ['user', 'group', 'role'] as const) {
    for (const holder of allOf(kind, situation)) {
      for (const arn of holder.attached) count(arn, 1, 0);
      if ('boundary' in holder && holder.boundary !== undefined) count(holder.boundary, 0, 1);
    }
  }
  return uses;
}

export const unused: Uses = { attachments: 0, boundaries: 0 };

export const usesOf = (arn: string, situation: Situation): Uses =>
  allUses(situation).get(arn) ?? unused;

export function policyShape(policy: PolicyRecord, arn: string, uses: Uses): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: uses.attachments,
    PermissionsBoundaryUsageCount: uses.boundaries,
    IsAttachable: true,
    Description: policy.description,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
    Tags: tagsShape(policy.tags),
  };
}
