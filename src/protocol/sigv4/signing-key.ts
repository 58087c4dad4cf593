/**
 * The derived signing key of Signature Version 4 and what is signed with it.
 *
 * API reference, "Signature Calculations for the Authorization Header", tasks 2 and 3. A POST policy
 * is signed with `signText` over its base64 text.
 */

import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** Holds what it signs with where no log or error finds it. */
export interface SigningKey {
  /** HMAC-SHA256 in lower-case hex. */
  readonly sign: (text: string) => string;
}

/** Derived keys kept; at 4 HMACs a key, forgetting one costs about 20 µs. */
const maxCachedKeys = 1024;
const cachedKeys = new Map<string, SigningKey>();

/** `scopeDate` is yyyyMMdd. */
export function deriveSigningKey(
  secret: string,
  scopeDate: string,
  region: string,
  service: string,
): SigningKey {
  const cacheKey = `${scopeDate}/${region}/${service}/${secret}`;
  const cached = cachedKeys.get(cacheKey);
  if (cached !== undefined) return cached;
  const dateKey = hmac(`AWS4${secret}`, scopeDate);
  const regionKey = hmac(dateKey, region);
  const serviceKey = hmac(regionKey, service);
  const key = signingKeyOf(hmac(serviceKey, 'aws4_request'));
  if (cachedKeys.size >= maxCachedKeys) {
    const oldest = cachedKeys.keys().next();
    if (!oldest.done) cachedKeys.delete(oldest.value);
  }
  cachedKeys.set(cacheKey, key);
  return key;
}

/** HMAC-SHA256 in lower-case hex. */
export function signText(key: SigningKey, text: string): string {
  return key.sign(text);
}

const sha256BlockBytes = 64;
const sha256Bytes = 32;

/**
 * HMAC as RFC 2104 has it, of two hashes in one call each, the padded key at hand: `createHmac` makes a stream of
 * every signature and takes more than twice as long.
 * @param key at most a block long
 */
export function signingKeyOf(key: Buffer): SigningKey {
  const inner = Buffer.alloc(sha256BlockBytes, 0x36);
  const outer = Buffer.alloc(sha256BlockBytes + sha256Bytes, 0x5c);
  for (const [at, byte] of key.entries()) {
    inner[at]! ^= byte;
    outer[at]! ^= byte;
  }
  return {
    sign(text) {
      const bytes = Buffer.allocUnsafe(sha256BlockBytes + Buffer.byteLength(text));
      inner.copy(bytes);
      bytes.write(text, sha256BlockBytes);
      outer.write(hash('sha256', bytes, 'hex'), sha256BlockBytes, 'hex');
      return hash('sha256', outer, 'hex');
    },
  };
}

const ascii = /^[\0-\x7f]*$/;

/** SHA-256 in hex of text with one character per byte. */
export function sha256Hex(text: string): string {
  // What is ASCII, as most requests are, is the same bytes in UTF-8 and needs no buffer of its own.
  return hash('sha256', ascii.test(text) ? text : Buffer.from(text, 'latin1'), 'hex');
}

/** Compares in a time that depends on the lengths only. */
export function sameSignature(expected: string, provided: string): boolean {
  const a = Buffer.from(expected, 'latin1');
  const b = Buffer.from(provided, 'latin1');
  return a.length === b.length && timingSafeEqual(a, b);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
