/** CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, and who has one: managed policies. */
import { longNamePattern, newId } from '../../identity/names.ts';
import type { PolicyRecord } from '../../identity/records.ts';
import { done, type IamAction, type Situation, type Target } from '../action.ts';
import {
  checkDescription,
  checkName,
  checkPath,
  checkQuota,
  refuseWhile,
  requestTagFacts,
  tagsOf,
} from '../checks.ts';
import { policyDocument } from '../documents.ts';
import {
  allOf,
  allUses,
  arnIn,
  deleteRecord,
  onList,
  policyShape,
  putRecord,
  resourceTagFacts,
  type Uses,
  unused,
  usesOf,
} from '../entities.ts';
import { maxPolicies } from '../limits.ts';
import { pageOf } from '../pages.ts';
import { invalid, QueryError } from '../query/errors.ts';

/** Whose the ready-made policies are: `arn:aws:iam::aws:policy/NAME`. */
const readyMade = 'aws';

const isVisible = ({ accountId }: PolicyRecord, { account }: Situation): boolean =>
  accountId === account.accountId || accountId === readyMade;

/**
 * A policy of the caller's account, or a ready-made one.
 * @throws QueryError NoSuchEntity
 */
export function usablePolicy(arn: string, situation: Situation): PolicyRecord {
  const policy = situation.snapshot.policiesByArn.get(arn);
  if (policy === undefined || !isVisible(policy, situation)) {
    throw new QueryError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`);
  }
  return policy;
}

/** @throws QueryError NoSuchEntity, AccessDenied for those that nobody changes */
export function ownPolicy(arn: string, situation: Situation): PolicyRecord {
  const policy = usablePolicy(arn, situation);
  if (policy.accountId === readyMade) {
    throw new QueryError('AccessDenied', `${arn} is the same for everybody and cannot be changed.`);
  }
  return policy;
}

export function onPolicy(
  { PolicyArn: arn }: { readonly PolicyArn: string },
  situation: Situation,
): Target {
  const policy = situation.snapshot.policiesByArn.get(arn);
  const isKnown = policy !== undefined && isVisible(policy, situation);
  return { arn, facts: resourceTagFacts(isKnown ? policy.tags : {}) };
}

export const createPolicy: IamAction<'CreatePolicy'> = {
  on: ({ PolicyName: name, Path: path = '/', Tags }, situation) => ({
    arn: arnIn(situation, 'policy', { name, path }),
    facts: requestTagFacts(Tags),
  }),
  write({ PolicyName: name, Path: path = '/', Description, PolicyDocument, Tags }, situation) {
    checkName(name, longNamePattern, 'policyName');
    checkPath(path);
    checkDescription(Description);
    const document = policyDocument(PolicyDocument);
    const tags = tagsOf(Tags);
    const own = [...allOf('policy', situation)];
    if (own.some((one) => one.name.toLowerCase() === name.toLowerCase())) {
      throw new QueryError(
        'EntityAlreadyExists',
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
      );
    }
    checkQuota(own.length + 1, maxPolicies, 'PoliciesPerAccount');
    const { now, account } = situation;
    const policy: PolicyRecord = {
      accountId: account.accountId,
      id: newId('policy'),
      name,
      path,
      createdAt: now,
      updatedAt: now,
      defaultVersion: 'v1',
      nextVersion: 2,
      versions: [{ id: 'v1', document, createdAt: now }],
      tags,
      ...(Description !== undefined && { description: Description }),
    };
    return {
      ops: [putRecord('policy', policy)],
      result: { Policy: shownIn(situation, arnIn(situation, 'policy', policy), policy) },
    };
  },
};

const shownIn = (situation: Situation, arn: string, policy: PolicyRecord) =>
  policyShape(policy, arn, usesOf(arn, situation));

export const getPolicy: IamAction<'GetPolicy'> = {
  on: onPolicy,
  read: ({ PolicyArn }, situation) => ({
    Policy: shownIn(situation, PolicyArn, usablePolicy(PolicyArn, situation)),
  }),
};

const scopes: Readonly<Record<string, (policy: PolicyRecord) => boolean>> = {
  All: () => true,
  AWS: ({ accountId }) => accountId === readyMade,
  Local: ({ accountId }) => accountId !== readyMade,
};

const usages = ['PermissionsPolicy', 'PermissionsBoundary'];

export const listPolicies: IamAction<'ListPolicies'> = {
  on: onList('policy'),
  read(input, situation) {
    const { Scope = 'All', OnlyAttached, PathPrefix = '/', PolicyUsageFilter: usage } = input;
    const isInScope = Object.hasOwn(scopes, Scope) ? scopes[Scope]! : undefined;
    if (isInScope === undefined) throw invalid('Scope is All, AWS or Local.');
    if (usage !== undefined && !usages.includes(usage)) {
      throw invalid(`PolicyUsageFilter is ${usages.join(' or ')}.`);
    }
    const uses = allUses(situation);
    const all = [...situation.snapshot.policiesByArn]
      .filter(([, policy]) => isVisible(policy, situation) && isInScope(policy))
      .filter(([, policy]) => policy.path.startsWith(PathPrefix))
      .map(([arn, policy]) => ({ arn, policy, uses: uses.get(arn) ?? unused }))
      .filter(({ uses }) => usage === undefined || countOf(usage, uses) > 0)
      .filter(({ uses }) => !OnlyAttached || uses.attachments > 0);
    const { items, end } = pageOf(all, ({ arn }) => arn, input);
    const Policies = items.map(({ arn, policy, uses }) => policyShape(policy, arn, uses));
    return { Policies, ...end };
  },
};

const countOf = (usage: string, uses: Uses) =>
  usage === 'PermissionsPolicy' ? uses.attachments : uses.boundaries;

export const deletePolicy: IamAction<'DeletePolicy'> = {
  on: onPolicy,
  write({ PolicyArn: arn }, situation) {
    const policy = ownPolicy(arn, situation);
    const { attachments, boundaries } = usesOf(arn, situation);
    refuseWhile(attachments > 0, 'must detach the policy from all entities first.');
    refuseWhile(boundaries > 0, 'the policy is a permissions boundary of some entity.');
    refuseWhile(policy.versions.length > 1, 'must delete all non-default versions first.');
    return done(deleteRecord('policy', policy));
  },
};
