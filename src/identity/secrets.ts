/**
 * Secrets at rest and in session tokens: AES-256-GCM under keys that are derived from the server's master key, one
 * for each use, so that what was sealed for one is of no use for another.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export interface SealedSecret {
  /** Which master key it was sealed under: the start of a hash of it. */
  readonly key: string;
  /** Nonce, ciphertext and tag, in base64. */
  readonly sealed: string;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
const keyIdBytes = 6;

/** The first seals, all open. */
export interface MasterKeys {
  /** 32 bytes each. */
  readonly all: readonly Buffer[];
  /** Looks for keys that came since; whether there are any. */
  reload(): boolean;
}

export interface Sealer {
  /** @param context what the text belongs to; opened only with the same */
  seal(text: string, context: string): SealedSecret;
  /** Undefined if it was sealed under another key, for another context, or changed. */
  open(sealed: SealedSecret, context: string): string | undefined;
  /** It was sealed under the key that seals now. */
  isCurrent(sealed: SealedSecret): boolean;
}

/** @param use such as `access-keys` */
export function createSealer(given: readonly Buffer[] | MasterKeys, use: string): Sealer {
  const masterKeys: MasterKeys = 'reload' in given ? given : { all: given, reload: () => false };
  const derived = new WeakMap<Buffer, DerivedKey>();
  const keyOf = (masterKey: Buffer): DerivedKey => {
    let key = derived.get(masterKey);
    if (key === undefined) {
      key = derive(masterKey, use);
      derived.set(masterKey, key);
    }
    return key;
  };
  const current = (): DerivedKey => {
    const [newest] = masterKeys.all;
    if (newest === undefined) throw new Error('there is no master key');
    return keyOf(newest);
  };
  const find = (id: string) => masterKeys.all.map(keyOf).find((one) => one.id === id);
  current();
  return {
    seal(text, context) {
      const nonce = randomBytes(nonceBytes);
      const { id, key } = current();
      const cipher = createCipheriv(algorithm, key, nonce);
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(text, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return { key: id, sealed: sealed.toString('base64') };
    },
    open({ key: id, sealed }, context) {
      const found = find(id) ?? (masterKeys.reload() ? find(id) : undefined);
      const bytes = Buffer.from(sealed, 'base64');
      if (found === undefined || bytes.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv(algorithm, found.key, bytes.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
    isCurrent: ({ key }) => key === current().id,
  };
}

interface DerivedKey {
  readonly id: string;
  readonly key: Buffer;
}

function derive(masterKey: Buffer, use: string): DerivedKey {
  const bytesOf = (info: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `kist identity ${info}`, bytes));
  return { id: bytesOf('key id', keyIdBytes).toString('hex'), key: bytesOf(use, keyBytes) };
}
