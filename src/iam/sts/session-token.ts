/** GetSessionToken and GetFederationToken: sessions of whoever asks, and of somebody in their name. */
import { federatedArn } from '../../identity/names.ts';
import type { StsTypes } from '../../model/sts.gen.ts';
import { authoriseIdentity, denied, type Signer, withFacts } from '../authorise.ts';
import { checkName, requestTagFacts } from '../checks.ts';
import { defaultTokenSeconds, maxAccountTokenSeconds, maxTokenSeconds } from '../limits.ts';
import { issueSession, narrowingOf, sessionSeconds } from './sessions.ts';
import { refuseParameters, type StsAction, type StsSituation, signerOf } from './sts-action.ts';

type SessionTypes = StsTypes['GetSessionToken'];
type FederationTypes = StsTypes['GetFederationToken'];

/** A session makes no other of its own kind, or it would never end. */
function longTermSigner(situation: StsSituation, action: string): Signer {
  const signer = signerOf(situation);
  if (situation.isTemporary) {
    throw denied(signer, { action, resource: '*' }, 'it was signed with session credentials');
  }
  return signer;
}

const mostSeconds = ({ principal }: Signer): number =>
  principal === undefined ? maxAccountTokenSeconds : maxTokenSeconds;

const unnarrowed = { policies: [], policyArns: [], tags: {} };

export const getSessionToken: StsAction<SessionTypes['input'], SessionTypes['output']> = (
  input,
  situation,
) => {
  refuseParameters(input, ['SerialNumber', 'TokenCode', 'MinimumSessionTokenSize']);
  const signer = longTermSigner(situation, 'sts:GetSessionToken');
  const seconds = sessionSeconds(input.DurationSeconds, defaultTokenSeconds, mostSeconds(signer));
  const user = signer.principal?.id;
  const of = { kind: 'self', ...(user !== undefined && { user }) } as const;
  return { Credentials: issueSession(of, signer.account, seconds, unnarrowed, situation) };
};

const federatedNamePattern = /^[\w+=,.@-]{2,32}$/;

export const getFederationToken: StsAction<FederationTypes['input'], FederationTypes['output']> = (
  input,
  situation,
) => {
  refuseParameters(input, ['MinimumSessionTokenSize']);
  const { Name: name, Tags } = input;
  checkName(name, federatedNamePattern, 'name');
  const signer = longTermSigner(situation, 'sts:GetFederationToken');
  const { account, principal } = signer;
  const arn = federatedArn(account.number, name);
  const isTagged = (Tags?.length ?? 0) > 0;
  for (const action of ['sts:GetFederationToken', ...(isTagged ? ['sts:TagSession'] : [])]) {
    const facts = requestTagFacts(Tags);
    authoriseIdentity(signer, withFacts(situation.about, action, { arn, facts }));
  }
  const seconds = sessionSeconds(input.DurationSeconds, defaultTokenSeconds, mostSeconds(signer));
  const { packedSize, ...narrowing } = narrowingOf(input, account, situation.snapshot);
  const user = principal?.id;
  const of = { kind: 'federated', name, ...(user !== undefined && { user }) } as const;
  return {
    Credentials: issueSession(of, account, seconds, narrowing, situation),
    FederatedUser: { FederatedUserId: `${account.number}:${name}`, Arn: arn },
    PackedPolicySize: packedSize,
  };
};
