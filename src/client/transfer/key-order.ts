/**
 * The order of keys in S3's lists: that of their UTF-8 bytes. JavaScript compares UTF-16 units, which puts
 * characters beyond U+FFFF before those from U+E000 on.
 *
 * API reference, "ListObjectsV2".
 */

/** Negative if `a` comes first, 0 if they are the same. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Halves of pairs, which stand for what comes last, after all other units. */
const rank = (unit: number): number =>
  unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
