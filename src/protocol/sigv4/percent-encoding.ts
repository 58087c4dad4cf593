/**
 * AWS's `UriEncode`: every byte but the unreserved characters of RFC 3986 as `%XY`, upper case.
 *
 * Works on text as it came over the wire (one character per byte, escapes intact), so that bytes that
 * are no UTF-8 survive, and returns its input untouched in the common case that it is canonical.
 */

const unreserved = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~') {
  unreserved[character.charCodeAt(0)] = 1;
}

const escapes = Array.from(
  { length: 256 },
  (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
);

const percent = 0x25;
const plus = 0x2b;
const slash = 0x2f;

const leftAlone = /[!'()*]/g;

/** Encodes text that holds no escapes; half of a surrogate pair counts as U+FFFD. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    leftAlone,
    (character) => escapes[character.charCodeAt(0)]!,
  );
}

/** A request path: decoded once and encoded again, the slashes between its segments kept. */
export function canonicalPath(rawPath: string): string {
  return isCanonical(rawPath, true) ? rawPath : recode(rawPath, true);
}

/** A name or value of a query string; `+` stands for a space. */
export function canonicalQueryPart(raw: string): string {
  return isCanonical(raw, false) ? raw : recode(raw, false);
}

function isCanonical(text: string, isPath: boolean): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 256 && unreserved[code] === 1) continue;
    if (code === slash && isPath) continue;
    if (code !== percent) return false;
    const high = upperHexDigit(text.charCodeAt(at + 1));
    const low = upperHexDigit(text.charCodeAt(at + 2));
    if (high < 0 || low < 0 || unreserved[high * 16 + low] === 1) return false;
    at += 2;
  }
  return true;
}

function recode(text: string, isPath: boolean): string {
  let encoded = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === percent) {
      const high = hexDigit(text.charCodeAt(at + 1));
      const low = hexDigit(text.charCodeAt(at + 2));
      if (high >= 0 && low >= 0) {
        encoded += encodeByte(high * 16 + low);
        at += 2;
        continue;
      }
      encoded += escapes[percent]!;
    } else if (code === slash && isPath) {
      encoded += '/';
    } else if (code === plus && !isPath) {
      encoded += '%20';
    } else {
      encoded += code < 256 ? encodeByte(code) : uriEncode(text.charAt(at));
    }
  }
  return encoded;
}

function encodeByte(byte: number): string {
  return unreserved[byte] === 1 ? String.fromCharCode(byte) : escapes[byte]!;
}

function upperHexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  return -1;
}

function hexDigit(code: number): number {
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : upperHexDigit(code);
}
