/** Medians and spreads of a few samples. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** `values` has at least one. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('No samples.');
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), min: sorted[0]!, max: sorted.at(-1)! };
}

/** Of ascending values, between the two nearest. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}
