/**
 * IAM's operations that Kist has: what each takes and gives, in AWS's shapes.
 *
 * Written by scripts/generate-query-model.ts from @aws-sdk/client-iam (Apache-2.0). Do not edit.
 */

import type { QueryOperation } from './query-operation.ts';
import type { Shape } from './shape.ts';

const AddClientIDToOpenIDConnectProviderRequestShape: Shape = { name: 'AddClientIDToOpenIDConnectProviderRequest', members: [
  { name: 'OpenIDConnectProviderArn', kind: 'string', required: true },
  { name: 'ClientID', kind: 'string', required: true },
] };

const AddUserToGroupRequestShape: Shape = { name: 'AddUserToGroupRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'UserName', kind: 'string', required: true },
] };

const AttachGroupPolicyRequestShape: Shape = { name: 'AttachGroupPolicyRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'PolicyArn', kind: 'string', required: true },
] };

const AttachRolePolicyRequestShape: Shape = { name: 'AttachRolePolicyRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'PolicyArn', kind: 'string', required: true },
] };

const AttachUserPolicyRequestShape: Shape = { name: 'AttachUserPolicyRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'PolicyArn', kind: 'string', required: true },
] };

const CreateAccessKeyRequestShape: Shape = { name: 'CreateAccessKeyRequest', members: [
  { name: 'UserName', kind: 'string' },
] };

const AccessKeyShape: Shape = { name: 'AccessKey', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'AccessKeyId', kind: 'string', required: true },
  { name: 'Status', kind: 'string', required: true },
  { name: 'SecretAccessKey', kind: 'string', required: true },
  { name: 'CreateDate', kind: 'date-time' },
] };

const CreateAccessKeyResponseShape: Shape = { name: 'CreateAccessKeyResponse', members: [
  { name: 'AccessKey', kind: 'structure', of: AccessKeyShape, required: true },
] };

const CreateGroupRequestShape: Shape = { name: 'CreateGroupRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'Path', kind: 'string' },
] };

const GroupShape: Shape = { name: 'Group', members: [
  { name: 'Path', kind: 'string', required: true },
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'GroupId', kind: 'string', required: true },
  { name: 'Arn', kind: 'string', required: true },
  { name: 'CreateDate', kind: 'date-time', required: true },
] };

const CreateGroupResponseShape: Shape = { name: 'CreateGroupResponse', members: [
  { name: 'Group', kind: 'structure', of: GroupShape, required: true },
] };

const TagShape: Shape = { name: 'Tag', members: [
  { name: 'Key', kind: 'string', required: true },
  { name: 'Value', kind: 'string', required: true },
] };

const CreateOpenIDConnectProviderRequestShape: Shape = { name: 'CreateOpenIDConnectProviderRequest', members: [
  { name: 'Url', kind: 'string', required: true },
  { name: 'ClientIDList', kind: 'list', of: 'string' },
  { name: 'ThumbprintList', kind: 'list', of: 'string' },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const CreateOpenIDConnectProviderResponseShape: Shape = { name: 'CreateOpenIDConnectProviderResponse', members: [
  { name: 'OpenIDConnectProviderArn', kind: 'string' },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const CreatePolicyRequestShape: Shape = { name: 'CreatePolicyRequest', members: [
  { name: 'PolicyName', kind: 'string', required: true },
  { name: 'PolicyDocument', kind: 'string', required: true },
  { name: 'Path', kind: 'string' },
  { name: 'Description', kind: 'string' },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const PolicyShape: Shape = { name: 'Policy', members: [
  { name: 'PolicyName', kind: 'string' },
  { name: 'PolicyId', kind: 'string' },
  { name: 'Arn', kind: 'string' },
  { name: 'Path', kind: 'string' },
  { name: 'DefaultVersionId', kind: 'string' },
  { name: 'AttachmentCount', kind: 'integer' },
  { name: 'PermissionsBoundaryUsageCount', kind: 'integer' },
  { name: 'IsAttachable', kind: 'boolean' },
  { name: 'Description', kind: 'string' },
  { name: 'CreateDate', kind: 'date-time' },
  { name: 'UpdateDate', kind: 'date-time' },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const CreatePolicyResponseShape: Shape = { name: 'CreatePolicyResponse', members: [
  { name: 'Policy', kind: 'structure', of: PolicyShape },
] };

const CreatePolicyVersionRequestShape: Shape = { name: 'CreatePolicyVersionRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
  { name: 'PolicyDocument', kind: 'string', required: true },
  { name: 'SetAsDefault', kind: 'boolean' },
] };

const PolicyVersionShape: Shape = { name: 'PolicyVersion', members: [
  { name: 'Document', kind: 'string' },
  { name: 'VersionId', kind: 'string' },
  { name: 'IsDefaultVersion', kind: 'boolean' },
  { name: 'CreateDate', kind: 'date-time' },
] };

const CreatePolicyVersionResponseShape: Shape = { name: 'CreatePolicyVersionResponse', members: [
  { name: 'PolicyVersion', kind: 'structure', of: PolicyVersionShape },
] };

const CreateRoleRequestShape: Shape = { name: 'CreateRoleRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'AssumeRolePolicyDocument', kind: 'string', required: true },
  { name: 'Path', kind: 'string' },
  { name: 'Description', kind: 'string' },
  { name: 'MaxSessionDuration', kind: 'integer' },
  { name: 'PermissionsBoundary', kind: 'string' },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const AttachedPermissionsBoundaryShape: Shape = { name: 'AttachedPermissionsBoundary', members: [
  { name: 'PermissionsBoundaryType', kind: 'string' },
  { name: 'PermissionsBoundaryArn', kind: 'string' },
] };

const RoleLastUsedShape: Shape = { name: 'RoleLastUsed', members: [
  { name: 'LastUsedDate', kind: 'date-time' },
  { name: 'Region', kind: 'string' },
] };

const SourceRoleTemplateShape: Shape = { name: 'SourceRoleTemplate', members: [
  { name: 'TemplateArn', kind: 'string', required: true },
  { name: 'TemplateMinorVersion', kind: 'integer', required: true },
] };

const RoleShape: Shape = { name: 'Role', members: [
  { name: 'Path', kind: 'string', required: true },
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'RoleId', kind: 'string', required: true },
  { name: 'Arn', kind: 'string', required: true },
  { name: 'CreateDate', kind: 'date-time', required: true },
  { name: 'AssumeRolePolicyDocument', kind: 'string' },
  { name: 'Description', kind: 'string' },
  { name: 'MaxSessionDuration', kind: 'integer' },
  { name: 'PermissionsBoundary', kind: 'structure', of: AttachedPermissionsBoundaryShape },
  { name: 'Tags', kind: 'list', of: TagShape },
  { name: 'RoleLastUsed', kind: 'structure', of: RoleLastUsedShape },
  { name: 'SourceRoleTemplate', kind: 'structure', of: SourceRoleTemplateShape },
] };

const CreateRoleResponseShape: Shape = { name: 'CreateRoleResponse', members: [
  { name: 'Role', kind: 'structure', of: RoleShape, required: true },
] };

const CreateUserRequestShape: Shape = { name: 'CreateUserRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'Path', kind: 'string' },
  { name: 'PermissionsBoundary', kind: 'string' },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const UserShape: Shape = { name: 'User', members: [
  { name: 'Path', kind: 'string', required: true },
  { name: 'UserName', kind: 'string', required: true },
  { name: 'UserId', kind: 'string', required: true },
  { name: 'Arn', kind: 'string', required: true },
  { name: 'CreateDate', kind: 'date-time', required: true },
  { name: 'PasswordLastUsed', kind: 'date-time' },
  { name: 'PermissionsBoundary', kind: 'structure', of: AttachedPermissionsBoundaryShape },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const CreateUserResponseShape: Shape = { name: 'CreateUserResponse', members: [
  { name: 'User', kind: 'structure', of: UserShape },
] };

const DeleteAccessKeyRequestShape: Shape = { name: 'DeleteAccessKeyRequest', members: [
  { name: 'AccessKeyId', kind: 'string', required: true },
  { name: 'UserName', kind: 'string' },
] };

const DeleteGroupRequestShape: Shape = { name: 'DeleteGroupRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
] };

const DeleteGroupPolicyRequestShape: Shape = { name: 'DeleteGroupPolicyRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
] };

const DeleteLoginProfileRequestShape: Shape = { name: 'DeleteLoginProfileRequest', members: [
  { name: 'UserName', kind: 'string' },
] };

const DeleteOpenIDConnectProviderRequestShape: Shape = { name: 'DeleteOpenIDConnectProviderRequest', members: [
  { name: 'OpenIDConnectProviderArn', kind: 'string', required: true },
] };

const DeletePolicyRequestShape: Shape = { name: 'DeletePolicyRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
] };

const DeletePolicyVersionRequestShape: Shape = { name: 'DeletePolicyVersionRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
  { name: 'VersionId', kind: 'string', required: true },
] };

const DeleteRoleRequestShape: Shape = { name: 'DeleteRoleRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
] };

const DeleteRolePermissionsBoundaryRequestShape: Shape = { name: 'DeleteRolePermissionsBoundaryRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
] };

const DeleteRolePolicyRequestShape: Shape = { name: 'DeleteRolePolicyRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
] };

const DeleteUserRequestShape: Shape = { name: 'DeleteUserRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
] };

const DeleteUserPermissionsBoundaryRequestShape: Shape = { name: 'DeleteUserPermissionsBoundaryRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
] };

const DeleteUserPolicyRequestShape: Shape = { name: 'DeleteUserPolicyRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
] };

const DetachGroupPolicyRequestShape: Shape = { name: 'DetachGroupPolicyRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'PolicyArn', kind: 'string', required: true },
] };

const DetachRolePolicyRequestShape: Shape = { name: 'DetachRolePolicyRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'PolicyArn', kind: 'string', required: true },
] };

const DetachUserPolicyRequestShape: Shape = { name: 'DetachUserPolicyRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'PolicyArn', kind: 'string', required: true },
] };

const GetAccessKeyLastUsedRequestShape: Shape = { name: 'GetAccessKeyLastUsedRequest', members: [
  { name: 'AccessKeyId', kind: 'string', required: true },
] };

const AccessKeyLastUsedShape: Shape = { name: 'AccessKeyLastUsed', members: [
  { name: 'ServiceName', kind: 'string', required: true },
  { name: 'Region', kind: 'string', required: true },
  { name: 'LastUsedDate', kind: 'date-time' },
] };

const GetAccessKeyLastUsedResponseShape: Shape = { name: 'GetAccessKeyLastUsedResponse', members: [
  { name: 'UserName', kind: 'string' },
  { name: 'AccessKeyLastUsed', kind: 'structure', of: AccessKeyLastUsedShape },
] };

const GetAccountSummaryResponseShape: Shape = { name: 'GetAccountSummaryResponse', members: [
  { name: 'SummaryMap', kind: 'map' },
] };

const GetGroupRequestShape: Shape = { name: 'GetGroupRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const GetGroupResponseShape: Shape = { name: 'GetGroupResponse', members: [
  { name: 'Group', kind: 'structure', of: GroupShape, required: true },
  { name: 'Users', kind: 'list', of: UserShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const GetGroupPolicyRequestShape: Shape = { name: 'GetGroupPolicyRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
] };

const GetGroupPolicyResponseShape: Shape = { name: 'GetGroupPolicyResponse', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
  { name: 'PolicyDocument', kind: 'string', required: true },
] };

const GetLoginProfileRequestShape: Shape = { name: 'GetLoginProfileRequest', members: [
  { name: 'UserName', kind: 'string' },
] };

const LoginProfileShape: Shape = { name: 'LoginProfile', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'CreateDate', kind: 'date-time', required: true },
  { name: 'PasswordResetRequired', kind: 'boolean' },
] };

const GetLoginProfileResponseShape: Shape = { name: 'GetLoginProfileResponse', members: [
  { name: 'LoginProfile', kind: 'structure', of: LoginProfileShape, required: true },
] };

const GetOpenIDConnectProviderRequestShape: Shape = { name: 'GetOpenIDConnectProviderRequest', members: [
  { name: 'OpenIDConnectProviderArn', kind: 'string', required: true },
] };

const GetOpenIDConnectProviderResponseShape: Shape = { name: 'GetOpenIDConnectProviderResponse', members: [
  { name: 'Url', kind: 'string' },
  { name: 'ClientIDList', kind: 'list', of: 'string' },
  { name: 'ThumbprintList', kind: 'list', of: 'string' },
  { name: 'CreateDate', kind: 'date-time' },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const GetPolicyRequestShape: Shape = { name: 'GetPolicyRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
] };

const GetPolicyResponseShape: Shape = { name: 'GetPolicyResponse', members: [
  { name: 'Policy', kind: 'structure', of: PolicyShape },
] };

const GetPolicyVersionRequestShape: Shape = { name: 'GetPolicyVersionRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
  { name: 'VersionId', kind: 'string', required: true },
] };

const GetPolicyVersionResponseShape: Shape = { name: 'GetPolicyVersionResponse', members: [
  { name: 'PolicyVersion', kind: 'structure', of: PolicyVersionShape },
] };

const GetRoleRequestShape: Shape = { name: 'GetRoleRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
] };

const GetRoleResponseShape: Shape = { name: 'GetRoleResponse', members: [
  { name: 'Role', kind: 'structure', of: RoleShape, required: true },
] };

const GetRolePolicyRequestShape: Shape = { name: 'GetRolePolicyRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
] };

const GetRolePolicyResponseShape: Shape = { name: 'GetRolePolicyResponse', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
  { name: 'PolicyDocument', kind: 'string', required: true },
] };

const GetUserRequestShape: Shape = { name: 'GetUserRequest', members: [
  { name: 'UserName', kind: 'string' },
] };

const GetUserResponseShape: Shape = { name: 'GetUserResponse', members: [
  { name: 'User', kind: 'structure', of: UserShape, required: true },
] };

const GetUserPolicyRequestShape: Shape = { name: 'GetUserPolicyRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
] };

const GetUserPolicyResponseShape: Shape = { name: 'GetUserPolicyResponse', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
  { name: 'PolicyDocument', kind: 'string', required: true },
] };

const ListAccessKeysRequestShape: Shape = { name: 'ListAccessKeysRequest', members: [
  { name: 'UserName', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const AccessKeyMetadataShape: Shape = { name: 'AccessKeyMetadata', members: [
  { name: 'UserName', kind: 'string' },
  { name: 'AccessKeyId', kind: 'string' },
  { name: 'Status', kind: 'string' },
  { name: 'CreateDate', kind: 'date-time' },
] };

const ListAccessKeysResponseShape: Shape = { name: 'ListAccessKeysResponse', members: [
  { name: 'AccessKeyMetadata', kind: 'list', of: AccessKeyMetadataShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListAccountAliasesRequestShape: Shape = { name: 'ListAccountAliasesRequest', members: [
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListAccountAliasesResponseShape: Shape = { name: 'ListAccountAliasesResponse', members: [
  { name: 'AccountAliases', kind: 'list', of: 'string', required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListAttachedGroupPoliciesRequestShape: Shape = { name: 'ListAttachedGroupPoliciesRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'PathPrefix', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const AttachedPolicyShape: Shape = { name: 'AttachedPolicy', members: [
  { name: 'PolicyName', kind: 'string' },
  { name: 'PolicyArn', kind: 'string' },
] };

const ListAttachedGroupPoliciesResponseShape: Shape = { name: 'ListAttachedGroupPoliciesResponse', members: [
  { name: 'AttachedPolicies', kind: 'list', of: AttachedPolicyShape },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListAttachedRolePoliciesRequestShape: Shape = { name: 'ListAttachedRolePoliciesRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'PathPrefix', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListAttachedRolePoliciesResponseShape: Shape = { name: 'ListAttachedRolePoliciesResponse', members: [
  { name: 'AttachedPolicies', kind: 'list', of: AttachedPolicyShape },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListAttachedUserPoliciesRequestShape: Shape = { name: 'ListAttachedUserPoliciesRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'PathPrefix', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListAttachedUserPoliciesResponseShape: Shape = { name: 'ListAttachedUserPoliciesResponse', members: [
  { name: 'AttachedPolicies', kind: 'list', of: AttachedPolicyShape },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListEntitiesForPolicyRequestShape: Shape = { name: 'ListEntitiesForPolicyRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
  { name: 'EntityFilter', kind: 'string' },
  { name: 'PathPrefix', kind: 'string' },
  { name: 'PolicyUsageFilter', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const PolicyGroupShape: Shape = { name: 'PolicyGroup', members: [
  { name: 'GroupName', kind: 'string' },
  { name: 'GroupId', kind: 'string' },
] };

const PolicyUserShape: Shape = { name: 'PolicyUser', members: [
  { name: 'UserName', kind: 'string' },
  { name: 'UserId', kind: 'string' },
] };

const PolicyRoleShape: Shape = { name: 'PolicyRole', members: [
  { name: 'RoleName', kind: 'string' },
  { name: 'RoleId', kind: 'string' },
] };

const ListEntitiesForPolicyResponseShape: Shape = { name: 'ListEntitiesForPolicyResponse', members: [
  { name: 'PolicyGroups', kind: 'list', of: PolicyGroupShape },
  { name: 'PolicyUsers', kind: 'list', of: PolicyUserShape },
  { name: 'PolicyRoles', kind: 'list', of: PolicyRoleShape },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListGroupPoliciesRequestShape: Shape = { name: 'ListGroupPoliciesRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListGroupPoliciesResponseShape: Shape = { name: 'ListGroupPoliciesResponse', members: [
  { name: 'PolicyNames', kind: 'list', of: 'string', required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListGroupsRequestShape: Shape = { name: 'ListGroupsRequest', members: [
  { name: 'PathPrefix', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListGroupsResponseShape: Shape = { name: 'ListGroupsResponse', members: [
  { name: 'Groups', kind: 'list', of: GroupShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListGroupsForUserRequestShape: Shape = { name: 'ListGroupsForUserRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListGroupsForUserResponseShape: Shape = { name: 'ListGroupsForUserResponse', members: [
  { name: 'Groups', kind: 'list', of: GroupShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListInstanceProfilesForRoleRequestShape: Shape = { name: 'ListInstanceProfilesForRoleRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const InstanceProfileShape: Shape = { name: 'InstanceProfile', members: [
  { name: 'Path', kind: 'string', required: true },
  { name: 'InstanceProfileName', kind: 'string', required: true },
  { name: 'InstanceProfileId', kind: 'string', required: true },
  { name: 'Arn', kind: 'string', required: true },
  { name: 'CreateDate', kind: 'date-time', required: true },
  { name: 'Roles', kind: 'list', of: RoleShape, required: true },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const ListInstanceProfilesForRoleResponseShape: Shape = { name: 'ListInstanceProfilesForRoleResponse', members: [
  { name: 'InstanceProfiles', kind: 'list', of: InstanceProfileShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListMFADevicesRequestShape: Shape = { name: 'ListMFADevicesRequest', members: [
  { name: 'UserName', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const MFADeviceShape: Shape = { name: 'MFADevice', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'SerialNumber', kind: 'string', required: true },
  { name: 'EnableDate', kind: 'date-time', required: true },
] };

const ListMFADevicesResponseShape: Shape = { name: 'ListMFADevicesResponse', members: [
  { name: 'MFADevices', kind: 'list', of: MFADeviceShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListOpenIDConnectProvidersRequestShape: Shape = { name: 'ListOpenIDConnectProvidersRequest', members: [] };

const OpenIDConnectProviderListEntryShape: Shape = { name: 'OpenIDConnectProviderListEntry', members: [
  { name: 'Arn', kind: 'string' },
] };

const ListOpenIDConnectProvidersResponseShape: Shape = { name: 'ListOpenIDConnectProvidersResponse', members: [
  { name: 'OpenIDConnectProviderList', kind: 'list', of: OpenIDConnectProviderListEntryShape },
] };

const ListPoliciesRequestShape: Shape = { name: 'ListPoliciesRequest', members: [
  { name: 'Scope', kind: 'string' },
  { name: 'OnlyAttached', kind: 'boolean' },
  { name: 'PathPrefix', kind: 'string' },
  { name: 'PolicyUsageFilter', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListPoliciesResponseShape: Shape = { name: 'ListPoliciesResponse', members: [
  { name: 'Policies', kind: 'list', of: PolicyShape },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListPolicyTagsRequestShape: Shape = { name: 'ListPolicyTagsRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListPolicyTagsResponseShape: Shape = { name: 'ListPolicyTagsResponse', members: [
  { name: 'Tags', kind: 'list', of: TagShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListPolicyVersionsRequestShape: Shape = { name: 'ListPolicyVersionsRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListPolicyVersionsResponseShape: Shape = { name: 'ListPolicyVersionsResponse', members: [
  { name: 'Versions', kind: 'list', of: PolicyVersionShape },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListRolePoliciesRequestShape: Shape = { name: 'ListRolePoliciesRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListRolePoliciesResponseShape: Shape = { name: 'ListRolePoliciesResponse', members: [
  { name: 'PolicyNames', kind: 'list', of: 'string', required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListRoleTagsRequestShape: Shape = { name: 'ListRoleTagsRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListRoleTagsResponseShape: Shape = { name: 'ListRoleTagsResponse', members: [
  { name: 'Tags', kind: 'list', of: TagShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListRolesRequestShape: Shape = { name: 'ListRolesRequest', members: [
  { name: 'PathPrefix', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListRolesResponseShape: Shape = { name: 'ListRolesResponse', members: [
  { name: 'Roles', kind: 'list', of: RoleShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListSSHPublicKeysRequestShape: Shape = { name: 'ListSSHPublicKeysRequest', members: [
  { name: 'UserName', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const SSHPublicKeyMetadataShape: Shape = { name: 'SSHPublicKeyMetadata', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'SSHPublicKeyId', kind: 'string', required: true },
  { name: 'Status', kind: 'string', required: true },
  { name: 'UploadDate', kind: 'date-time', required: true },
] };

const ListSSHPublicKeysResponseShape: Shape = { name: 'ListSSHPublicKeysResponse', members: [
  { name: 'SSHPublicKeys', kind: 'list', of: SSHPublicKeyMetadataShape },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListServiceSpecificCredentialsRequestShape: Shape = { name: 'ListServiceSpecificCredentialsRequest', members: [
  { name: 'UserName', kind: 'string' },
  { name: 'ServiceName', kind: 'string' },
  { name: 'AllUsers', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ServiceSpecificCredentialMetadataShape: Shape = { name: 'ServiceSpecificCredentialMetadata', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'Status', kind: 'string', required: true },
  { name: 'CreateDate', kind: 'date-time', required: true },
  { name: 'ServiceSpecificCredentialId', kind: 'string', required: true },
  { name: 'ServiceName', kind: 'string', required: true },
  { name: 'ServiceUserName', kind: 'string' },
  { name: 'ServiceCredentialAlias', kind: 'string' },
  { name: 'ExpirationDate', kind: 'date-time' },
] };

const ListServiceSpecificCredentialsResponseShape: Shape = { name: 'ListServiceSpecificCredentialsResponse', members: [
  { name: 'ServiceSpecificCredentials', kind: 'list', of: ServiceSpecificCredentialMetadataShape },
  { name: 'Marker', kind: 'string' },
  { name: 'IsTruncated', kind: 'boolean' },
] };

const ListSigningCertificatesRequestShape: Shape = { name: 'ListSigningCertificatesRequest', members: [
  { name: 'UserName', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const SigningCertificateShape: Shape = { name: 'SigningCertificate', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'CertificateId', kind: 'string', required: true },
  { name: 'CertificateBody', kind: 'string', required: true },
  { name: 'Status', kind: 'string', required: true },
  { name: 'UploadDate', kind: 'date-time' },
] };

const ListSigningCertificatesResponseShape: Shape = { name: 'ListSigningCertificatesResponse', members: [
  { name: 'Certificates', kind: 'list', of: SigningCertificateShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListUserPoliciesRequestShape: Shape = { name: 'ListUserPoliciesRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListUserPoliciesResponseShape: Shape = { name: 'ListUserPoliciesResponse', members: [
  { name: 'PolicyNames', kind: 'list', of: 'string', required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListUserTagsRequestShape: Shape = { name: 'ListUserTagsRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListUserTagsResponseShape: Shape = { name: 'ListUserTagsResponse', members: [
  { name: 'Tags', kind: 'list', of: TagShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListUsersRequestShape: Shape = { name: 'ListUsersRequest', members: [
  { name: 'PathPrefix', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const ListUsersResponseShape: Shape = { name: 'ListUsersResponse', members: [
  { name: 'Users', kind: 'list', of: UserShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const ListVirtualMFADevicesRequestShape: Shape = { name: 'ListVirtualMFADevicesRequest', members: [
  { name: 'AssignmentStatus', kind: 'string' },
  { name: 'Marker', kind: 'string' },
  { name: 'MaxItems', kind: 'integer' },
] };

const VirtualMFADeviceShape: Shape = { name: 'VirtualMFADevice', members: [
  { name: 'SerialNumber', kind: 'string', required: true },
  { name: 'Base32StringSeed', kind: 'blob' },
  { name: 'QRCodePNG', kind: 'blob' },
  { name: 'User', kind: 'structure', of: UserShape },
  { name: 'EnableDate', kind: 'date-time' },
  { name: 'Tags', kind: 'list', of: TagShape },
] };

const ListVirtualMFADevicesResponseShape: Shape = { name: 'ListVirtualMFADevicesResponse', members: [
  { name: 'VirtualMFADevices', kind: 'list', of: VirtualMFADeviceShape, required: true },
  { name: 'IsTruncated', kind: 'boolean' },
  { name: 'Marker', kind: 'string' },
] };

const PutGroupPolicyRequestShape: Shape = { name: 'PutGroupPolicyRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
  { name: 'PolicyDocument', kind: 'string', required: true },
] };

const PutRolePermissionsBoundaryRequestShape: Shape = { name: 'PutRolePermissionsBoundaryRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'PermissionsBoundary', kind: 'string', required: true },
] };

const PutRolePolicyRequestShape: Shape = { name: 'PutRolePolicyRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
  { name: 'PolicyDocument', kind: 'string', required: true },
] };

const PutUserPermissionsBoundaryRequestShape: Shape = { name: 'PutUserPermissionsBoundaryRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'PermissionsBoundary', kind: 'string', required: true },
] };

const PutUserPolicyRequestShape: Shape = { name: 'PutUserPolicyRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'PolicyName', kind: 'string', required: true },
  { name: 'PolicyDocument', kind: 'string', required: true },
] };

const RemoveClientIDFromOpenIDConnectProviderRequestShape: Shape = { name: 'RemoveClientIDFromOpenIDConnectProviderRequest', members: [
  { name: 'OpenIDConnectProviderArn', kind: 'string', required: true },
  { name: 'ClientID', kind: 'string', required: true },
] };

const RemoveUserFromGroupRequestShape: Shape = { name: 'RemoveUserFromGroupRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'UserName', kind: 'string', required: true },
] };

const SetDefaultPolicyVersionRequestShape: Shape = { name: 'SetDefaultPolicyVersionRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
  { name: 'VersionId', kind: 'string', required: true },
] };

const TagPolicyRequestShape: Shape = { name: 'TagPolicyRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
  { name: 'Tags', kind: 'list', of: TagShape, required: true },
] };

const TagRoleRequestShape: Shape = { name: 'TagRoleRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'Tags', kind: 'list', of: TagShape, required: true },
] };

const TagUserRequestShape: Shape = { name: 'TagUserRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'Tags', kind: 'list', of: TagShape, required: true },
] };

const UntagPolicyRequestShape: Shape = { name: 'UntagPolicyRequest', members: [
  { name: 'PolicyArn', kind: 'string', required: true },
  { name: 'TagKeys', kind: 'list', of: 'string', required: true },
] };

const UntagRoleRequestShape: Shape = { name: 'UntagRoleRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'TagKeys', kind: 'list', of: 'string', required: true },
] };

const UntagUserRequestShape: Shape = { name: 'UntagUserRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'TagKeys', kind: 'list', of: 'string', required: true },
] };

const UpdateAccessKeyRequestShape: Shape = { name: 'UpdateAccessKeyRequest', members: [
  { name: 'AccessKeyId', kind: 'string', required: true },
  { name: 'Status', kind: 'string', required: true },
  { name: 'UserName', kind: 'string' },
] };

const UpdateAssumeRolePolicyRequestShape: Shape = { name: 'UpdateAssumeRolePolicyRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'PolicyDocument', kind: 'string', required: true },
] };

const UpdateGroupRequestShape: Shape = { name: 'UpdateGroupRequest', members: [
  { name: 'GroupName', kind: 'string', required: true },
  { name: 'NewPath', kind: 'string' },
  { name: 'NewGroupName', kind: 'string' },
] };

const UpdateOpenIDConnectProviderThumbprintRequestShape: Shape = { name: 'UpdateOpenIDConnectProviderThumbprintRequest', members: [
  { name: 'OpenIDConnectProviderArn', kind: 'string', required: true },
  { name: 'ThumbprintList', kind: 'list', of: 'string', required: true },
] };

const UpdateRoleRequestShape: Shape = { name: 'UpdateRoleRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'Description', kind: 'string' },
  { name: 'MaxSessionDuration', kind: 'integer' },
] };

const UpdateRoleResponseShape: Shape = { name: 'UpdateRoleResponse', members: [] };

const UpdateRoleDescriptionRequestShape: Shape = { name: 'UpdateRoleDescriptionRequest', members: [
  { name: 'RoleName', kind: 'string', required: true },
  { name: 'Description', kind: 'string', required: true },
] };

const UpdateRoleDescriptionResponseShape: Shape = { name: 'UpdateRoleDescriptionResponse', members: [
  { name: 'Role', kind: 'structure', of: RoleShape },
] };

const UpdateUserRequestShape: Shape = { name: 'UpdateUserRequest', members: [
  { name: 'UserName', kind: 'string', required: true },
  { name: 'NewPath', kind: 'string' },
  { name: 'NewUserName', kind: 'string' },
] };

export const iamVersion = '2010-05-08';

export const iamOperations = {
  AddClientIDToOpenIDConnectProvider: { name: 'AddClientIDToOpenIDConnectProvider', input: AddClientIDToOpenIDConnectProviderRequestShape },
  AddUserToGroup: { name: 'AddUserToGroup', input: AddUserToGroupRequestShape },
  AttachGroupPolicy: { name: 'AttachGroupPolicy', input: AttachGroupPolicyRequestShape },
  AttachRolePolicy: { name: 'AttachRolePolicy', input: AttachRolePolicyRequestShape },
  AttachUserPolicy: { name: 'AttachUserPolicy', input: AttachUserPolicyRequestShape },
  CreateAccessKey: { name: 'CreateAccessKey', input: CreateAccessKeyRequestShape, output: CreateAccessKeyResponseShape },
  CreateGroup: { name: 'CreateGroup', input: CreateGroupRequestShape, output: CreateGroupResponseShape },
  CreateOpenIDConnectProvider: { name: 'CreateOpenIDConnectProvider', input: CreateOpenIDConnectProviderRequestShape, output: CreateOpenIDConnectProviderResponseShape },
  CreatePolicy: { name: 'CreatePolicy', input: CreatePolicyRequestShape, output: CreatePolicyResponseShape },
  CreatePolicyVersion: { name: 'CreatePolicyVersion', input: CreatePolicyVersionRequestShape, output: CreatePolicyVersionResponseShape },
  CreateRole: { name: 'CreateRole', input: CreateRoleRequestShape, output: CreateRoleResponseShape },
  CreateUser: { name: 'CreateUser', input: CreateUserRequestShape, output: CreateUserResponseShape },
  DeleteAccessKey: { name: 'DeleteAccessKey', input: DeleteAccessKeyRequestShape },
  DeleteGroup: { name: 'DeleteGroup', input: DeleteGroupRequestShape },
  DeleteGroupPolicy: { name: 'DeleteGroupPolicy', input: DeleteGroupPolicyRequestShape },
  DeleteLoginProfile: { name: 'DeleteLoginProfile', input: DeleteLoginProfileRequestShape },
  DeleteOpenIDConnectProvider: { name: 'DeleteOpenIDConnectProvider', input: DeleteOpenIDConnectProviderRequestShape },
  DeletePolicy: { name: 'DeletePolicy', input: DeletePolicyRequestShape },
  DeletePolicyVersion: { name: 'DeletePolicyVersion', input: DeletePolicyVersionRequestShape },
  DeleteRole: { name: 'DeleteRole', input: DeleteRoleRequestShape },
  DeleteRolePermissionsBoundary: { name: 'DeleteRolePermissionsBoundary', input: DeleteRolePermissionsBoundaryRequestShape },
  DeleteRolePolicy: { name: 'DeleteRolePolicy', input: DeleteRolePolicyRequestShape },
  DeleteUser: { name: 'DeleteUser', input: DeleteUserRequestShape },
  DeleteUserPermissionsBoundary: { name: 'DeleteUserPermissionsBoundary', input: DeleteUserPermissionsBoundaryRequestShape },
  DeleteUserPolicy: { name: 'DeleteUserPolicy', input: DeleteUserPolicyRequestShape },
  DetachGroupPolicy: { name: 'DetachGroupPolicy', input: DetachGroupPolicyRequestShape },
  DetachRolePolicy: { name: 'DetachRolePolicy', input: DetachRolePolicyRequestShape },
  DetachUserPolicy: { name: 'DetachUserPolicy', input: DetachUserPolicyRequestShape },
  GetAccessKeyLastUsed: { name: 'GetAccessKeyLastUsed', input: GetAccessKeyLastUsedRequestShape, output: GetAccessKeyLastUsedResponseShape },
  GetAccountSummary: { name: 'GetAccountSummary', output: GetAccountSummaryResponseShape },
  GetGroup: { name: 'GetGroup', input: GetGroupRequestShape, output: GetGroupResponseShape },
  GetGroupPolicy: { name: 'GetGroupPolicy', input: GetGroupPolicyRequestShape, output: GetGroupPolicyResponseShape },
  GetLoginProfile: { name: 'GetLoginProfile', input: GetLoginProfileRequestShape, output: GetLoginProfileResponseShape },
  GetOpenIDConnectProvider: { name: 'GetOpenIDConnectProvider', input: GetOpenIDConnectProviderRequestShape, output: GetOpenIDConnectProviderResponseShape },
  GetPolicy: { name: 'GetPolicy', input: GetPolicyRequestShape, output: GetPolicyResponseShape },
  GetPolicyVersion: { name: 'GetPolicyVersion', input: GetPolicyVersionRequestShape, output: GetPolicyVersionResponseShape },
  GetRole: { name: 'GetRole', input: GetRoleRequestShape, output: GetRoleResponseShape },
  GetRolePolicy: { name: 'GetRolePolicy', input: GetRolePolicyRequestShape, output: GetRolePolicyResponseShape },
  GetUser: { name: 'GetUser', input: GetUserRequestShape, output: GetUserResponseShape },
  GetUserPolicy: { name: 'GetUserPolicy', input: GetUserPolicyRequestShape, output: GetUserPolicyResponseShape },
  ListAccessKeys: { name: 'ListAccessKeys', input: ListAccessKeysRequestShape, output: ListAccessKeysResponseShape },
  ListAccountAliases: { name: 'ListAccountAliases', input: ListAccountAliasesRequestShape, output: ListAccountAliasesResponseShape },
  ListAttachedGroupPolicies: { name: 'ListAttachedGroupPolicies', input: ListAttachedGroupPoliciesRequestShape, output: ListAttachedGroupPoliciesResponseShape },
  ListAttachedRolePolicies: { name: 'ListAttachedRolePolicies', input: ListAttachedRolePoliciesRequestShape, output: ListAttachedRolePoliciesResponseShape },
  ListAttachedUserPolicies: { name: 'ListAttachedUserPolicies', input: ListAttachedUserPoliciesRequestShape, output: ListAttachedUserPoliciesResponseShape },
  ListEntitiesForPolicy: { name: 'ListEntitiesForPolicy', input: ListEntitiesForPolicyRequestShape, output: ListEntitiesForPolicyResponseShape },
  ListGroupPolicies: { name: 'ListGroupPolicies', input: ListGroupPoliciesRequestShape, output: ListGroupPoliciesResponseShape },
  ListGroups: { name: 'ListGroups', input: ListGroupsRequestShape, output: ListGroupsResponseShape },
  ListGroupsForUser: { name: 'ListGroupsForUser', input: ListGroupsForUserRequestShape, output: ListGroupsForUserResponseShape },
  ListInstanceProfilesForRole: { name: 'ListInstanceProfilesForRole', input: ListInstanceProfilesForRoleRequestShape, output: ListInstanceProfilesForRoleResponseShape },
  ListMFADevices: { name: 'ListMFADevices', input: ListMFADevicesRequestShape, output: ListMFADevicesResponseShape },
  ListOpenIDConnectProviders: { name: 'ListOpenIDConnectProviders', input: ListOpenIDConnectProvidersRequestShape, output: ListOpenIDConnectProvidersResponseShape },
  ListPolicies: { name: 'ListPolicies', input: ListPoliciesRequestShape, output: ListPoliciesResponseShape },
  ListPolicyTags: { name: 'ListPolicyTags', input: ListPolicyTagsRequestShape, output: ListPolicyTagsResponseShape },
  ListPolicyVersions: { name: 'ListPolicyVersions', input: ListPolicyVersionsRequestShape, output: ListPolicyVersionsResponseShape },
  ListRolePolicies: { name: 'ListRolePolicies', input: ListRolePoliciesRequestShape, output: ListRolePoliciesResponseShape },
  ListRoleTags: { name: 'ListRoleTags', input: ListRoleTagsRequestShape, output: ListRoleTagsResponseShape },
  ListRoles: { name: 'ListRoles', input: ListRolesRequestShape, output: ListRolesResponseShape },
  ListSSHPublicKeys: { name: 'ListSSHPublicKeys', input: ListSSHPublicKeysRequestShape, output: ListSSHPublicKeysResponseShape },
  ListServiceSpecificCredentials: { name: 'ListServiceSpecificCredentials', input: ListServiceSpecificCredentialsRequestShape, output: ListServiceSpecificCredentialsResponseShape },
  ListSigningCertificates: { name: 'ListSigningCertificates', input: ListSigningCertificatesRequestShape, output: ListSigningCertificatesResponseShape },
  ListUserPolicies: { name: 'ListUserPolicies', input: ListUserPoliciesRequestShape, output: ListUserPoliciesResponseShape },
  ListUserTags: { name: 'ListUserTags', input: ListUserTagsRequestShape, output: ListUserTagsResponseShape },
  ListUsers: { name: 'ListUsers', input: ListUsersRequestShape, output: ListUsersResponseShape },
  ListVirtualMFADevices: { name: 'ListVirtualMFADevices', input: ListVirtualMFADevicesRequestShape, output: ListVirtualMFADevicesResponseShape },
  PutGroupPolicy: { name: 'PutGroupPolicy', input: PutGroupPolicyRequestShape },
  PutRolePermissionsBoundary: { name: 'PutRolePermissionsBoundary', input: PutRolePermissionsBoundaryRequestShape },
  PutRolePolicy: { name: 'PutRolePolicy', input: PutRolePolicyRequestShape },
  PutUserPermissionsBoundary: { name: 'PutUserPermissionsBoundary', input: PutUserPermissionsBoundaryRequestShape },
  PutUserPolicy: { name: 'PutUserPolicy', input: PutUserPolicyRequestShape },
  RemoveClientIDFromOpenIDConnectProvider: { name: 'RemoveClientIDFromOpenIDConnectProvider', input: RemoveClientIDFromOpenIDConnectProviderRequestShape },
  RemoveUserFromGroup: { name: 'RemoveUserFromGroup', input: RemoveUserFromGroupRequestShape },
  SetDefaultPolicyVersion: { name: 'SetDefaultPolicyVersion', input: SetDefaultPolicyVersionRequestShape },
  TagPolicy: { name: 'TagPolicy', input: TagPolicyRequestShape },
  TagRole: { name: 'TagRole', input: TagRoleRequestShape },
  TagUser: { name: 'TagUser', input: TagUserRequestShape },
  UntagPolicy: { name: 'UntagPolicy', input: UntagPolicyRequestShape },
  UntagRole: { name: 'UntagRole', input: UntagRoleRequestShape },
  UntagUser: { name: 'UntagUser', input: UntagUserRequestShape },
  UpdateAccessKey: { name: 'UpdateAccessKey', input: UpdateAccessKeyRequestShape },
  UpdateAssumeRolePolicy: { name: 'UpdateAssumeRolePolicy', input: UpdateAssumeRolePolicyRequestShape },
  UpdateGroup: { name: 'UpdateGroup', input: UpdateGroupRequestShape },
  UpdateOpenIDConnectProviderThumbprint: { name: 'UpdateOpenIDConnectProviderThumbprint', input: UpdateOpenIDConnectProviderThumbprintRequestShape },
  UpdateRole: { name: 'UpdateRole', input: UpdateRoleRequestShape, output: UpdateRoleResponseShape },
  UpdateRoleDescription: { name: 'UpdateRoleDescription', input: UpdateRoleDescriptionRequestShape, output: UpdateRoleDescriptionResponseShape },
  UpdateUser: { name: 'UpdateUser', input: UpdateUserRequestShape },
} as const satisfies Readonly<Record<string, QueryOperation>>;

/** Known, so that they are refused by name. */
export const otherIamOperations: ReadonlySet<string> = new Set([
  'AcceptDelegationRequest',
  'AcquireRole',
  'AddRoleToInstanceProfile',
  'AssociateDelegationRequest',
  'ChangePassword',
  'CreateAccountAlias',
  'CreateDelegationRequest',
  'CreateInstanceProfile',
  'CreateLoginProfile',
  'CreateSAMLProvider',
  'CreateServiceLinkedRole',
  'CreateServiceSpecificCredential',
  'CreateVirtualMFADevice',
  'DeactivateMFADevice',
  'DeleteAccountAlias',
  'DeleteAccountPasswordPolicy',
  'DeleteInstanceProfile',
  'DeleteSAMLProvider',
  'DeleteSSHPublicKey',
  'DeleteServerCertificate',
  'DeleteServiceLinkedRole',
  'DeleteServiceSpecificCredential',
  'DeleteSigningCertificate',
  'DeleteVirtualMFADevice',
  'DisableOrganizationsRootCredentialsManagement',
  'DisableOrganizationsRootSessions',
  'DisableOutboundWebIdentityFederation',
  'EnableMFADevice',
  'EnableOrganizationsRootCredentialsManagement',
  'EnableOrganizationsRootSessions',
  'EnableOutboundWebIdentityFederation',
  'GenerateCredentialReport',
  'GenerateOrganizationsAccessReport',
  'GenerateServiceLastAccessedDetails',
  'GetAccountAuthorizationDetails',
  'GetAccountPasswordPolicy',
  'GetAccountProperties',
  'GetContextKeysForCustomPolicy',
  'GetContextKeysForPrincipalPolicy',
  'GetCredentialReport',
  'GetDelegationRequest',
  'GetHumanReadableSummary',
  'GetInstanceProfile',
  'GetMFADevice',
  'GetOrganizationsAccessReport',
  'GetOutboundWebIdentityFederationInfo',
  'GetRoleTemplateVersion',
  'GetSAMLProvider',
  'GetSSHPublicKey',
  'GetServerCertificate',
  'GetServiceLastAccessedDetails',
  'GetServiceLastAccessedDetailsWithEntities',
  'GetServiceLinkedRoleDeletionStatus',
  'ListDelegationRequests',
  'ListInstanceProfileTags',
  'ListInstanceProfiles',
  'ListMFADeviceTags',
  'ListOpenIDConnectProviderTags',
  'ListOrganizationsFeatures',
  'ListPoliciesGrantingServiceAccess',
  'ListSAMLProviderTags',
  'ListSAMLProviders',
  'ListServerCertificateTags',
  'ListServerCertificates',
  'PutAccountProperties',
  'RejectDelegationRequest',
  'RemoveRoleFromInstanceProfile',
  'ResetServiceSpecificCredential',
  'ResyncMFADevice',
  'SendDelegationToken',
  'SetSecurityTokenServicePreferences',
  'SimulateCustomPolicy',
  'SimulatePrincipalPolicy',
  'TagInstanceProfile',
  'TagMFADevice',
  'TagOpenIDConnectProvider',
  'TagSAMLProvider',
  'TagServerCertificate',
  'UntagInstanceProfile',
  'UntagMFADevice',
  'UntagOpenIDConnectProvider',
  'UntagSAMLProvider',
  'UntagServerCertificate',
  'UpdateAccountPasswordPolicy',
  'UpdateDelegationRequest',
  'UpdateLoginProfile',
  'UpdateSAMLProvider',
  'UpdateSSHPublicKey',
  'UpdateServerCertificate',
  'UpdateServiceSpecificCredential',
  'UpdateSigningCertificate',
  'UploadSSHPublicKey',
  'UploadServerCertificate',
  'UploadSigningCertificate',
]);

export interface AddClientIDToOpenIDConnectProviderRequest {
  readonly OpenIDConnectProviderArn: string;
  readonly ClientID: string;
}

export interface AddUserToGroupRequest {
  readonly GroupName: string;
  readonly UserName: string;
}

export interface AttachGroupPolicyRequest {
  readonly GroupName: string;
  readonly PolicyArn: string;
}

export interface AttachRolePolicyRequest {
  readonly RoleName: string;
  readonly PolicyArn: string;
}

export interface AttachUserPolicyRequest {
  readonly UserName: string;
  readonly PolicyArn: string;
}

export interface CreateAccessKeyRequest {
  readonly UserName?: string | undefined;
}

export interface AccessKey {
  readonly UserName: string;
  readonly AccessKeyId: string;
  readonly Status: string;
  readonly SecretAccessKey: string;
  readonly CreateDate?: Date | undefined;
}

export interface CreateAccessKeyResponse {
  readonly AccessKey: AccessKey;
}

export interface CreateGroupRequest {
  readonly GroupName: string;
  readonly Path?: string | undefined;
}

export interface Group {
  readonly Path: string;
  readonly GroupName: string;
  readonly GroupId: string;
  readonly Arn: string;
  readonly CreateDate: Date;
}

export interface CreateGroupResponse {
  readonly Group: Group;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface CreateOpenIDConnectProviderRequest {
  readonly Url: string;
  readonly ClientIDList?: readonly string[] | undefined;
  readonly ThumbprintList?: readonly string[] | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface CreateOpenIDConnectProviderResponse {
  readonly OpenIDConnectProviderArn?: string | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface CreatePolicyRequest {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
  readonly Path?: string | undefined;
  readonly Description?: string | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface Policy {
  readonly PolicyName?: string | undefined;
  readonly PolicyId?: string | undefined;
  readonly Arn?: string | undefined;
  readonly Path?: string | undefined;
  readonly DefaultVersionId?: string | undefined;
  readonly AttachmentCount?: number | undefined;
  readonly PermissionsBoundaryUsageCount?: number | undefined;
  readonly IsAttachable?: boolean | undefined;
  readonly Description?: string | undefined;
  readonly CreateDate?: Date | undefined;
  readonly UpdateDate?: Date | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface CreatePolicyResponse {
  readonly Policy?: Policy | undefined;
}

export interface CreatePolicyVersionRequest {
  readonly PolicyArn: string;
  readonly PolicyDocument: string;
  readonly SetAsDefault?: boolean | undefined;
}

export interface PolicyVersion {
  readonly Document?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IsDefaultVersion?: boolean | undefined;
  readonly CreateDate?: Date | undefined;
}

export interface CreatePolicyVersionResponse {
  readonly PolicyVersion?: PolicyVersion | undefined;
}

export interface CreateRoleRequest {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: string;
  readonly Path?: string | undefined;
  readonly Description?: string | undefined;
  readonly MaxSessionDuration?: number | undefined;
  readonly PermissionsBoundary?: string | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface AttachedPermissionsBoundary {
  readonly PermissionsBoundaryType?: string | undefined;
  readonly PermissionsBoundaryArn?: string | undefined;
}

export interface RoleLastUsed {
  readonly LastUsedDate?: Date | undefined;
  readonly Region?: string | undefined;
}

export interface SourceRoleTemplate {
  readonly TemplateArn: string;
  readonly TemplateMinorVersion: number;
}

export interface Role {
  readonly Path: string;
  readonly RoleName: string;
  readonly RoleId: string;
  readonly Arn: string;
  readonly CreateDate: Date;
  readonly AssumeRolePolicyDocument?: string | undefined;
  readonly Description?: string | undefined;
  readonly MaxSessionDuration?: number | undefined;
  readonly PermissionsBoundary?: AttachedPermissionsBoundary | undefined;
  readonly Tags?: readonly Tag[] | undefined;
  readonly RoleLastUsed?: RoleLastUsed | undefined;
  readonly SourceRoleTemplate?: SourceRoleTemplate | undefined;
}

export interface CreateRoleResponse {
  readonly Role: Role;
}

export interface CreateUserRequest {
  readonly UserName: string;
  readonly Path?: string | undefined;
  readonly PermissionsBoundary?: string | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface User {
  readonly Path: string;
  readonly UserName: string;
  readonly UserId: string;
  readonly Arn: string;
  readonly CreateDate: Date;
  readonly PasswordLastUsed?: Date | undefined;
  readonly PermissionsBoundary?: AttachedPermissionsBoundary | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface CreateUserResponse {
  readonly User?: User | undefined;
}

export interface DeleteAccessKeyRequest {
  readonly AccessKeyId: string;
  readonly UserName?: string | undefined;
}

export interface DeleteGroupRequest {
  readonly GroupName: string;
}

export interface DeleteGroupPolicyRequest {
  readonly GroupName: string;
  readonly PolicyName: string;
}

export interface DeleteLoginProfileRequest {
  readonly UserName?: string | undefined;
}

export interface DeleteOpenIDConnectProviderRequest {
  readonly OpenIDConnectProviderArn: string;
}

export interface DeletePolicyRequest {
  readonly PolicyArn: string;
}

export interface DeletePolicyVersionRequest {
  readonly PolicyArn: string;
  readonly VersionId: string;
}

export interface DeleteRoleRequest {
  readonly RoleName: string;
}

export interface DeleteRolePermissionsBoundaryRequest {
  readonly RoleName: string;
}

export interface DeleteRolePolicyRequest {
  readonly RoleName: string;
  readonly PolicyName: string;
}

export interface DeleteUserRequest {
  readonly UserName: string;
}

export interface DeleteUserPermissionsBoundaryRequest {
  readonly UserName: string;
}

export interface DeleteUserPolicyRequest {
  readonly UserName: string;
  readonly PolicyName: string;
}

export interface DetachGroupPolicyRequest {
  readonly GroupName: string;
  readonly PolicyArn: string;
}

export interface DetachRolePolicyRequest {
  readonly RoleName: string;
  readonly PolicyArn: string;
}

export interface DetachUserPolicyRequest {
  readonly UserName: string;
  readonly PolicyArn: string;
}

export interface GetAccessKeyLastUsedRequest {
  readonly AccessKeyId: string;
}

export interface AccessKeyLastUsed {
  readonly ServiceName: string;
  readonly Region: string;
  readonly LastUsedDate?: Date | undefined;
}

export interface GetAccessKeyLastUsedResponse {
  readonly UserName?: string | undefined;
  readonly AccessKeyLastUsed?: AccessKeyLastUsed | undefined;
}

export interface GetAccountSummaryResponse {
  readonly SummaryMap?: Readonly<Record<string, number>> | undefined;
}

export interface GetGroupRequest {
  readonly GroupName: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface GetGroupResponse {
  readonly Group: Group;
  readonly Users: readonly User[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface GetGroupPolicyRequest {
  readonly GroupName: string;
  readonly PolicyName: string;
}

export interface GetGroupPolicyResponse {
  readonly GroupName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export interface GetLoginProfileRequest {
  readonly UserName?: string | undefined;
}

export interface LoginProfile {
  readonly UserName: string;
  readonly CreateDate: Date;
  readonly PasswordResetRequired?: boolean | undefined;
}

export interface GetLoginProfileResponse {
  readonly LoginProfile: LoginProfile;
}

export interface GetOpenIDConnectProviderRequest {
  readonly OpenIDConnectProviderArn: string;
}

export interface GetOpenIDConnectProviderResponse {
  readonly Url?: string | undefined;
  readonly ClientIDList?: readonly string[] | undefined;
  readonly ThumbprintList?: readonly string[] | undefined;
  readonly CreateDate?: Date | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface GetPolicyRequest {
  readonly PolicyArn: string;
}

export interface GetPolicyResponse {
  readonly Policy?: Policy | undefined;
}

export interface GetPolicyVersionRequest {
  readonly PolicyArn: string;
  readonly VersionId: string;
}

export interface GetPolicyVersionResponse {
  readonly PolicyVersion?: PolicyVersion | undefined;
}

export interface GetRoleRequest {
  readonly RoleName: string;
}

export interface GetRoleResponse {
  readonly Role: Role;
}

export interface GetRolePolicyRequest {
  readonly RoleName: string;
  readonly PolicyName: string;
}

export interface GetRolePolicyResponse {
  readonly RoleName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export interface GetUserRequest {
  readonly UserName?: string | undefined;
}

export interface GetUserResponse {
  readonly User: User;
}

export interface GetUserPolicyRequest {
  readonly UserName: string;
  readonly PolicyName: string;
}

export interface GetUserPolicyResponse {
  readonly UserName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export interface ListAccessKeysRequest {
  readonly UserName?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface AccessKeyMetadata {
  readonly UserName?: string | undefined;
  readonly AccessKeyId?: string | undefined;
  readonly Status?: string | undefined;
  readonly CreateDate?: Date | undefined;
}

export interface ListAccessKeysResponse {
  readonly AccessKeyMetadata: readonly AccessKeyMetadata[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListAccountAliasesRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListAccountAliasesResponse {
  readonly AccountAliases: readonly string[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListAttachedGroupPoliciesRequest {
  readonly GroupName: string;
  readonly PathPrefix?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface AttachedPolicy {
  readonly PolicyName?: string | undefined;
  readonly PolicyArn?: string | undefined;
}

export interface ListAttachedGroupPoliciesResponse {
  readonly AttachedPolicies?: readonly AttachedPolicy[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListAttachedRolePoliciesRequest {
  readonly RoleName: string;
  readonly PathPrefix?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListAttachedRolePoliciesResponse {
  readonly AttachedPolicies?: readonly AttachedPolicy[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListAttachedUserPoliciesRequest {
  readonly UserName: string;
  readonly PathPrefix?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListAttachedUserPoliciesResponse {
  readonly AttachedPolicies?: readonly AttachedPolicy[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListEntitiesForPolicyRequest {
  readonly PolicyArn: string;
  readonly EntityFilter?: string | undefined;
  readonly PathPrefix?: string | undefined;
  readonly PolicyUsageFilter?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface PolicyGroup {
  readonly GroupName?: string | undefined;
  readonly GroupId?: string | undefined;
}

export interface PolicyUser {
  readonly UserName?: string | undefined;
  readonly UserId?: string | undefined;
}

export interface PolicyRole {
  readonly RoleName?: string | undefined;
  readonly RoleId?: string | undefined;
}

export interface ListEntitiesForPolicyResponse {
  readonly PolicyGroups?: readonly PolicyGroup[] | undefined;
  readonly PolicyUsers?: readonly PolicyUser[] | undefined;
  readonly PolicyRoles?: readonly PolicyRole[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListGroupPoliciesRequest {
  readonly GroupName: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListGroupPoliciesResponse {
  readonly PolicyNames: readonly string[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListGroupsRequest {
  readonly PathPrefix?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListGroupsResponse {
  readonly Groups: readonly Group[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListGroupsForUserRequest {
  readonly UserName: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListGroupsForUserResponse {
  readonly Groups: readonly Group[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListInstanceProfilesForRoleRequest {
  readonly RoleName: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface InstanceProfile {
  readonly Path: string;
  readonly InstanceProfileName: string;
  readonly InstanceProfileId: string;
  readonly Arn: string;
  readonly CreateDate: Date;
  readonly Roles: readonly Role[];
  readonly Tags?: readonly Tag[] | undefined;
}

export interface ListInstanceProfilesForRoleResponse {
  readonly InstanceProfiles: readonly InstanceProfile[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListMFADevicesRequest {
  readonly UserName?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface MFADevice {
  readonly UserName: string;
  readonly SerialNumber: string;
  readonly EnableDate: Date;
}

export interface ListMFADevicesResponse {
  readonly MFADevices: readonly MFADevice[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export type ListOpenIDConnectProvidersRequest = Readonly<Record<string, never>>;

export interface OpenIDConnectProviderListEntry {
  readonly Arn?: string | undefined;
}

export interface ListOpenIDConnectProvidersResponse {
  readonly OpenIDConnectProviderList?: readonly OpenIDConnectProviderListEntry[] | undefined;
}

export interface ListPoliciesRequest {
  readonly Scope?: string | undefined;
  readonly OnlyAttached?: boolean | undefined;
  readonly PathPrefix?: string | undefined;
  readonly PolicyUsageFilter?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListPoliciesResponse {
  readonly Policies?: readonly Policy[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListPolicyTagsRequest {
  readonly PolicyArn: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListPolicyTagsResponse {
  readonly Tags: readonly Tag[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListPolicyVersionsRequest {
  readonly PolicyArn: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListPolicyVersionsResponse {
  readonly Versions?: readonly PolicyVersion[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListRolePoliciesRequest {
  readonly RoleName: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListRolePoliciesResponse {
  readonly PolicyNames: readonly string[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListRoleTagsRequest {
  readonly RoleName: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListRoleTagsResponse {
  readonly Tags: readonly Tag[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListRolesRequest {
  readonly PathPrefix?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListRolesResponse {
  readonly Roles: readonly Role[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListSSHPublicKeysRequest {
  readonly UserName?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface SSHPublicKeyMetadata {
  readonly UserName: string;
  readonly SSHPublicKeyId: string;
  readonly Status: string;
  readonly UploadDate: Date;
}

export interface ListSSHPublicKeysResponse {
  readonly SSHPublicKeys?: readonly SSHPublicKeyMetadata[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListServiceSpecificCredentialsRequest {
  readonly UserName?: string | undefined;
  readonly ServiceName?: string | undefined;
  readonly AllUsers?: boolean | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ServiceSpecificCredentialMetadata {
  readonly UserName: string;
  readonly Status: string;
  readonly CreateDate: Date;
  readonly ServiceSpecificCredentialId: string;
  readonly ServiceName: string;
  readonly ServiceUserName?: string | undefined;
  readonly ServiceCredentialAlias?: string | undefined;
  readonly ExpirationDate?: Date | undefined;
}

export interface ListServiceSpecificCredentialsResponse {
  readonly ServiceSpecificCredentials?: readonly ServiceSpecificCredentialMetadata[] | undefined;
  readonly Marker?: string | undefined;
  readonly IsTruncated?: boolean | undefined;
}

export interface ListSigningCertificatesRequest {
  readonly UserName?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface SigningCertificate {
  readonly UserName: string;
  readonly CertificateId: string;
  readonly CertificateBody: string;
  readonly Status: string;
  readonly UploadDate?: Date | undefined;
}

export interface ListSigningCertificatesResponse {
  readonly Certificates: readonly SigningCertificate[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListUserPoliciesRequest {
  readonly UserName: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListUserPoliciesResponse {
  readonly PolicyNames: readonly string[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListUserTagsRequest {
  readonly UserName: string;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListUserTagsResponse {
  readonly Tags: readonly Tag[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListUsersRequest {
  readonly PathPrefix?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface ListUsersResponse {
  readonly Users: readonly User[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface ListVirtualMFADevicesRequest {
  readonly AssignmentStatus?: string | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface VirtualMFADevice {
  readonly SerialNumber: string;
  readonly Base32StringSeed?: Uint8Array | undefined;
  readonly QRCodePNG?: Uint8Array | undefined;
  readonly User?: User | undefined;
  readonly EnableDate?: Date | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface ListVirtualMFADevicesResponse {
  readonly VirtualMFADevices: readonly VirtualMFADevice[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export interface PutGroupPolicyRequest {
  readonly GroupName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export interface PutRolePermissionsBoundaryRequest {
  readonly RoleName: string;
  readonly PermissionsBoundary: string;
}

export interface PutRolePolicyRequest {
  readonly RoleName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export interface PutUserPermissionsBoundaryRequest {
  readonly UserName: string;
  readonly PermissionsBoundary: string;
}

export interface PutUserPolicyRequest {
  readonly UserName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export interface RemoveClientIDFromOpenIDConnectProviderRequest {
  readonly OpenIDConnectProviderArn: string;
  readonly ClientID: string;
}

export interface RemoveUserFromGroupRequest {
  readonly GroupName: string;
  readonly UserName: string;
}

export interface SetDefaultPolicyVersionRequest {
  readonly PolicyArn: string;
  readonly VersionId: string;
}

export interface TagPolicyRequest {
  readonly PolicyArn: string;
  readonly Tags: readonly Tag[];
}

export interface TagRoleRequest {
  readonly RoleName: string;
  readonly Tags: readonly Tag[];
}

export interface TagUserRequest {
  readonly UserName: string;
  readonly Tags: readonly Tag[];
}

export interface UntagPolicyRequest {
  readonly PolicyArn: string;
  readonly TagKeys: readonly string[];
}

export interface UntagRoleRequest {
  readonly RoleName: string;
  readonly TagKeys: readonly string[];
}

export interface UntagUserRequest {
  readonly UserName: string;
  readonly TagKeys: readonly string[];
}

export interface UpdateAccessKeyRequest {
  readonly AccessKeyId: string;
  readonly Status: string;
  readonly UserName?: string | undefined;
}

export interface UpdateAssumeRolePolicyRequest {
  readonly RoleName: string;
  readonly PolicyDocument: string;
}

export interface UpdateGroupRequest {
  readonly GroupName: string;
  readonly NewPath?: string | undefined;
  readonly NewGroupName?: string | undefined;
}

export interface UpdateOpenIDConnectProviderThumbprintRequest {
  readonly OpenIDConnectProviderArn: string;
  readonly ThumbprintList: readonly string[];
}

export interface UpdateRoleRequest {
  readonly RoleName: string;
  readonly Description?: string | undefined;
  readonly MaxSessionDuration?: number | undefined;
}

export type UpdateRoleResponse = Readonly<Record<string, never>>;

export interface UpdateRoleDescriptionRequest {
  readonly RoleName: string;
  readonly Description: string;
}

export interface UpdateRoleDescriptionResponse {
  readonly Role?: Role | undefined;
}

export interface UpdateUserRequest {
  readonly UserName: string;
  readonly NewPath?: string | undefined;
  readonly NewUserName?: string | undefined;
}

export interface IamTypes {
  AddClientIDToOpenIDConnectProvider: { input: AddClientIDToOpenIDConnectProviderRequest; output: undefined };
  AddUserToGroup: { input: AddUserToGroupRequest; output: undefined };
  AttachGroupPolicy: { input: AttachGroupPolicyRequest; output: undefined };
  AttachRolePolicy: { input: AttachRolePolicyRequest; output: undefined };
  AttachUserPolicy: { input: AttachUserPolicyRequest; output: undefined };
  CreateAccessKey: { input: CreateAccessKeyRequest; output: CreateAccessKeyResponse };
  CreateGroup: { input: CreateGroupRequest; output: CreateGroupResponse };
  CreateOpenIDConnectProvider: { input: CreateOpenIDConnectProviderRequest; output: CreateOpenIDConnectProviderResponse };
  CreatePolicy: { input: CreatePolicyRequest; output: CreatePolicyResponse };
  CreatePolicyVersion: { input: CreatePolicyVersionRequest; output: CreatePolicyVersionResponse };
  CreateRole: { input: CreateRoleRequest; output: CreateRoleResponse };
  CreateUser: { input: CreateUserRequest; output: CreateUserResponse };
  DeleteAccessKey: { input: DeleteAccessKeyRequest; output: undefined };
  DeleteGroup: { input: DeleteGroupRequest; output: undefined };
  DeleteGroupPolicy: { input: DeleteGroupPolicyRequest; output: undefined };
  DeleteLoginProfile: { input: DeleteLoginProfileRequest; output: undefined };
  DeleteOpenIDConnectProvider: { input: DeleteOpenIDConnectProviderRequest; output: undefined };
  DeletePolicy: { input: DeletePolicyRequest; output: undefined };
  DeletePolicyVersion: { input: DeletePolicyVersionRequest; output: undefined };
  DeleteRole: { input: DeleteRoleRequest; output: undefined };
  DeleteRolePermissionsBoundary: { input: DeleteRolePermissionsBoundaryRequest; output: undefined };
  DeleteRolePolicy: { input: DeleteRolePolicyRequest; output: undefined };
  DeleteUser: { input: DeleteUserRequest; output: undefined };
  DeleteUserPermissionsBoundary: { input: DeleteUserPermissionsBoundaryRequest; output: undefined };
  DeleteUserPolicy: { input: DeleteUserPolicyRequest; output: undefined };
  DetachGroupPolicy: { input: DetachGroupPolicyRequest; output: undefined };
  DetachRolePolicy: { input: DetachRolePolicyRequest; output: undefined };
  DetachUserPolicy: { input: DetachUserPolicyRequest; output: undefined };
  GetAccessKeyLastUsed: { input: GetAccessKeyLastUsedRequest; output: GetAccessKeyLastUsedResponse };
  GetAccountSummary: { input: Readonly<Record<string, never>>; output: GetAccountSummaryResponse };
  GetGroup: { input: GetGroupRequest; output: GetGroupResponse };
  GetGroupPolicy: { input: GetGroupPolicyRequest; output: GetGroupPolicyResponse };
  GetLoginProfile: { input: GetLoginProfileRequest; output: GetLoginProfileResponse };
  GetOpenIDConnectProvider: { input: GetOpenIDConnectProviderRequest; output: GetOpenIDConnectProviderResponse };
  GetPolicy: { input: GetPolicyRequest; output: GetPolicyResponse };
  GetPolicyVersion: { input: GetPolicyVersionRequest; output: GetPolicyVersionResponse };
  GetRole: { input: GetRoleRequest; output: GetRoleResponse };
  GetRolePolicy: { input: GetRolePolicyRequest; output: GetRolePolicyResponse };
  GetUser: { input: GetUserRequest; output: GetUserResponse };
  GetUserPolicy: { input: GetUserPolicyRequest; output: GetUserPolicyResponse };
  ListAccessKeys: { input: ListAccessKeysRequest; output: ListAccessKeysResponse };
  ListAccountAliases: { input: ListAccountAliasesRequest; output: ListAccountAliasesResponse };
  ListAttachedGroupPolicies: { input: ListAttachedGroupPoliciesRequest; output: ListAttachedGroupPoliciesResponse };
  ListAttachedRolePolicies: { input: ListAttachedRolePoliciesRequest; output: ListAttachedRolePoliciesResponse };
  ListAttachedUserPolicies: { input: ListAttachedUserPoliciesRequest; output: ListAttachedUserPoliciesResponse };
  ListEntitiesForPolicy: { input: ListEntitiesForPolicyRequest; output: ListEntitiesForPolicyResponse };
  ListGroupPolicies: { input: ListGroupPoliciesRequest; output: ListGroupPoliciesResponse };
  ListGroups: { input: ListGroupsRequest; output: ListGroupsResponse };
  ListGroupsForUser: { input: ListGroupsForUserRequest; output: ListGroupsForUserResponse };
  ListInstanceProfilesForRole: { input: ListInstanceProfilesForRoleRequest; output: ListInstanceProfilesForRoleResponse };
  ListMFADevices: { input: ListMFADevicesRequest; output: ListMFADevicesResponse };
  ListOpenIDConnectProviders: { input: ListOpenIDConnectProvidersRequest; output: ListOpenIDConnectProvidersResponse };
  ListPolicies: { input: ListPoliciesRequest; output: ListPoliciesResponse };
  ListPolicyTags: { input: ListPolicyTagsRequest; output: ListPolicyTagsResponse };
  ListPolicyVersions: { input: ListPolicyVersionsRequest; output: ListPolicyVersionsResponse };
  ListRolePolicies: { input: ListRolePoliciesRequest; output: ListRolePoliciesResponse };
  ListRoleTags: { input: ListRoleTagsRequest; output: ListRoleTagsResponse };
  ListRoles: { input: ListRolesRequest; output: ListRolesResponse };
  ListSSHPublicKeys: { input: ListSSHPublicKeysRequest; output: ListSSHPublicKeysResponse };
  ListServiceSpecificCredentials: { input: ListServiceSpecificCredentialsRequest; output: ListServiceSpecificCredentialsResponse };
  ListSigningCertificates: { input: ListSigningCertificatesRequest; output: ListSigningCertificatesResponse };
  ListUserPolicies: { input: ListUserPoliciesRequest; output: ListUserPoliciesResponse };
  ListUserTags: { input: ListUserTagsRequest; output: ListUserTagsResponse };
  ListUsers: { input: ListUsersRequest; output: ListUsersResponse };
  ListVirtualMFADevices: { input: ListVirtualMFADevicesRequest; output: ListVirtualMFADevicesResponse };
  PutGroupPolicy: { input: PutGroupPolicyRequest; output: undefined };
  PutRolePermissionsBoundary: { input: PutRolePermissionsBoundaryRequest; output: undefined };
  PutRolePolicy: { input: PutRolePolicyRequest; output: undefined };
  PutUserPermissionsBoundary: { input: PutUserPermissionsBoundaryRequest; output: undefined };
  PutUserPolicy: { input: PutUserPolicyRequest; output: undefined };
  RemoveClientIDFromOpenIDConnectProvider: { input: RemoveClientIDFromOpenIDConnectProviderRequest; output: undefined };
  RemoveUserFromGroup: { input: RemoveUserFromGroupRequest; output: undefined };
  SetDefaultPolicyVersion: { input: SetDefaultPolicyVersionRequest; output: undefined };
  TagPolicy: { input: TagPolicyRequest; output: undefined };
  TagRole: { input: TagRoleRequest; output: undefined };
  TagUser: { input: TagUserRequest; output: undefined };
  UntagPolicy: { input: UntagPolicyRequest; output: undefined };
  UntagRole: { input: UntagRoleRequest; output: undefined };
  UntagUser: { input: UntagUserRequest; output: undefined };
  UpdateAccessKey: { input: UpdateAccessKeyRequest; output: undefined };
  UpdateAssumeRolePolicy: { input: UpdateAssumeRolePolicyRequest; output: undefined };
  UpdateGroup: { input: UpdateGroupRequest; output: undefined };
  UpdateOpenIDConnectProviderThumbprint: { input: UpdateOpenIDConnectProviderThumbprintRequest; output: undefined };
  UpdateRole: { input: UpdateRoleRequest; output: UpdateRoleResponse };
  UpdateRoleDescription: { input: UpdateRoleDescriptionRequest; output: UpdateRoleDescriptionResponse };
  UpdateUser: { input: UpdateUserRequest; output: undefined };
}
