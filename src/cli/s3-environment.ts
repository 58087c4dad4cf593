/** Which S3 server a command speaks with, and with which keys: the variables that AWS's own tools read. */

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const endpointFrom = (env: Environment): string | undefined =>
  env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;

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
