/**
 * Keys encrypted with other keys: AES-256-GCM under a key that is made for this one use (HMAC-SHA256 of the
 * wrapping key over 32 random bytes), so that a wrapping key never wears out. What the key is for goes in as
 * associated data: a wrapped key opens in its own context only.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

export const keyBytes = 32;
const saltBytes = 32;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';
/** Each wrapping has a key of its own, so its nonce may be any. */
const onlyNonce = Buffer.alloc(12);

const wrappingKey = (key: Buffer, salt: Buffer): Buffer =>
  createHmac('sha256', key).update('wrap').update(salt).digest();

/** A key for one purpose from a key for several. */
export function derivedKey(key: Buffer, purpose: string): Buffer {
  return createHmac('sha256', key).update('purpose').update(purpose).digest();
}

/** Salt, encrypted key and tag in base64. */
export function wrapKey(
  wrapping: Buffer,
  key: Buffer,
  context: string,
  randomBytes: (length: number) => Buffer,
): string {
  const salt = randomBytes(saltBytes);
  const cipher = createCipheriv(algorithm, wrappingKey(wrapping, salt), onlyNonce);
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
  return Buffer.concat([salt, sealed, cipher.getAuthTag()]).toString('base64');
}

/** Undefined if it was wrapped with another key, in another context, or is damaged. */
export function unwrapKey(wrapping: Buffer, wrapped: string, context: string): Buffer | undefined {
  const bytes = Buffer.from(wrapped, 'base64');
  if (bytes.length !== saltBytes + keyBytes + tagBytes) return undefined;
  const salt = bytes.subarray(0, saltBytes);
  const end = bytes.length - tagBytes;
  const decipher = createDecipheriv(algorithm, wrappingKey(wrapping, salt), onlyNonce);
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(end));
  const key = decipher.update(bytes.subarray(saltBytes, end));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return key;
}
