/** The value at a share of the sorted samples, by the nearest rank; `undefined` of none. */
export function quantile(samples: readonly number[], share: number): number | undefined {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

export interface Spread {
  readonly p50: number | undefined
  readonly p95: number | undefined
  readonly max: number | undefined
}

export function spread(samples: readonly number[]): Spread {
  return { p50: quantile(samples, 0.5), p95: quantile(samples, 0.95), max: quantile(samples, 1) }
}
