/**
 * The few statistics the benchmarks need. All of them are order statistics: one disturbed run among fifteen
 * changes a mean, but not a median.
 */

/** The p-quantile (0 to 1) with linear interpolation. NaN for no values. */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Median of the ratios of values measured in the same round. What disturbs a round slows both runs of a pair, so this
 * is steadier than the ratio of two medians. Both lists have one value for each round.
 */
export function pairedRatio(numerators: readonly number[], denominators: readonly number[]): number {
  return median(numerators.map((value, round) => value / denominators[round]!));
}

/** Median of the differences of values measured in the same round. */
export function pairedDifference(minuends: readonly number[], subtrahends: readonly number[]): number {
  return median(minuends.map((value, round) => value - subtrahends[round]!));
}
