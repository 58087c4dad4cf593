/**
 * Where keys are looked for if none are given, in the order of boto3: environment, a profile that assumes a role,
 * web identity, a profile's own keys or program, the container, the machine.
 *
 * A place that is named and fails is an error: keys of another place may belong to somebody else.
 */

import type { CredentialProvider, Credentials } from '../../credentials/credentials.ts';
import { refreshing } from '../../credentials/refreshing.ts';
import { S3Error } from '../../s3-error.ts';
import { type Environment, environmentCredentials } from './environment.ts';
import type { Section } from './ini.ts';
import { containerCredentials, instanceCredentials } from './metadata-service.ts';
import { processCredentials } from './process-credentials.ts';
import { type Profiles, readProfiles } from './profiles.ts';
import { assumeRole, assumeRoleWithWebIdentity, type Role, type StsPlace } from './sts.ts';

type Find = () => Promise<Credentials>;

interface Places {
  readonly env: Environment;
  readonly profiles: Profiles;
  readonly sts: StsPlace;
}

/** Found at the first request, and again before they end. */
export function defaultCredentials(env: Environment): CredentialProvider {
  const fromEnvironment = environmentCredentials(env);
  if (fromEnvironment !== undefined) return () => fromEnvironment;
  return lazily(() => {
    const places = placesOf(env);
    const { chosen, isNamed } = places.profiles;
    const profile = places.profiles.get(chosen);
    if (profile === undefined && isNamed) throw missing(`there is no profile called ${chosen}`);
    const ofProfile = profile && profileCredentials(places, chosen, profile, []);
    const fromRole = profile?.role_arn ? ofProfile : undefined;
    return (
      fromRole ??
      webIdentity(env, places.sts) ??
      ofProfile ??
      containerCredentials(env) ??
      instanceOr(env)
    );
  });
}

/** The keys of a profile, whatever the environment says: `credentials: fromProfile('backup')`. */
export function fromProfile(name: string, env: Environment = process.env): CredentialProvider {
  return lazily(() => {
    const places = placesOf(env);
    const profile = places.profiles.get(name);
    if (profile === undefined) throw missing(`there is no profile called ${name}`);
    const find = profileCredentials(places, name, profile, []);
    if (find === undefined) throw missing(`the profile ${name} has no keys`);
    return find;
  });
}

/** The place is looked for once, and asked again before what it gave ends. */
function lazily(choose: () => Find): CredentialProvider {
  let find: Find | undefined;
  return refreshing(async () => {
    find ??= choose();
    return find();
  });
}

function placesOf(env: Environment): Places {
  const profiles = readProfiles(env);
  const region = regionOf(env, profiles) ?? 'us-east-1';
  return { env, profiles, sts: { endpoint: env.AWS_ENDPOINT_URL_STS || undefined, region } };
}

function instanceOr(env: Environment): Find {
  const find = instanceCredentials(env);
  return async () => {
    const cause = find === undefined ? undefined : await find().catch((error: unknown) => error);
    if (cause !== undefined && !(cause instanceof Error)) return cause as Credentials;
    throw new S3Error(
      'MissingCredentials',
      'no keys were found: pass credentials, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE; for none at all pass credentials: null',
      { cause },
    );
  };
}

const missing = (why: string) => new S3Error('MissingCredentials', why);

export const regionOf = (env: Environment, profiles: Profiles): string | undefined =>
  env.AWS_REGION || env.AWS_DEFAULT_REGION || profiles.get(profiles.chosen)?.region || undefined;

function webIdentity(env: Environment, sts: StsPlace): Find | undefined {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: arn } = env;
  if (!file || !arn) return undefined;
  const role = { arn, sessionName: env.AWS_ROLE_SESSION_NAME };
  return () => assumeRoleWithWebIdentity(sts, role, file);
}

/**
 * Undefined for a profile that says nothing of keys.
 * @param visited profiles whose role is to be assumed with this one's keys
 */
function profileCredentials(
  places: Places,
  name: string,
  profile: Section,
  visited: readonly string[],
): Find | undefined {
  const refused = ['sso_session', 'sso_start_url', 'login_session'].find((one) => profile[one]);
  const role = roleOf(profile);
  // A profile may name itself as the source: then its own keys are meant.
  if (role !== undefined && visited.at(-1) !== name)
    return assumed(places, name, profile, role, visited);
  const own = ownKeys(profile);
  if (own !== undefined) return async () => own;
  const command = profile.credential_process;
  if (command) return () => processCredentials(command);
  if (refused !== undefined) {
    throw missing(`the profile ${name} signs in with ${refused}, which this client doesn't`);
  }
  return undefined;
}

function ownKeys(profile: Section): Credentials | undefined {
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = profile;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: profile.aws_session_token || undefined };
}

function roleOf(profile: Section): Role | undefined {
  if (!profile.role_arn) return undefined;
  return {
    arn: profile.role_arn,
    sessionName: profile.role_session_name,
    externalId: profile.external_id,
    durationSeconds: profile.duration_seconds,
  };
}

function assumed(
  places: Places,
  name: string,
  profile: Section,
  role: Role,
  visited: readonly string[],
): Find {
  const { sts } = places;
  const file = profile.web_identity_token_file;
  if (file) return () => assumeRoleWithWebIdentity(sts, role, file);
  if (profile.mfa_serial)
    throw missing(
      `the profile ${name} asks for a code of ${profile.mfa_serial}, which this client can't ask for`,
    );
  const source = sourceOf(places, name, profile, visited);
  return async () => assumeRole(sts, role, await source());
}

function sourceOf(
  places: Places,
  name: string,
  profile: Section,
  visited: readonly string[],
): Find {
  const { env, profiles } = places;
  const { source_profile: source, credential_source: kind } = profile;
  if (source) {
    if (source !== name && visited.includes(source))
      throw missing(`the profile ${name} is its own source`);
    const section = profiles.get(source);
    const find = section && profileCredentials(places, source, section, [...visited, name]);
    if (find === undefined)
      throw missing(`the profile ${source}, which ${name} refers to, has no keys`);
    return find;
  }
  const named: Readonly<Record<string, (() => Find | undefined) | undefined>> = {
    Environment: () => {
      const found = environmentCredentials(env);
      return found && (async () => found);
    },
    EcsContainer: () => containerCredentials(env),
    Ec2InstanceMetadata: () => instanceCredentials(env),
  };
  const find = named[kind ?? '']?.();
  if (find === undefined) {
    throw missing(
      `the profile ${name} has a role and neither source_profile nor a credential_source that has keys`,
    );
  }
  return find;
}
