/** Keys from environment variables. */
import type { Credentials } from '../../credentials/credentials.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined if the key or its secret is missing. */
export function environmentCredentials(env: Environment): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN || undefined };
}
