/**
 * Which S3 server a command speaks with, and with which keys: the variables that AWS's own tools read, and the
 * flag that comes before them.
 */
import { InvalidArgumentError, Option } from 'commander';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A server on this machine, where nothing names another. */
const localEndpoint = 'http://127.0.0.1:9000';

/** `--endpoint`: `what` it names, and what is taken where nothing names one. */
export const endpointOption = (what = 'Server', otherwise = localEndpoint): Option =>
  new Option(
    '--endpoint <url>',
    `${what} (also AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL; default: ${otherwise})`,
  ).argParser(parseEndpoint);

/** An origin, without path, query or credentials. */
export function parseEndpoint(text: string): string {
  const origin = originOf(text);
  if (origin !== undefined) return origin;
  throw new InvalidArgumentError('It must be such as http://127.0.0.1:9000.');
}

/**
 * As an origin: what the flag says, else the environment, else `otherwise`. Undefined if that is none: say
 * `noOrigin` and not what was given, which may hold a password.
 */
export const chosenEndpoint = (
  flag: string | undefined,
  env: Environment,
  otherwise = localEndpoint,
): string | undefined =>
  originOf(flag ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || otherwise));

/** Undefined if there is more to it, which would be left out: a path, a user's name. */
function originOf(endpoint: string): string | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isOrigin =
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  return isOrigin ? url.origin : undefined;
}

export const noOrigin =
  'The endpoint in AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL must be such as https://s3.example.com.';

export const regionFrom = (env: Environment): string =>
  env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';

/** Undefined if a key or its secret is missing. */
export function credentialsFrom(env: Environment): S3Credentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const { AWS_SESSION_TOKEN: sessionToken } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

export const noCredentials = 'No access key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
