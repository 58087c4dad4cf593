/** Chance from a seed: the same seed gives the same numbers, and each use has a stream of its own. */

export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  /** An integer from 0 to `count` - 1. */
  below(count: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  bytes(count: number): Buffer;
}

/** mulberry32, seeded by a number and what it is used for. */
export function createRandom(seed: number, use: string): Random {
  let state = seed >>> 0;
  for (const character of use) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0;

  const random: Random = {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    below: (count) => Math.floor(random.next() * count),
    chance: (probability) => random.next() < probability,
    pick: (list) => list[random.below(list.length)]!,
    bytes(count) {
      const bytes = Buffer.allocUnsafe(count + 4);
      for (let at = 0; at < count; at += 4) bytes.writeUInt32LE(random.next() * 2 ** 32, at);
      return bytes.subarray(0, count);
    },
  };
  return random;
}
