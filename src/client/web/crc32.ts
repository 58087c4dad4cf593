/** CRC32 and CRC32C with a table of 1 KiB each, made when it is first needed. */
import type { RunningDigest } from '../runtime.ts';

/** Reflected. */
const polynomials = { CRC32: 0xedb88320, CRC32C: 0x82f63b78 } as const;

export type Crc32Algorithm = keyof typeof polynomials;

const tables: Partial<Record<Crc32Algorithm, Int32Array>> = {};

/** For each byte what it does to the rest. */
function tableOf(algorithm: Crc32Algorithm): Int32Array {
  const known = tables[algorithm];
  if (known !== undefined) return known;
  const polynomial = polynomials[algorithm];
  const table = new Int32Array(256).map((_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    return crc;
  });
  tables[algorithm] = table;
  return table;
}

export function openCrc32(algorithm: Crc32Algorithm): RunningDigest {
  const table = tableOf(algorithm);
  let state = -1;
  return {
    update(chunk) {
      let crc = state;
      for (let at = 0; at < chunk.length; at++) {
        crc = table[(crc ^ chunk[at]!) & 0xff]! ^ (crc >>> 8);
      }
      state = crc;
    },
    digest() {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setInt32(0, ~state);
      return bytes;
    },
  };
}
