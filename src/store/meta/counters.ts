/** Vectors of signed 64-bit counters, as `add` keeps them: little-endian int64s, absent = zeros. */

const counterBytes = 8;

/** The vector after adding; a shorter stored vector is widened, a longer one keeps its tail. */
export function addCounters(stored: Buffer | undefined, deltas: readonly number[]): Buffer {
  const storedBytes = stored?.length ?? 0;
  if (storedBytes % counterBytes !== 0) {
    throw new RangeError(`add to a record of ${storedBytes} bytes, which is no vector of counters`);
  }
  const sum = Buffer.alloc(Math.max(storedBytes, deltas.length * counterBytes));
  if (stored) sum.set(stored);
  for (let i = 0; i < deltas.length; i++) {
    const delta = deltas[i]!;
    // Most are: a put changes two counters of eight.
    if (delta === 0) continue;
    if (!Number.isSafeInteger(delta)) throw new RangeError(`counter delta ${delta} is no integer`);
    const at = i * counterBytes;
    sum.writeBigInt64LE(BigInt.asIntN(64, sum.readBigInt64LE(at) + BigInt(delta)), at);
  }
  return sum;
}
