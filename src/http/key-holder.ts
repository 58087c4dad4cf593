/** Whom a request's access key stands for, and whether one of its secrets made the signature. */
import type { Caller, IdentityDirectory, KeyHolder } from '../identity/identity.ts';
import { S3Error } from '../protocol/errors.ts';
import type { KeyGuard } from './key-guard.ts';

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
  { account, principal, rate }: KeyHolder,
  accessKeyId: string,
): Caller & { readonly kind: 'account' } => ({
  kind: 'account',
  account,
  accessKeyId,
  principal,
  rate,
});

/** Whom to ask, and who guards against guesses from where. */
export interface KeyRoom {
  readonly identity: IdentityDirectory;
  readonly guard?: KeyGuard | undefined;
  readonly client?: { readonly clientAddress: string | undefined } | undefined;
}

/**
 * Whom the key stands for that a signature was made with. A key that gets another secret has two for a while; where
 * none made it, another process may just have changed them, so the newest are looked for before anybody is refused.
 * @param failed is told of what is thrown where none made it
 * @throws S3Error as `keyHolder`, what `verify` throws for the newest, and SlowDown after too many guesses
 */
export function provenHolder(
  room: KeyRoom,
  accessKeyId: string,
  sessionToken: string | undefined,
  verify: (secret: string) => void,
  failed?: (error: S3Error, secrets: readonly string[]) => void,
): KeyHolder {
  const { identity, guard, client } = room;
  if (guard !== undefined && !guard.idle) guard.admit(client?.clientAddress, accessKeyId);
  let holder: KeyHolder;
  try {
    holder = keyHolder(identity, accessKeyId, sessionToken);
  } catch (error) {
    throw guessed(room, error, accessKeyId);
  }
  const error = refusalOf(holder, verify);
  if (error === undefined) return holder;
  const renewed = sessionToken === undefined ? identity.renewedKey(accessKeyId) : undefined;
  if (renewed !== undefined && renewed !== holder && refusalOf(renewed, verify) === undefined) {
    if (renewed.suspended) throw new S3Error('AccountProblem');
    return renewed;
  }
  failed?.(error, holder.secrets);
  throw guessed(room, error, accessKeyId);
}

const guessed = ({ guard, client }: KeyRoom, error: unknown, accessKeyId: string): unknown =>
  guard !== undefined && error instanceof S3Error
    ? guard.guessed(error, client?.clientAddress, accessKeyId)
    : error;

/** Undefined if one of the secrets made the signature; else what is wrong with the newest. */
function refusalOf({ secrets }: KeyHolder, verify: (secret: string) => void): S3Error | undefined {
  try {
    verify(secrets[0]!);
    return undefined;
  } catch (error) {
    if (!(error instanceof S3Error) || error.code !== 'SignatureDoesNotMatch') throw error;
    for (const secret of secrets.slice(1)) {
      try {
        verify(secret);
        return undefined;
      } catch {
        // What is wrong with the newest is what is told.
      }
    }
    return error;
  }
}

/** For GetAccessKeyLastUsed. @param now milliseconds since the epoch */
export function noteUse({ use }: KeyHolder, service: string, region: string, now: number): void {
  if (use === undefined) return;
  use.at = now;
  use.service = service;
  use.region = region;
}
