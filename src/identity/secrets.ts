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

export interface Sealer {
  /** @param context what the text belongs to; opened only with the same */
  seal(text: string, context: string): SealedSecret;
  /** Undefined if it was sealed under another key, for another context, or changed. */
  open(sealed: SealedSecret, context: string): string | undefined;
}

/**
 * @param masterKeys 32 bytes each: the first seals, all open
 * @param use such as `access-keys`
 */
export function createSealer(masterKeys: readonly Buffer[], use: string): Sealer {
  const keys = masterKeys.map((masterKey) => {
    const derive = (info: string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `kist identity ${info}`, bytes));
    return { id: derive('key id', keyIdBytes).toString('hex'), key: derive(use, keyBytes) };
  });
  const [current] = keys;
  if (current === undefined) throw new Error('there is no master key');
  return {
    seal(text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, current.key, nonce);
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(text, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return { key: current.id, sealed: sealed.toString('base64') };
    },
    open({ key: id, sealed }, context) {
      const found = keys.find((one) => one.id === id);
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
  };
}
