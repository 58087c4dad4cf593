/** ETags of parts, which are MD5s unless the server has encrypted them, and that of the whole, which is made of them. */
import { fromBase64 } from '../../protocol/byte-string.ts';
import { concat } from '../body.ts';
import { hex } from '../signing/sigv4.ts';

const md5Bytes = 16;

/** Undefined if it is no MD5. */
function md5In(etag: string): Uint8Array | undefined {
  const digits = /^"?([0-9a-f]{32})"?$/.exec(etag)?.[1];
  if (digits === undefined) return undefined;
  return Uint8Array.from({ length: md5Bytes }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}

/** @param md5 in base64 */
export const isEtagOf = (etag: string, md5: string): boolean =>
  etag.replaceAll('"', '') === hex(fromBase64(md5));

/** The MD5 of the parts' MD5s, and how many there are; undefined if one of them is no MD5. */
export function etagOfWhole(
  parts: readonly { readonly etag: string }[],
  md5Base64: (bytes: Uint8Array) => string,
): string | undefined {
  const digests = parts.map(({ etag }) => md5In(etag));
  if (digests.includes(undefined)) return undefined;
  const joined = concat(digests as readonly Uint8Array[], md5Bytes * digests.length);
  return `"${hex(fromBase64(md5Base64(joined)))}-${parts.length}"`;
}
