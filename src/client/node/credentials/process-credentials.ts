/**
 * Keys that a program prints: `credential_process` of a profile.
 *
 * AWS SDKs and Tools Reference Guide, "Process credential provider".
 */
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import type { Credentials } from '../../credentials/credentials.ts';
import { S3Error } from '../../s3-error.ts';

const timeoutMs = 60_000;
const knownVersion = 1;

/** @param command as a shell reads it */
export async function processCredentials(command: string): Promise<Credentials> {
  let answer: Readonly<Record<string, unknown>>;
  try {
    const { stdout } = await promisify(exec)(command, { timeout: timeoutMs });
    answer = JSON.parse(stdout) as typeof answer;
  } catch (cause) {
    // What it printed may hold a secret.
    const why = cause instanceof SyntaxError ? 'printed no JSON' : 'failed';
    throw new S3Error('MissingCredentials', `the credential_process of the profile ${why}`, {
      cause: cause instanceof SyntaxError ? undefined : cause,
    });
  }
  const { Version: version, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = answer;
  if (
    version !== knownVersion ||
    typeof accessKeyId !== 'string' ||
    typeof secretAccessKey !== 'string'
  ) {
    throw new S3Error(
      'MissingCredentials',
      'the credential_process of the profile printed no keys of version 1',
    );
  }
  const { SessionToken: sessionToken, Expiration: expiration } = answer;
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined,
    expiration: typeof expiration === 'string' ? new Date(expiration) : undefined,
  };
}
