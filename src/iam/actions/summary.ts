/** GetAccountSummary and ListAccountAliases: the account as a whole. */
import type { IamAction, Situation } from '../action.ts';
import { allOf } from '../entities.ts';
import {
  maxAccessKeys,
  maxAttachedPolicies,
  maxGroups,
  maxGroupsOfUser,
  maxPolicies,
  maxPolicyChars,
  maxPolicyVersions,
  maxRoles,
  maxUsers,
} from '../limits.ts';
import { emptyPage } from '../pages.ts';

const everything = () => ({ arn: '*' });

const count = (all: Iterable<unknown>): number => [...all].length;

export const getAccountSummary: IamAction<'GetAccountSummary'> = {
  on: everything,
  read: (_, situation) => ({ SummaryMap: summary(situation) }),
};

function summary(situation: Situation) {
  const { snapshot, account } = situation;
  const own = ({ accountId }: { readonly accountId: string }) => accountId === account.accountId;
  const policies = [...allOf('policy', situation)];
  return {
    AccessKeysPerUserQuota: maxAccessKeys,
    AccountAccessKeysPresent: count(
      [...snapshot.keys.values()].filter((key) => own(key) && key.user === undefined),
    ),
    AttachedPoliciesPerGroupQuota: maxAttachedPolicies,
    AttachedPoliciesPerRoleQuota: maxAttachedPolicies,
    AttachedPoliciesPerUserQuota: maxAttachedPolicies,
    GroupPolicySizeQuota: maxPolicyChars.group,
    Groups: count(allOf('group', situation)),
    GroupsPerUserQuota: maxGroupsOfUser,
    GroupsQuota: maxGroups,
    Policies: policies.length,
    PoliciesQuota: maxPolicies,
    PolicySizeQuota: maxPolicyChars.managed,
    PolicyVersionsInUse: policies.reduce((sum, { versions }) => sum + versions.length, 0),
    Providers: count([...snapshot.providersByArn.values()].filter(own)),
    RolePolicySizeQuota: maxPolicyChars.role,
    Roles: count(allOf('role', situation)),
    RolesQuota: maxRoles,
    UserPolicySizeQuota: maxPolicyChars.user,
    Users: count(allOf('user', situation)),
    UsersQuota: maxUsers,
    VersionsPerPolicyQuota: maxPolicyVersions,
  };
}

/** Accounts have a display name, and no alias. */
export const listAccountAliases: IamAction<'ListAccountAliases'> = {
  on: everything,
  read: (input) => ({ AccountAliases: [], ...emptyPage(input) }),
};
