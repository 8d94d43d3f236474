/**
 * By target: the weight of its load. A load L costs weight x L², and the weight is the inverse of the capacity, so that
 * servers fill evenly in proportion to what they can take. One without a limit counts as the largest that has one.
 * Whole numbers: exact up to the least common multiple of the capacities, or to one part in 10 000.
 */
export function loadWeights(capacities: readonly number[]): Float64Array {
  const finite = [...new Set(capacities.filter((capacity) => capacity > 0 && Number.isFinite(capacity)))]
  const largest = finite.reduce((most, capacity) => Math.max(most, capacity), 1)
  const whole = finite.reduce((product, capacity) => Math.min(mostExact + 1, leastCommonMultiple(product, capacity)), 1)
  const unit = whole > mostExact ? 10_000 * largest : whole
  return Float64Array.from(capacities, (capacity) =>
    capacity > 0 ? Math.max(1, Math.round(unit / Math.min(capacity, largest))) : 1,
  )
}

const mostExact = 100_000

function leastCommonMultiple(a: number, b: number): number {
  let [larger, smaller] = [a, b]
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller]
  return (a / larger) * b
}
