/** Choices that a soak leaves to chance. */

export function anyOf<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)]!;
}

export const chance = (share: number): boolean => Math.random() < share;

/** One of a mix whose shares add up to `total`. */
export function byShare<T>(
  mix: readonly (readonly [choice: T, share: number])[],
  total: number,
): T {
  let at = Math.random() * total;
  for (const [choice, share] of mix) {
    at -= share;
    if (at < 0) return choice;
  }
  return mix[0]![0];
}
