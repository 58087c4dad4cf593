/** Bytes as text with one character each, and as base64, with what Node and browsers have in common. */

/** Arguments of one call. */
const maxSpread = 8192;

export function toByteString(bytes: Uint8Array): string {
  if (bytes.length <= maxSpread) return String.fromCharCode(...bytes);
  let text = '';
  for (let at = 0; at < bytes.length; at += maxSpread) {
    text += String.fromCharCode(...bytes.subarray(at, at + maxSpread));
  }
  return text;
}

/** Of characters beyond U+00FF the low byte. */
export function bytesOfByteString(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

export const toBase64 = (bytes: Uint8Array): string => btoa(toByteString(bytes));

/** @throws DOMException for text that is no base64 */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => bytesOfByteString(atob(text));
