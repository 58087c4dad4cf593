/** The secrets of access keys under a new master key: those that are sealed under another one are sealed anew. */
import { encodeRecord } from '../store/record-codec.ts';
import { openSecret, sealSecret } from './access-key-secrets.ts';
import type { ManagedIdentityDirectory } from './directory.ts';
import { type AccessKeyRecord, accessKeyKey } from './records.ts';
import type { Sealer } from './secrets.ts';

/** Keys in one commit: what a kill in the middle leaves undone is done the next time. */
const maxBatch = 50;

export interface Resealed {
  readonly resealed: number;
  /** Sealed under a master key that is not at hand. */
  readonly unreadable: number;
}

export async function resealSecrets(
  directory: Pick<ManagedIdentityDirectory, 'change' | 'keySealer'>,
): Promise<Resealed> {
  const { keySealer } = directory;
  let resealed = 0;
  for (;;) {
    const { done, unreadable } = await directory.change(({ keys }) => {
      const stale = [...keys.values()].filter((key) => !isCurrent(key, keySealer));
      const renewed = stale.map((key) => renew(key, keySealer)).filter((key) => key !== undefined);
      const batch = renewed.slice(0, maxBatch);
      return {
        ops: batch.map((key) => ({
          op: 'put',
          at: accessKeyKey(key.accessKeyId),
          value: encodeRecord(key),
        })),
        result: { done: batch.length, unreadable: stale.length - renewed.length },
      };
    });
    resealed += done;
    if (done === 0) return { resealed, unreadable };
  }
}

const isCurrent = ({ sealed, previous }: AccessKeyRecord, sealer: Sealer): boolean =>
  sealed !== undefined &&
  sealer.isCurrent(sealed) &&
  (previous === undefined || sealer.isCurrent(previous.sealed));

function renew(key: AccessKeyRecord, sealer: Sealer): AccessKeyRecord | undefined {
  const { accessKeyId, previous, secretAccessKey: _, ...rest } = key;
  const secret = openSecret(key, sealer);
  const before = previous && openSecret({ accessKeyId, sealed: previous.sealed }, sealer);
  if (secret === undefined || (previous !== undefined && before === undefined)) return undefined;
  return {
    ...rest,
    accessKeyId,
    sealed: sealSecret(accessKeyId, secret, sealer),
    ...(previous !== undefined && {
      previous: { ...previous, sealed: sealSecret(accessKeyId, before!, sealer) },
    }),
  };
}
