/**
 * AssumeRoleWithWebIdentity: a session of a role for whoever brings a token of an issuer that the role's account
 * trusts, and that the role's trust policy lets in. No signature: the token proves who asks.
 */
import { providerArn, sessionNamePattern } from '../../identity/names.ts';
import type { ProviderRecord } from '../../identity/records.ts';
import { type Claims, WebIdentityError } from '../../identity/web-identity.ts';
import type { StsTypes } from '../../model/sts.gen.ts';
import { decideTrust } from '../../policy/decide-assume.ts';
import { parseTrustPolicy } from '../../policy/language/parse.ts';
import { conditionKeyOf } from '../../policy/language/template.ts';
import type { Facts } from '../action.ts';
import { withFacts } from '../authorise.ts';
import { checkName } from '../checks.ts';
import { defaultRoleSessionSeconds } from '../limits.ts';
import { QueryError, type QueryErrorCode } from '../query/errors.ts';
import { type FoundRole, roleOf, roleSession } from './assume-role.ts';
import { narrowingOf, sessionSeconds } from './sessions.ts';
import { refuseParameters, type StsAction, type StsSituation } from './sts-action.ts';

type Types = StsTypes['AssumeRoleWithWebIdentity'];

const action = 'sts:AssumeRoleWithWebIdentity';

export const assumeRoleWithWebIdentity: StsAction<Types['input'], Types['output']> = async (
  input,
  situation,
) => {
  refuseParameters(input, ['ProviderId', 'MinimumSessionTokenSize']);
  const { RoleArn: arn, RoleSessionName: name, WebIdentityToken: token } = input;
  checkName(name, sessionNamePattern, 'roleSessionName');
  const found = roleOf(arn, situation);
  if (found === undefined) throw notAuthorized('there is no such role');
  const { role, account } = found;
  const provider = await providerOf(token, found, situation);
  const claims = await verified(token, provider, situation);
  const trusted = providerArn(account.number, provider.url);
  const request = {
    ...withFacts(situation.about, action, {
      arn,
      facts: { ...factsOf(provider, trusted, claims), 'sts:rolesessionname': [name] },
    }),
    principal: { kind: 'federated', provider: trusted } as const,
  };
  const decision = decideTrust(parseTrustPolicy(role.trust), request);
  if (!decision.allowed) throw notAuthorized(decision.reason);
  const seconds = sessionSeconds(
    input.DurationSeconds,
    defaultRoleSessionSeconds,
    role.maxSessionSeconds,
  );
  const narrowing = narrowingOf(input, account, situation.snapshot);
  return {
    ...roleSession(role, account, name, seconds, narrowing, situation),
    SubjectFromWebIdentityToken: claims.sub,
    Audience: audiencesOf(claims)[0],
    Provider: trusted,
  };
};

const notAuthorized = (reason: string): QueryError =>
  new QueryError('AccessDenied', `Not authorized to perform ${action}`, { reason });

/** Issuers are kept without `https://`. */
const issuerOf = ({ url }: ProviderRecord): string =>
  url.startsWith('http://') ? url : `https://${url}`;

async function providerOf(
  token: string,
  { account }: FoundRole,
  { snapshot, webIdentities }: StsSituation,
): Promise<ProviderRecord> {
  const issuer = (await webIdentities.issuerOf(token))?.replace(/\/$/, '');
  for (const provider of snapshot.providersByArn.values()) {
    if (provider.accountId === account.accountId && issuerOf(provider) === issuer) return provider;
  }
  throw new QueryError(
    'InvalidIdentityToken',
    `No OpenIDConnect provider found in your account for ${issuer}`,
  );
}

const codes: Readonly<Record<WebIdentityError['kind'], QueryErrorCode>> = {
  expired: 'ExpiredTokenException',
  invalid: 'InvalidIdentityToken',
  unreachable: 'IDPCommunicationError',
};

async function verified(
  token: string,
  provider: ProviderRecord,
  { webIdentities }: StsSituation,
): Promise<Claims> {
  try {
    const { clientIds } = provider;
    return await webIdentities.verify(token, { issuer: issuerOf(provider), clientIds });
  } catch (error) {
    if (!(error instanceof WebIdentityError)) throw error;
    // What the issuer's network says is for the log alone.
    const options = { cause: error, reason: error.message };
    throw new QueryError(codes[error.kind], undefined, options);
  }
}

const audiencesOf = ({ aud }: Claims): readonly string[] => (aud === undefined ? [] : [aud].flat());

/** `ISSUER:sub` and the like: what trust policies ask of a token ("Available keys for OIDC federation"). */
function factsOf(provider: ProviderRecord, arn: string, claims: Claims): Facts {
  const issuer = provider.url.replace(/^http:\/\//, '');
  const { sub, azp, amr, email } = claims;
  const audiences = audiencesOf(claims);
  const said: Readonly<Record<string, readonly string[] | undefined>> = {
    sub: [sub],
    // For whom it was made, where that is not for whom it is.
    aud: typeof azp === 'string' ? [azp] : audiences,
    oaud: typeof azp === 'string' ? audiences : undefined,
    amr: Array.isArray(amr) ? amr.filter((one) => typeof one === 'string') : undefined,
    email: typeof email === 'string' ? [email] : undefined,
  };
  const facts = Object.entries(said).map(([claim, values]) => {
    const { name, suffix } = conditionKeyOf(`${issuer}:${claim}`);
    return [suffix === '' ? name : `${name}/${suffix}`, values] as const;
  });
  return { ...Object.fromEntries(facts), 'aws:federatedprovider': [arn] };
}
