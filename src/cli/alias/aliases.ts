/**
 * Names for servers and keys. Beside those that somebody has set there are `env`, what the environment says;
 * `aws:PROFILE`, a profile of ~/.aws; and `local`, a server on this machine with the keys that it has made.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientConfig } from '../../client/config.ts';
import { fromProfile } from '../../client/node/credentials/chain.ts';
import { environmentSettings } from '../../client/node/environment-settings.ts';
import { CommandError } from '../command-error.ts';
import { aliasFile, type Environment, readAliases, type StoredAlias } from './alias-file.ts';

export interface Alias {
  readonly name: string;
  readonly kind: 'set' | 'environment' | 'profile' | 'local';
  /** Endpoint, region, keys and how requests are signed. */
  readonly client: ClientConfig;
  readonly consoleUrl?: string | undefined;
}

export const environmentAlias = 'env';
export const localAlias = 'local';
export const profilePrefix = 'aws:';
/** Names that mean something already. `local` may be set, and then means that. */
export const reservedNames: ReadonlySet<string> = new Set([environmentAlias, 'aws', 's3']);

const localEndpoint = 'http://127.0.0.1:9000';

/**
 * What `s3://` means: KIST_ALIAS, else what the environment names, else the server on this machine.
 */
export function defaultAliasName(env: Environment): string {
  if (env.KIST_ALIAS) return env.KIST_ALIAS;
  const speaks = [
    env.AWS_ACCESS_KEY_ID,
    env.AWS_PROFILE,
    env.AWS_ENDPOINT_URL_S3,
    env.AWS_ENDPOINT_URL,
    env.AWS_WEB_IDENTITY_TOKEN_FILE,
  ];
  return speaks.some(Boolean) ? environmentAlias : localAlias;
}

/** @throws CommandError if there is none of that name, or it has no keys */
export function findAlias(name: string, env: Environment): Alias {
  if (name === environmentAlias) return { name, kind: 'environment', client: {} };
  if (name.startsWith(profilePrefix)) {
    return { name, kind: 'profile', client: ofProfile(name.slice(profilePrefix.length), env) };
  }
  const stored = readAliases(env).get(name);
  if (stored !== undefined) {
    const client = clientOf(stored);
    return { name, kind: 'set', client, consoleUrl: stored.consoleUrl };
  }
  if (name === localAlias) return { name, kind: 'local', client: localClient(env) };
  throw new CommandError(
    `There is no alias ${name}. "kist alias list" shows those there are; "kist alias set ${name} https://…" makes it. A local path begins with ./ or /.`,
  );
}

function clientOf(alias: StoredAlias): ClientConfig {
  const { endpoint, region, accessKeyId, secretAccessKey, signatureVersion, addressingStyle } =
    alias;
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    endpoint,
    region,
    signatureVersion,
    addressingStyle,
    credentials: hasKeys ? { accessKeyId, secretAccessKey } : null,
  };
}

/** The profile's own settings: what the environment says of endpoint and region is that of another one. */
function ofProfile(profile: string, env: Environment): ClientConfig {
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = env;
  const own = { AWS_PROFILE: profile, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE };
  const { endpoint, region, signatureVersion, addressingStyle } = environmentSettings(own);
  return {
    // A client without an endpoint would ask the environment.
    endpoint: endpoint ?? `https://s3.${region ?? 'us-east-1'}.amazonaws.com`,
    region,
    signatureVersion: signatureVersion as ClientConfig['signatureVersion'],
    addressingStyle: addressingStyle as ClientConfig['addressingStyle'],
    credentials: fromProfile(profile, env),
  };
}

function localClient(env: Environment): ClientConfig {
  const dataDir = env.KIST_DATA_DIR || 'kist-data';
  const file = join(dataDir, 'root-credentials.json');
  const given = {
    accessKeyId: env.KIST_ROOT_ACCESS_KEY_ID,
    secretAccessKey: env.KIST_ROOT_SECRET_ACCESS_KEY,
  };
  const { accessKeyId, secretAccessKey } =
    given.accessKeyId && given.secretAccessKey ? given : storedKeys(file, env);
  if (!accessKeyId || !secretAccessKey) {
    throw new CommandError(
      `${file} has no keys, as the server was given them from outside: set KIST_ROOT_ACCESS_KEY_ID and KIST_ROOT_SECRET_ACCESS_KEY, or use an alias ("kist alias set").`,
    );
  }
  const port = env.KIST_PORT;
  const endpoint = port && /^\d{1,5}$/.test(port) ? `http://127.0.0.1:${port}` : localEndpoint;
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } };
}

function storedKeys(file: string, env: Environment) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<string, string>>;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it is no JSON';
    throw new CommandError(
      `No server to speak with: ${file} can't be read (${code}), where "local" would find its keys. Start "kist serve" here, set KIST_DATA_DIR, or name another server: "kist alias set" (they are kept in ${aliasFile(env)}), or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL.`,
    );
  }
}
