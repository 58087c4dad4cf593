/**
 * The identities of an account, over IAM's List and Get operations: GetAccountAuthorizationDetails would tell the same in
 * fewer requests, and not every server has it.
 */

import type {
  AccessKeyMetadata,
  AttachedPolicy,
  Group,
  Policy,
  PolicyVersion,
  Role,
  User,
} from '../../model/iam.gen.ts';
import { call, type Kind } from '../identity/entities.ts';
import { documentText, type IdentitySession } from '../identity/identity-session.ts';
import type {
  GroupFound,
  Identities,
  PolicyFound,
  RoleFound,
  Tag,
  UserFound,
} from './identities.ts';
import type { Report } from './report.ts';

type ListOperation = Parameters<IdentitySession['all']>[0];

/** What AWS makes for its own services, and nobody can make. */
const serviceRolePath = '/aws-service-role/';

/** What can't be read is told, and left out. */
export async function readIam(source: IdentitySession, report: Report): Promise<Identities> {
  const policies: PolicyFound[] = [];
  for (const one of await source.all<Policy>('ListPolicies', 'Policies', { Scope: 'Local' })) {
    await tried(report, 'policy', one.PolicyName, async () => {
      policies.push(await policyFound(source, one.Arn!));
    });
  }
  const groups: GroupFound[] = [];
  for (const { GroupName: name = '', Path: path = '/' } of await source.all<Group>(
    'ListGroups',
    'Groups',
  )) {
    await tried(report, 'group', name, async () => {
      groups.push({ name, path, ...(await heldBy(source, 'Group', name)) });
    });
  }
  const users: UserFound[] = [];
  for (const { UserName: name = '' } of await source.all<User>('ListUsers', 'Users')) {
    await tried(report, 'user', name, async () => {
      users.push(await userFound(source, name));
    });
  }
  const roles: RoleFound[] = [];
  for (const { RoleName: name = '', Path: path = '/' } of await source.all<Role>(
    'ListRoles',
    'Roles',
  )) {
    if (path.startsWith(serviceRolePath)) {
      report.left('role', name, 'it is of a service of AWS');
      continue;
    }
    await tried(report, 'role', name, async () => {
      roles.push(await roleFound(source, name));
    });
  }
  return { policies, groups, users, roles };
}

async function tried(
  report: Report,
  kind: string,
  name: string | undefined,
  read: () => Promise<void>,
): Promise<void> {
  try {
    await read();
  } catch (error) {
    report.failed(kind, String(name), error);
  }
}

export async function policyFound(
  source: IdentitySession,
  PolicyArn: string,
): Promise<PolicyFound> {
  // Lists tell no description and no tags.
  const { Policy: policy } = await source.iam.call('GetPolicy', { PolicyArn });
  const VersionId = policy!.DefaultVersionId!;
  const answer = await source.iam.call('GetPolicyVersion', { PolicyArn, VersionId });
  const { Document = '' } = answer.PolicyVersion as PolicyVersion;
  return {
    name: policy!.PolicyName!,
    path: policy!.Path ?? '/',
    description: policy!.Description,
    document: documentText(Document),
    tags: tagsOf(await source.all('ListPolicyTags', 'Tags', { PolicyArn })),
  };
}

export async function heldBy(source: IdentitySession, kind: Kind, name: string) {
  const at = { [`${kind}Name`]: name };
  const attached = await source.all<AttachedPolicy>(
    `ListAttached${kind}Policies` as ListOperation,
    'AttachedPolicies',
    at,
  );
  const inline: Record<string, string> = {};
  const names = await source.all<string>(`List${kind}Policies` as ListOperation, 'PolicyNames', at);
  for (const PolicyName of names) {
    const { PolicyDocument } = await call(source, `Get${kind}Policy`, { ...at, PolicyName });
    inline[PolicyName] = documentText(String(PolicyDocument));
  }
  return { attached: attached.map(({ PolicyArn = '' }) => PolicyArn), inline };
}

export async function userFound(source: IdentitySession, name: string): Promise<UserFound> {
  const at = { UserName: name };
  const { User: user } = await source.iam.call('GetUser', at);
  const groups = await source.all<Group>('ListGroupsForUser', 'Groups', at);
  const keys = await source.all<AccessKeyMetadata>('ListAccessKeys', 'AccessKeyMetadata', at);
  return {
    name,
    path: user?.Path ?? '/',
    ...(await heldBy(source, 'User', name)),
    groups: groups.map(({ GroupName = '' }) => GroupName),
    boundary: user?.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: tagsOf(await source.all('ListUserTags', 'Tags', at)),
    activeKeys: keys.flatMap(({ AccessKeyId = '', Status }) =>
      Status === 'Active' ? [AccessKeyId] : [],
    ),
  };
}

export async function roleFound(source: IdentitySession, name: string): Promise<RoleFound> {
  const at = { RoleName: name };
  const { Role: role } = await source.iam.call('GetRole', at);
  return {
    name,
    path: role?.Path ?? '/',
    ...(await heldBy(source, 'Role', name)),
    trust: documentText(role?.AssumeRolePolicyDocument ?? ''),
    description: role?.Description,
    maxSessionSeconds: role?.MaxSessionDuration,
    boundary: role?.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: tagsOf(await source.all('ListRoleTags', 'Tags', at)),
  };
}

const tagsOf = (found: readonly { Key?: string; Value?: string }[]): readonly Tag[] =>
  found.map(({ Key = '', Value = '' }) => ({ Key, Value }));
