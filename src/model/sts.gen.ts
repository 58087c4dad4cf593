/**
 * STS's operations that Kist has: what each takes and gives, in AWS's shapes.
 *
 * Written by scripts/generate-query-model.ts from @aws-sdk/client-sts (Apache-2.0). Do not edit.
 */

import type { QueryOperation } from './query-operation.ts';
import type { Shape } from './shape.ts';

const PolicyDescriptorTypeShape: Shape = { name: 'PolicyDescriptorType', members: [
  { name: 'arn', kind: 'string' },
] };

const TagShape: Shape = { name: 'Tag', members: [
  { name: 'Key', kind: 'string', required: true },
  { name: 'Value', kind: 'string', required: true },
] };

const ProvidedContextShape: Shape = { name: 'ProvidedContext', members: [
  { name: 'ProviderArn', kind: 'string' },
  { name: 'ContextAssertion', kind: 'string' },
] };

const AssumeRoleRequestShape: Shape = { name: 'AssumeRoleRequest', members: [
  { name: 'RoleArn', kind: 'string', required: true },
  { name: 'RoleSessionName', kind: 'string', required: true },
  { name: 'PolicyArns', kind: 'list', of: PolicyDescriptorTypeShape },
  { name: 'Policy', kind: 'string' },
  { name: 'DurationSeconds', kind: 'integer' },
  { name: 'Tags', kind: 'list', of: TagShape },
  { name: 'TransitiveTagKeys', kind: 'list', of: 'string' },
  { name: 'ExternalId', kind: 'string' },
  { name: 'SerialNumber', kind: 'string' },
  { name: 'TokenCode', kind: 'string' },
  { name: 'SourceIdentity', kind: 'string' },
  { name: 'ProvidedContexts', kind: 'list', of: ProvidedContextShape },
  { name: 'MinimumSessionTokenSize', kind: 'integer' },
] };

const CredentialsShape: Shape = { name: 'Credentials', members: [
  { name: 'AccessKeyId', kind: 'string', required: true },
  { name: 'SecretAccessKey', kind: 'string', required: true },
  { name: 'SessionToken', kind: 'string', required: true },
  { name: 'Expiration', kind: 'date-time', required: true },
] };

const AssumedRoleUserShape: Shape = { name: 'AssumedRoleUser', members: [
  { name: 'AssumedRoleId', kind: 'string', required: true },
  { name: 'Arn', kind: 'string', required: true },
] };

const AssumeRoleResponseShape: Shape = { name: 'AssumeRoleResponse', members: [
  { name: 'Credentials', kind: 'structure', of: CredentialsShape },
  { name: 'AssumedRoleUser', kind: 'structure', of: AssumedRoleUserShape },
  { name: 'PackedPolicySize', kind: 'integer' },
  { name: 'SourceIdentity', kind: 'string' },
  { name: 'SessionTokenUtilization', kind: 'integer' },
  { name: 'SessionTokenSize', kind: 'integer' },
] };

const AssumeRoleWithWebIdentityRequestShape: Shape = { name: 'AssumeRoleWithWebIdentityRequest', members: [
  { name: 'RoleArn', kind: 'string', required: true },
  { name: 'RoleSessionName', kind: 'string', required: true },
  { name: 'WebIdentityToken', kind: 'string', required: true },
  { name: 'ProviderId', kind: 'string' },
  { name: 'PolicyArns', kind: 'list', of: PolicyDescriptorTypeShape },
  { name: 'Policy', kind: 'string' },
  { name: 'DurationSeconds', kind: 'integer' },
  { name: 'MinimumSessionTokenSize', kind: 'integer' },
] };

const AssumeRoleWithWebIdentityResponseShape: Shape = { name: 'AssumeRoleWithWebIdentityResponse', members: [
  { name: 'Credentials', kind: 'structure', of: CredentialsShape },
  { name: 'SubjectFromWebIdentityToken', kind: 'string' },
  { name: 'AssumedRoleUser', kind: 'structure', of: AssumedRoleUserShape },
  { name: 'PackedPolicySize', kind: 'integer' },
  { name: 'Provider', kind: 'string' },
  { name: 'Audience', kind: 'string' },
  { name: 'SourceIdentity', kind: 'string' },
  { name: 'SessionTokenUtilization', kind: 'integer' },
  { name: 'SessionTokenSize', kind: 'integer' },
] };

const GetCallerIdentityRequestShape: Shape = { name: 'GetCallerIdentityRequest', members: [] };

const GetCallerIdentityResponseShape: Shape = { name: 'GetCallerIdentityResponse', members: [
  { name: 'UserId', kind: 'string' },
  { name: 'Account', kind: 'string' },
  { name: 'Arn', kind: 'string' },
] };

const GetFederationTokenRequestShape: Shape = { name: 'GetFederationTokenRequest', members: [
  { name: 'Name', kind: 'string', required: true },
  { name: 'Policy', kind: 'string' },
  { name: 'PolicyArns', kind: 'list', of: PolicyDescriptorTypeShape },
  { name: 'DurationSeconds', kind: 'integer' },
  { name: 'Tags', kind: 'list', of: TagShape },
  { name: 'MinimumSessionTokenSize', kind: 'integer' },
] };

const FederatedUserShape: Shape = { name: 'FederatedUser', members: [
  { name: 'FederatedUserId', kind: 'string', required: true },
  { name: 'Arn', kind: 'string', required: true },
] };

const GetFederationTokenResponseShape: Shape = { name: 'GetFederationTokenResponse', members: [
  { name: 'Credentials', kind: 'structure', of: CredentialsShape },
  { name: 'FederatedUser', kind: 'structure', of: FederatedUserShape },
  { name: 'PackedPolicySize', kind: 'integer' },
  { name: 'SessionTokenUtilization', kind: 'integer' },
  { name: 'SessionTokenSize', kind: 'integer' },
] };

const GetSessionTokenRequestShape: Shape = { name: 'GetSessionTokenRequest', members: [
  { name: 'DurationSeconds', kind: 'integer' },
  { name: 'SerialNumber', kind: 'string' },
  { name: 'TokenCode', kind: 'string' },
  { name: 'MinimumSessionTokenSize', kind: 'integer' },
] };

const GetSessionTokenResponseShape: Shape = { name: 'GetSessionTokenResponse', members: [
  { name: 'Credentials', kind: 'structure', of: CredentialsShape },
  { name: 'SessionTokenUtilization', kind: 'integer' },
  { name: 'SessionTokenSize', kind: 'integer' },
] };

export const stsVersion = '2011-06-15';

export const stsOperations = {
  AssumeRole: { name: 'AssumeRole', input: AssumeRoleRequestShape, output: AssumeRoleResponseShape },
  AssumeRoleWithWebIdentity: { name: 'AssumeRoleWithWebIdentity', input: AssumeRoleWithWebIdentityRequestShape, output: AssumeRoleWithWebIdentityResponseShape },
  GetCallerIdentity: { name: 'GetCallerIdentity', input: GetCallerIdentityRequestShape, output: GetCallerIdentityResponseShape },
  GetFederationToken: { name: 'GetFederationToken', input: GetFederationTokenRequestShape, output: GetFederationTokenResponseShape },
  GetSessionToken: { name: 'GetSessionToken', input: GetSessionTokenRequestShape, output: GetSessionTokenResponseShape },
} as const satisfies Readonly<Record<string, QueryOperation>>;

/** Known, so that they are refused by name. */
export const otherStsOperations: ReadonlySet<string> = new Set([
  'AssumeRoleWithSAML',
  'AssumeRoot',
  'DecodeAuthorizationMessage',
  'GetAccessKeyInfo',
  'GetDelegatedAccessToken',
  'GetWebIdentityToken',
]);

export interface PolicyDescriptorType {
  readonly arn?: string | undefined;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface ProvidedContext {
  readonly ProviderArn?: string | undefined;
  readonly ContextAssertion?: string | undefined;
}

export interface AssumeRoleRequest {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly PolicyArns?: readonly PolicyDescriptorType[] | undefined;
  readonly Policy?: string | undefined;
  readonly DurationSeconds?: number | undefined;
  readonly Tags?: readonly Tag[] | undefined;
  readonly TransitiveTagKeys?: readonly string[] | undefined;
  readonly ExternalId?: string | undefined;
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
  readonly SourceIdentity?: string | undefined;
  readonly ProvidedContexts?: readonly ProvidedContext[] | undefined;
  readonly MinimumSessionTokenSize?: number | undefined;
}

export interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Expiration: Date;
}

export interface AssumedRoleUser {
  readonly AssumedRoleId: string;
  readonly Arn: string;
}

export interface AssumeRoleResponse {
  readonly Credentials?: Credentials | undefined;
  readonly AssumedRoleUser?: AssumedRoleUser | undefined;
  readonly PackedPolicySize?: number | undefined;
  readonly SourceIdentity?: string | undefined;
  readonly SessionTokenUtilization?: number | undefined;
  readonly SessionTokenSize?: number | undefined;
}

export interface AssumeRoleWithWebIdentityRequest {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly WebIdentityToken: string;
  readonly ProviderId?: string | undefined;
  readonly PolicyArns?: readonly PolicyDescriptorType[] | undefined;
  readonly Policy?: string | undefined;
  readonly DurationSeconds?: number | undefined;
  readonly MinimumSessionTokenSize?: number | undefined;
}

export interface AssumeRoleWithWebIdentityResponse {
  readonly Credentials?: Credentials | undefined;
  readonly SubjectFromWebIdentityToken?: string | undefined;
  readonly AssumedRoleUser?: AssumedRoleUser | undefined;
  readonly PackedPolicySize?: number | undefined;
  readonly Provider?: string | undefined;
  readonly Audience?: string | undefined;
  readonly SourceIdentity?: string | undefined;
  readonly SessionTokenUtilization?: number | undefined;
  readonly SessionTokenSize?: number | undefined;
}

export type GetCallerIdentityRequest = Readonly<Record<string, never>>;

export interface GetCallerIdentityResponse {
  readonly UserId?: string | undefined;
  readonly Account?: string | undefined;
  readonly Arn?: string | undefined;
}

export interface GetFederationTokenRequest {
  readonly Name: string;
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly PolicyDescriptorType[] | undefined;
  readonly DurationSeconds?: number | undefined;
  readonly Tags?: readonly Tag[] | undefined;
  readonly MinimumSessionTokenSize?: number | undefined;
}

export interface FederatedUser {
  readonly FederatedUserId: string;
  readonly Arn: string;
}

export interface GetFederationTokenResponse {
  readonly Credentials?: Credentials | undefined;
  readonly FederatedUser?: FederatedUser | undefined;
  readonly PackedPolicySize?: number | undefined;
  readonly SessionTokenUtilization?: number | undefined;
  readonly SessionTokenSize?: number | undefined;
}

export interface GetSessionTokenRequest {
  readonly DurationSeconds?: number | undefined;
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
  readonly MinimumSessionTokenSize?: number | undefined;
}

export interface GetSessionTokenResponse {
  readonly Credentials?: Credentials | undefined;
  readonly SessionTokenUtilization?: number | undefined;
  readonly SessionTokenSize?: number | undefined;
}

export interface StsTypes {
  AssumeRole: { input: AssumeRoleRequest; output: AssumeRoleResponse };
  AssumeRoleWithWebIdentity: { input: AssumeRoleWithWebIdentityRequest; output: AssumeRoleWithWebIdentityResponse };
  GetCallerIdentity: { input: GetCallerIdentityRequest; output: GetCallerIdentityResponse };
  GetFederationToken: { input: GetFederationTokenRequest; output: GetFederationTokenResponse };
  GetSessionToken: { input: GetSessionTokenRequest; output: GetSessionTokenResponse };
}
