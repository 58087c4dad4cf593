/** AssumeRole: a session of a role, for whom its trust policy names. */
import type { Account } from '../../identity/identity.ts';
import { sessionArn, sessionNamePattern } from '../../identity/names.ts';
import type { RoleRecord } from '../../identity/records.ts';
import type { AssumeRoleRequest, Credentials, StsTypes } from '../../model/sts.gen.ts';
import { decideAssume } from '../../policy/decide-assume.ts';
import { parseTrustPolicy } from '../../policy/language/parse.ts';
import type { Facts } from '../action.ts';
import { denied, type Signer, withFacts } from '../authorise.ts';
import { checkName, requestTagFacts } from '../checks.ts';
import { defaultRoleSessionSeconds, maxChainedSessionSeconds } from '../limits.ts';
import { invalid } from '../query/errors.ts';
import { issueSession, type Narrowing, narrowingOf, sessionSeconds } from './sessions.ts';
import { refuseParameters, type StsAction, type StsSituation, signerOf } from './sts-action.ts';

type Types = StsTypes['AssumeRole'];

const externalIdPattern = /^[\w+=,.@:/-]{2,1224}$/;

export const assumeRole: StsAction<Types['input'], Types['output']> = (input, situation) => {
  refuseParameters(input, [
    ...(['SerialNumber', 'TokenCode', 'SourceIdentity', 'ProvidedContexts'] as const),
    ...(['TransitiveTagKeys', 'MinimumSessionTokenSize'] as const),
  ]);
  const { RoleSessionName: name, ExternalId: externalId } = input;
  checkName(name, sessionNamePattern, 'roleSessionName');
  if (externalId !== undefined && !externalIdPattern.test(externalId)) {
    throw invalid('The specified value for externalId is invalid.');
  }
  const signer = signerOf(situation);
  const { role, account } = trustingRole(input, signer, situation);
  const isChained = signer.principal?.kind === 'role';
  const most = isChained
    ? Math.min(role.maxSessionSeconds, maxChainedSessionSeconds)
    : role.maxSessionSeconds;
  const seconds = sessionSeconds(input.DurationSeconds, defaultRoleSessionSeconds, most);
  const narrowing = narrowingOf(input, account, situation.snapshot);
  return roleSession(role, account, name, seconds, narrowing, situation);
};

/** The role, if the signer may assume it: whether there is one is not for others to know. */
function trustingRole(input: AssumeRoleRequest, signer: Signer, situation: StsSituation) {
  const { RoleArn: arn, RoleSessionName: name, ExternalId: externalId, Tags } = input;
  const facts: Facts = {
    'sts:rolesessionname': [name],
    ...(externalId !== undefined && { 'sts:externalid': [externalId] }),
    ...requestTagFacts(Tags),
  };
  const found = roleOf(arn, situation);
  const trust = found && parseTrustPolicy(found.role.trust);
  const isTagged = (Tags?.length ?? 0) > 0;
  for (const action of ['sts:AssumeRole', ...(isTagged ? ['sts:TagSession'] : [])]) {
    const request = withFacts(situation.about, action, { arn, facts });
    if (found === undefined || trust === undefined) {
      throw denied(signer, request, 'there is no such role');
    }
    if (signer.principal?.kind === 'federated') {
      throw denied(signer, request, 'sessions of federated users assume no roles');
    }
    const decision = decideAssume(signer, found.account.accountId, trust, request);
    if (!decision.allowed) throw denied(signer, request, decision.reason);
  }
  return found!;
}

export interface FoundRole {
  readonly role: RoleRecord;
  readonly account: Account;
}

export function roleOf(arn: string, { snapshot }: StsSituation): FoundRole | undefined {
  const role = snapshot.rolesByArn.get(arn);
  const account = role && snapshot.accounts.get(role.accountId);
  return role === undefined || account === undefined ? undefined : { role, account };
}

export interface RoleSession {
  readonly Credentials: Credentials;
  readonly AssumedRoleUser: { readonly AssumedRoleId: string; readonly Arn: string };
  readonly PackedPolicySize: number | undefined;
}

export const roleSession = (
  role: RoleRecord,
  account: Account,
  name: string,
  seconds: number,
  narrowing: Narrowing,
  situation: StsSituation,
): RoleSession => ({
  Credentials: issueSession(
    { kind: 'role', role: role.id, name },
    account,
    seconds,
    narrowing,
    situation,
  ),
  AssumedRoleUser: {
    AssumedRoleId: `${role.id}:${name}`,
    Arn: sessionArn(account.number, role.name, name),
  },
  PackedPolicySize: narrowing.packedSize,
});
