/** Keys from environment variables. */
import { S3Error } from '../s3-error.ts';
import type { Credentials } from './credentials.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws S3Error MissingCredentials when asked, if a variable is missing */
export const environmentCredentials = (env: Environment) => async (): Promise<Credentials> => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) {
    throw new S3Error(
      'MissingCredentials',
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set',
    );
  }
  return { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN || undefined };
};
