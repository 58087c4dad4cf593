/** IAM's operations by name; the compiler sees that each of the model's is there. */
import type { IamTypes } from '../../model/iam.gen.ts';
import type { IamAction } from '../action.ts';
import * as absent from './absent-credentials.ts';
import * as keys from './access-keys.ts';
import * as attachments from './attachments.ts';
import * as boundaries from './boundaries.ts';
import * as groups from './groups.ts';
import * as inline from './inline-policies.ts';
import * as policies from './policies.ts';
import * as versions from './policy-versions.ts';
import * as providers from './providers.ts';
import * as roles from './roles.ts';
import * as summary from './summary.ts';
import * as tags from './tags.ts';
import * as users from './users.ts';

export type IamActions = {
  readonly [Name in keyof IamTypes]: IamAction<Name>;
};

export const iamActions: IamActions = {
  AddClientIDToOpenIDConnectProvider: providers.addClientId,
  AddUserToGroup: groups.addUserToGroup,
  AttachGroupPolicy: attachments.attachGroupPolicy,
  AttachRolePolicy: attachments.attachRolePolicy,
  AttachUserPolicy: attachments.attachUserPolicy,
  CreateAccessKey: keys.createAccessKey,
  CreateGroup: groups.createGroup,
  CreateOpenIDConnectProvider: providers.createOpenIdConnectProvider,
  CreatePolicy: policies.createPolicy,
  CreatePolicyVersion: versions.createPolicyVersion,
  CreateRole: roles.createRole,
  CreateUser: users.createUser,
  DeleteAccessKey: keys.deleteAccessKey,
  DeleteGroup: groups.deleteGroup,
  DeleteGroupPolicy: inline.deleteGroupPolicy,
  DeleteLoginProfile: absent.deleteLoginProfile,
  DeleteOpenIDConnectProvider: providers.deleteOpenIdConnectProvider,
  DeletePolicy: policies.deletePolicy,
  DeletePolicyVersion: versions.deletePolicyVersion,
  DeleteRole: roles.deleteRole,
  DeleteRolePermissionsBoundary: boundaries.deleteRolePermissionsBoundary,
  DeleteRolePolicy: inline.deleteRolePolicy,
  DeleteUser: users.deleteUser,
  DeleteUserPermissionsBoundary: boundaries.deleteUserPermissionsBoundary,
  DeleteUserPolicy: inline.deleteUserPolicy,
  DetachGroupPolicy: attachments.detachGroupPolicy,
  DetachRolePolicy: attachments.detachRolePolicy,
  DetachUserPolicy: attachments.detachUserPolicy,
  GetAccessKeyLastUsed: keys.getAccessKeyLastUsed,
  GetAccountSummary: summary.getAccountSummary,
  GetGroup: groups.getGroup,
  GetGroupPolicy: inline.getGroupPolicy,
  GetLoginProfile: absent.getLoginProfile,
  GetOpenIDConnectProvider: providers.getOpenIdConnectProvider,
  GetPolicy: policies.getPolicy,
  GetPolicyVersion: versions.getPolicyVersion,
  GetRole: roles.getRole,
  GetRolePolicy: inline.getRolePolicy,
  GetUser: users.getUser,
  GetUserPolicy: inline.getUserPolicy,
  ListAccessKeys: keys.listAccessKeys,
  ListAccountAliases: summary.listAccountAliases,
  ListAttachedGroupPolicies: attachments.listAttachedGroupPolicies,
  ListAttachedRolePolicies: attachments.listAttachedRolePolicies,
  ListAttachedUserPolicies: attachments.listAttachedUserPolicies,
  ListEntitiesForPolicy: attachments.listEntitiesForPolicy,
  ListGroupPolicies: inline.listGroupPolicies,
  ListGroups: groups.listGroups,
  ListGroupsForUser: groups.listGroupsForUser,
  ListInstanceProfilesForRole: roles.listInstanceProfilesForRole,
  ListMFADevices: absent.listMfaDevices,
  ListOpenIDConnectProviders: providers.listOpenIdConnectProviders,
  ListPolicies: policies.listPolicies,
  ListPolicyTags: tags.listPolicyTags,
  ListPolicyVersions: versions.listPolicyVersions,
  ListRolePolicies: inline.listRolePolicies,
  ListRoleTags: tags.listRoleTags,
  ListRoles: roles.listRoles,
  ListSSHPublicKeys: absent.listSshPublicKeys,
  ListServiceSpecificCredentials: absent.listServiceSpecificCredentials,
  ListSigningCertificates: absent.listSigningCertificates,
  ListUserPolicies: inline.listUserPolicies,
  ListUserTags: tags.listUserTags,
  ListUsers: users.listUsers,
  ListVirtualMFADevices: absent.listVirtualMfaDevices,
  PutGroupPolicy: inline.putGroupPolicy,
  PutRolePermissionsBoundary: boundaries.putRolePermissionsBoundary,
  PutRolePolicy: inline.putRolePolicy,
  PutUserPermissionsBoundary: boundaries.putUserPermissionsBoundary,
  PutUserPolicy: inline.putUserPolicy,
  RemoveClientIDFromOpenIDConnectProvider: providers.removeClientId,
  RemoveUserFromGroup: groups.removeUserFromGroup,
  SetDefaultPolicyVersion: versions.setDefaultPolicyVersion,
  TagPolicy: tags.tagPolicy,
  TagRole: tags.tagRole,
  TagUser: tags.tagUser,
  UntagPolicy: tags.untagPolicy,
  UntagRole: tags.untagRole,
  UntagUser: tags.untagUser,
  UpdateAccessKey: keys.updateAccessKey,
  UpdateAssumeRolePolicy: roles.updateAssumeRolePolicy,
  UpdateGroup: groups.updateGroup,
  UpdateOpenIDConnectProviderThumbprint: providers.updateThumbprint,
  UpdateRole: roles.updateRole,
  UpdateRoleDescription: roles.updateRoleDescription,
  UpdateUser: users.updateUser,
};
