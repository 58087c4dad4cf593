/** The secrets of access keys: sealed where they are stored, opened once a generation. */
import type { AccessKeyRecord } from './records.ts';
import type { SealedSecret, Sealer } from './secrets.ts';

const contextOf = (accessKeyId: string): string => `access key ${accessKeyId}`;

export const sealSecret = (
  accessKeyId: string,
  secretAccessKey: string,
  sealer: Sealer,
): SealedSecret => sealer.seal(secretAccessKey, contextOf(accessKeyId));

/** Undefined for a secret that was sealed under another master key. */
export function openSecret(
  {
    accessKeyId,
    sealed,
    secretAccessKey,
  }: Pick<AccessKeyRecord, 'accessKeyId' | 'sealed' | 'secretAccessKey'>,
  sealer: Sealer,
): string | undefined {
  // Up to version 2 of the format they were stored as they are.
  return sealed === undefined ? secretAccessKey : sealer.open(sealed, contextOf(accessKeyId));
}

/** The secrets that a key may sign with now: its own, and for a while the one before. Empty for one that is no good. */
export function liveSecrets(key: AccessKeyRecord, now: number, sealer: Sealer): readonly string[] {
  if (key.inactive || (key.expiresAt !== undefined && key.expiresAt <= now)) return [];
  const { accessKeyId, previous } = key;
  const secrets = [openSecret(key, sealer)];
  if (previous !== undefined && previous.until > now) {
    secrets.push(openSecret({ accessKeyId, sealed: previous.sealed }, sealer));
  }
  return secrets.filter((secret) => secret !== undefined);
}
