/**
 * CRC64NVME with a table of 2 KiB, made when it is first needed: what S3 gives objects that came without a
 * checksum, so that downloads need no WebAssembly. In halves of 32 bits, which is as fast as CRC32.
 */
import type { RunningDigest } from '../runtime.ts';

/** Reflected polynomial. */
const polynomialHigh = 0x9a6c9329;
const polynomialLow = 0xac4bc9b5;

interface Table {
  readonly high: Int32Array;
  readonly low: Int32Array;
}

let table: Table | undefined;

/** For each byte what it does to the rest. */
function makeTable(): Table {
  const made = { high: new Int32Array(256), low: new Int32Array(256) };
  for (let byte = 0; byte < 256; byte++) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (carry === 1) {
        high ^= polynomialHigh;
        low ^= polynomialLow;
      }
    }
    made.high[byte] = high;
    made.low[byte] = low;
  }
  return made;
}

export function openCrc64(): RunningDigest {
  table ??= makeTable();
  const { high: highOf, low: lowOf } = table;
  let stateHigh = -1;
  let stateLow = -1;
  return {
    update(chunk) {
      let high = stateHigh;
      let low = stateLow;
      for (let at = 0; at < chunk.length; at++) {
        const byte = (low ^ chunk[at]!) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ lowOf[byte]!;
        high = (high >>> 8) ^ highOf[byte]!;
      }
      stateHigh = high;
      stateLow = low;
    },
    digest() {
      const bytes = new Uint8Array(8);
      const view = new DataView(bytes.buffer);
      view.setInt32(0, ~stateHigh);
      view.setInt32(4, ~stateLow);
      return bytes;
    },
  };
}
