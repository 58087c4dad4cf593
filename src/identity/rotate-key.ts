/**
 * A new secret for an access key that is in use: both are good for a while, so that its users can change over one by
 * one, and none of their requests fails.
 */
import { encodeRecord } from '../store/record-codec.ts';
import { openSecret, sealSecret } from './access-key-secrets.ts';
import type { ManagedIdentityDirectory } from './directory.ts';
import { newSecret } from './names.ts';
import { type AccessKeyRecord, accessKeyKey } from './records.ts';

/** The longest that a secret may stay good beside the one that took its place. */
export const maxKeyGraceMs = 30 * 86_400_000;

export interface RotatedKey {
  readonly accessKeyId: string;
  /** Told this once. */
  readonly secretAccessKey: string;
  /** Until when the secret before is good; milliseconds since the epoch. */
  readonly previousUntil: number;
}

/** The key can't be rotated, for a reason that its user can do something about. */
export class KeyRotationError extends Error {
  override readonly name = 'KeyRotationError';
  readonly code:
    | 'NoSuchKey'
    | 'ConfiguredKey'
    | 'RotationUnderWay'
    | 'InvalidGrace'
    | 'OtherMasterKey';
  constructor(code: KeyRotationError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * @param graceMs how long the secret before stays good; 0 ends it at once
 * @param now milliseconds since the epoch
 * @throws KeyRotationError
 */
export function rotateAccessKey(
  directory: Pick<ManagedIdentityDirectory, 'change' | 'keySealer'>,
  accessKeyId: string,
  graceMs: number,
  now: number,
): Promise<RotatedKey> {
  if (!(Number.isSafeInteger(graceMs) && graceMs >= 0 && graceMs <= maxKeyGraceMs)) {
    throw new KeyRotationError('InvalidGrace', 'The grace period is 0 seconds to 30 days.');
  }
  const { keySealer } = directory;
  const secretAccessKey = newSecret();
  return directory.change(({ keys }) => {
    const key = keys.get(accessKeyId);
    if (key === undefined) {
      throw new KeyRotationError('NoSuchKey', `There is no access key ${accessKeyId}.`);
    }
    if (key.configured) {
      throw new KeyRotationError(
        'ConfiguredKey',
        `Access key ${accessKeyId} is given by the server's settings, and changed there.`,
      );
    }
    if (key.previous !== undefined && key.previous.until > now && graceMs > 0) {
      throw new KeyRotationError(
        'RotationUnderWay',
        `Access key ${accessKeyId} has two secrets until ${new Date(key.previous.until).toISOString()}: wait, or end the older ones with a grace period of 0.`,
      );
    }
    const before = openSecret(key, keySealer);
    if (before === undefined) {
      throw new KeyRotationError(
        'OtherMasterKey',
        `The secret of access key ${accessKeyId} was sealed under another master key.`,
      );
    }
    const { secretAccessKey: _, previous: __, ...rest } = key;
    const previousUntil = now + graceMs;
    const rotated: AccessKeyRecord = {
      ...rest,
      sealed: sealSecret(accessKeyId, secretAccessKey, keySealer),
      ...(graceMs > 0 && {
        previous: { sealed: sealSecret(accessKeyId, before, keySealer), until: previousUntil },
      }),
    };
    return {
      ops: [{ op: 'put', at: accessKeyKey(accessKeyId), value: encodeRecord(rotated) }],
      result: { accessKeyId, secretAccessKey, previousUntil },
    };
  });
}
