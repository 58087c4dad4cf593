/**
 * The derived signing key of Signature Version 4 and what is signed with it.
 *
 * API reference, "Signature Calculations for the Authorization Header", tasks 2 and 3. A POST policy
 * is signed with `signText` over its base64 text.
 */

import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';

export type SigningKey = KeyObject;

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
  const key = createSecretKey(hmac(serviceKey, 'aws4_request'));
  if (cachedKeys.size >= maxCachedKeys) {
    const oldest = cachedKeys.keys().next();
    if (!oldest.done) cachedKeys.delete(oldest.value);
  }
  cachedKeys.set(cacheKey, key);
  return key;
}

/** HMAC-SHA256 in lower-case hex. */
export function signText(key: SigningKey, text: string): string {
  return createHmac('sha256', key).update(text, 'utf8').digest('hex');
}

/** SHA-256 in hex of text with one character per byte. */
export function sha256Hex(text: string): string {
  return hash('sha256', Buffer.from(text, 'latin1'), 'hex');
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
