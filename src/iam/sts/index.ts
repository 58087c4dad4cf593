/** STS's operations by name; the compiler sees that each of the model's is there. */
import type { StsTypes } from '../../model/sts.gen.ts';
import { assumeRole } from './assume-role.ts';
import { getCallerIdentity } from './caller-identity.ts';
import { getFederationToken, getSessionToken } from './session-token.ts';
import type { StsAction } from './sts-action.ts';
import { assumeRoleWithWebIdentity } from './web-identity.ts';

type StsActions = {
  readonly [Name in keyof StsTypes]: StsAction<StsTypes[Name]['input'], StsTypes[Name]['output']>;
};

export const stsActions: StsActions = {
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  GetCallerIdentity: getCallerIdentity,
  GetFederationToken: getFederationToken,
  GetSessionToken: getSessionToken,
};

/** They are asked for without a signature. */
export const unsignedActions: ReadonlySet<string> = new Set(['AssumeRoleWithWebIdentity']);
