/** Managed policies on users, groups and roles: attached, detached, listed both ways. */
import { type Action, done, type IamAction, type Situation } from '../action.ts';
import { checkQuota } from '../checks.ts';
import {
  allOf,
  type HolderInput,
  type HolderKind,
  holderIn,
  onHolderIn,
  putRecord,
} from '../entities.ts';
import { maxAttachedPolicies } from '../limits.ts';
import { type PageInput, pageOf } from '../pages.ts';
import { invalid, noSuchEntity } from '../query/errors.ts';
import { onPolicy, usablePolicy } from './policies.ts';

interface PolicyInput {
  readonly PolicyArn: string;
}

const policyFacts = ({ PolicyArn }: PolicyInput) => ({ 'iam:policyarn': [PolicyArn] });

/** The same for all three kinds; only the name's parameter differs. */
function attaching<Kind extends HolderKind>(
  kind: Kind,
): Action<HolderInput[Kind] & PolicyInput, undefined> {
  return {
    on: onHolderIn(kind, policyFacts),
    write(input, situation) {
      const holder = holderIn(kind, input, situation);
      const { PolicyArn: arn } = input;
      usablePolicy(arn, situation);
      if (holder.attached.includes(arn)) return done();
      const attached = [...holder.attached, arn];
      checkQuota(attached.length, maxAttachedPolicies, 'PoliciesPerEntity');
      return done(putRecord(kind, { ...holder, attached }));
    },
  };
}

function detaching<Kind extends HolderKind>(
  kind: Kind,
): Action<HolderInput[Kind] & PolicyInput, undefined> {
  return {
    on: onHolderIn(kind, policyFacts),
    write(input, situation) {
      const holder = holderIn(kind, input, situation);
      const attached = holder.attached.filter((arn) => arn !== input.PolicyArn);
      if (attached.length === holder.attached.length) {
        throw noSuchEntity(`policy attached to ${kind} ${holder.name}`, input.PolicyArn);
      }
      return done(putRecord(kind, { ...holder, attached }));
    },
  };
}

interface ListInput extends PageInput {
  readonly PathPrefix?: string | undefined;
}

function listing<Kind extends HolderKind>(kind: Kind) {
  type Input = HolderInput[Kind] & ListInput;
  return {
    on: onHolderIn(kind),
    read(input: Input, situation: Situation) {
      const { attached } = holderIn(kind, input, situation);
      const { PathPrefix: prefix = '/' } = input;
      const policies = attached
        .map((arn) => ({ arn, policy: usablePolicy(arn, situation) }))
        .filter(({ policy }) => policy.path.startsWith(prefix));
      const { items, end } = pageOf(policies, ({ arn }) => arn, input);
      const AttachedPolicies = items.map(({ arn, policy }) => ({
        PolicyName: policy.name,
        PolicyArn: arn,
      }));
      return { AttachedPolicies, ...end };
    },
  };
}

export const attachUserPolicy: IamAction<'AttachUserPolicy'> = attaching('user');
export const attachGroupPolicy: IamAction<'AttachGroupPolicy'> = attaching('group');
export const attachRolePolicy: IamAction<'AttachRolePolicy'> = attaching('role');
export const detachUserPolicy: IamAction<'DetachUserPolicy'> = detaching('user');
export const detachGroupPolicy: IamAction<'DetachGroupPolicy'> = detaching('group');
export const detachRolePolicy: IamAction<'DetachRolePolicy'> = detaching('role');
export const listAttachedUserPolicies: IamAction<'ListAttachedUserPolicies'> = listing('user');
export const listAttachedGroupPolicies: IamAction<'ListAttachedGroupPolicies'> = listing('group');
export const listAttachedRolePolicies: IamAction<'ListAttachedRolePolicies'> = listing('role');

const filters: Readonly<Record<string, HolderKind | undefined>> = {
  User: 'user',
  Group: 'group',
  Role: 'role',
};

export const listEntitiesForPolicy: IamAction<'ListEntitiesForPolicy'> = {
  on: onPolicy,
  read(input, situation) {
    const { PolicyArn: arn, EntityFilter: filter, PathPrefix, PolicyUsageFilter: usage } = input;
    usablePolicy(arn, situation);
    if (filter !== undefined && !Object.hasOwn(filters, filter)) {
      throw invalid(`EntityFilter ${filter} is not known here.`);
    }
    const kinds = filter === undefined ? Object.values(filters) : [filters[filter]];
    const holders = kinds.flatMap((kind) =>
      [...allOf(kind!, situation, PathPrefix)]
        .filter((holder) => isUsed(arn, holder, usage))
        .map(({ name, id }) => ({ kind: kind!, name, id })),
    );
    const { items, end } = pageOf(holders, ({ kind, name }) => `${kind}/${name}`, input);
    const only = (kind: HolderKind) => items.filter((holder) => holder.kind === kind);
    return {
      PolicyGroups: only('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: only('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyRoles: only('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      ...end,
    };
  },
};

function isUsed(
  arn: string,
  holder: { readonly attached: readonly string[]; readonly boundary?: string },
  usage: string | undefined,
): boolean {
  const isAttached = holder.attached.includes(arn);
  const isBoundary = holder.boundary === arn;
  switch (usage) {
    case undefined:
      return isAttached || isBoundary;
    case 'PermissionsPolicy':
      return isAttached;
    case 'PermissionsBoundary':
      return isBoundary;
    default:
      throw invalid('PolicyUsageFilter is PermissionsPolicy or PermissionsBoundary.');
  }
}
