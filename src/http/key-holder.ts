/** Whom a request's access key stands for, and whether one of its secrets made the signature. */
import type { Caller, IdentityDirectory, KeyHolder } from '../identity/identity.ts';
import { S3Error } from '../protocol/errors.ts';

/** @throws S3Error InvalidAccessKeyId, InvalidToken, ExpiredToken, AccountProblem */
export function keyHolder(
  identity: IdentityDirectory,
  accessKeyId: string,
  sessionToken: string | undefined,
): KeyHolder {
  const found =
    sessionToken === undefined
      ? identity.accessKey(accessKeyId)
      : identity.session(sessionToken, accessKeyId);
  if (found === 'expired')
    throw new S3Error('ExpiredToken', { fields: { 'Token-0': sessionToken! } });
  if (found === undefined) {
    throw sessionToken === undefined
      ? new S3Error('InvalidAccessKeyId', { fields: { AWSAccessKeyId: accessKeyId } })
      : new S3Error('InvalidToken', { fields: { 'Token-0': sessionToken } });
  }
  if (found.suspended) throw new S3Error('AccountProblem');
  return found;
}

export const callerOf = (
  { account, principal }: KeyHolder,
  accessKeyId: string,
): Caller & { readonly kind: 'account' } => ({ kind: 'account', account, accessKeyId, principal });

/**
 * The outcome of the first secret that the signature was made with: a key that gets another has two for a while.
 * @param failed is told of what is thrown where none made it
 * @throws what `verify` throws for the newest
 */
export function withSecrets<T>(
  { secrets }: KeyHolder,
  verify: (secret: string) => T,
  failed?: (error: S3Error) => void,
): T {
  const [newest, ...older] = secrets;
  try {
    return verify(newest!);
  } catch (error) {
    if (!(error instanceof S3Error) || error.code !== 'SignatureDoesNotMatch') throw error;
    for (const secret of older) {
      try {
        return verify(secret);
      } catch {
        // What is wrong with the newest is what is told.
      }
    }
    failed?.(error);
    throw error;
  }
}
