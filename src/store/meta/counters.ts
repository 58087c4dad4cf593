/** Vectors of signed 64-bit counters, as `add` keeps them: little-endian int64s, absent = zeros. */

const counterBytes = 8;

/** As numbers; beyond the record's end, zeros. */
export const readCounter = (stored: Buffer | undefined, index: number): number =>
  stored === undefined || stored.length < (index + 1) * counterBytes
    ? 0
    : Number(stored.readBigInt64LE(index * counterBytes));

/** Whether a counter that `deltas` makes grow has passed its bound. */
export const isBeyond = (
  sum: Buffer,
  deltas: readonly number[],
  most: readonly (number | undefined)[],
): boolean =>
  most.some(
    (bound, i) => bound !== undefined && (deltas[i] ?? 0) > 0 && readCounter(sum, i) > bound,
  );

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
