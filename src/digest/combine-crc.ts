/**
 * The CRC of a concatenation from the CRCs of its parts: what makes FULL_OBJECT checksums of
 * multipart uploads and appends cost nothing.
 *
 * crc(a ‖ b) = crc(a) · x^(8·|b|) ⊕ crc(b) over GF(2) modulo the polynomial, for CRCs that start
 * from and end with all ones. Polynomials are reflected: the highest bit is the coefficient of x⁰.
 * Arithmetic is on unsigned 32-bit halves, since 10,000 parts are combined in one request. Runs in browsers, too:
 * the client combines what it sends.
 */

/** Reflected generator; `high` is 0 for the 32-bit ones. */
const generators = {
  CRC32: { bits: 32, high: 0, low: 0xedb88320 },
  CRC32C: { bits: 32, high: 0, low: 0x82f63b78 },
  CRC64NVME: { bits: 64, high: 0x9a6c9329, low: 0xac4bc9b5 },
} as const;

export type CombinableCrc = keyof typeof generators;

export const isCombinable = (name: string): name is CombinableCrc =>
  Object.hasOwn(generators, name);

interface Generator {
  readonly bits: 32 | 64;
  readonly high: number;
  readonly low: number;
}

interface Polynomial {
  readonly high: number;
  readonly low: number;
}

/** The CRC of a and b in one piece; `a` and `b` are big-endian results, `lengthOfB` is in bytes. */
export function combineCrc(
  name: CombinableCrc,
  a: Uint8Array,
  b: Uint8Array,
  lengthOfB: number,
): Uint8Array {
  if (!Number.isSafeInteger(lengthOfB) || lengthOfB < 0 || lengthOfB > maxLengthBytes) {
    throw new RangeError(`length out of range: ${lengthOfB}`);
  }
  const generator = generators[name];
  const shifted = multiply(generator, shiftBy(name, lengthOfB), read(generator, a));
  const second = read(generator, b);
  const result = new Uint8Array(generator.bits / 8);
  const numbers = new DataView(result.buffer);
  if (generator.bits === 64) numbers.setUint32(0, shifted.high ^ second.high);
  numbers.setUint32(generator.bits / 8 - 4, shifted.low ^ second.low);
  return result;
}

/** So that the number of bits stays a safe integer; 1 PiB, far beyond any object. */
const maxLengthBytes = 2 ** 50;

/** The last shift of each algorithm: parts of one upload nearly all have the same length. */
const lastShift = new Map<CombinableCrc, { lengthBytes: number; shift: Polynomial }>();

/** x^(8·lengthBytes) modulo the generator. */
function shiftBy(name: CombinableCrc, lengthBytes: number): Polynomial {
  const last = lastShift.get(name);
  if (last?.lengthBytes === lengthBytes) return last.shift;
  const generator = generators[name];
  const powers = powersOfX(name);
  let shift = one(generator);
  let exponent = lengthBytes;
  // The lowest bit of a length in bytes stands for x^8 = x^(2^3).
  for (let power = 3; exponent > 0; power++) {
    if (exponent % 2 === 1) shift = multiply(generator, powers[power]!, shift);
    exponent = Math.floor(exponent / 2);
  }
  lastShift.set(name, { lengthBytes, shift });
  return shift;
}

const powerTables = new Map<CombinableCrc, readonly Polynomial[]>();

/** x^(2^n) for n = 0..53. */
function powersOfX(name: CombinableCrc): readonly Polynomial[] {
  let table = powerTables.get(name);
  if (table === undefined) {
    const generator = generators[name];
    const x = generator.bits === 64 ? { high: 0x40000000, low: 0 } : { high: 0, low: 0x40000000 };
    const powers: Polynomial[] = [x];
    for (let n = 1; n <= 53; n++) {
      const previous = powers[n - 1]!;
      powers.push(multiply(generator, previous, previous));
    }
    table = powers;
    powerTables.set(name, table);
  }
  return table;
}

function one(generator: Generator): Polynomial {
  return generator.bits === 64 ? { high: 0x80000000, low: 0 } : { high: 0, low: 0x80000000 };
}

function read(generator: Generator, crc: Uint8Array): Polynomial {
  if (crc.length !== generator.bits / 8) throw new RangeError(`CRC of ${crc.length} bytes`);
  const numbers = new DataView(crc.buffer, crc.byteOffset, crc.length);
  return generator.bits === 64
    ? { high: numbers.getUint32(0), low: numbers.getUint32(4) }
    : { high: 0, low: numbers.getUint32(0) };
}

/** a · b modulo the generator, Horner's way from the coefficient of x⁰ of `a` upwards. */
function multiply(generator: Generator, a: Polynomial, b: Polynomial): Polynomial {
  let high = 0;
  let low = 0;
  let bHigh = b.high;
  let bLow = b.low;
  const wide = generator.bits === 64;
  for (let bit = generator.bits - 1; bit >= 0; bit--) {
    const coefficient = bit >= 32 ? (a.high >>> (bit - 32)) & 1 : (a.low >>> bit) & 1;
    if (coefficient === 1) {
      high ^= bHigh;
      low ^= bLow;
    }
    const carry = bLow & 1;
    bLow = wide ? (bLow >>> 1) | ((bHigh & 1) << 31) : bLow >>> 1;
    bHigh >>>= 1;
    if (carry === 1) {
      bHigh ^= generator.high;
      bLow ^= generator.low;
    }
  }
  return { high: high >>> 0, low: low >>> 0 };
}
