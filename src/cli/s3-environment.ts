/** Which S3 server a command speaks with, and with which keys: the variables that AWS's own tools read. */

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const endpointFrom = (env: Environment): string | undefined =>
  env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;

/** Undefined if there is more to it, which would be left out: a path, a user's name. */
export function originOf(endpoint: string): string | undefined {
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
