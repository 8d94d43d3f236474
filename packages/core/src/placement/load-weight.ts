/**
 * By target: the weight of its load. A load L costs weight x L², and the weight is the inverse of the slots, so that
 * servers fill evenly in proportion to what they can take. One without a limit counts as the largest that has one.
 * Whole numbers: exact if the least common multiple of the slots is no more than `most`, else
 * rounded, to one part in 10 000 where `most` allows it.
 */
export function loadWeights(slots: readonly number[], most: number): Float64Array {
  const finite = [...new Set(slots.filter((one) => one > 0 && Number.isFinite(one)))]
  const largest = finite.reduce((greatest, one) => Math.max(greatest, one), 1)
  const whole = finite.reduce((product, one) => Math.min(most + 1, leastCommonMultiple(product, one)), 1)
  const unit = whole > most ? Math.min(10_000 * largest, most) : whole
  return Float64Array.from(slots, (one) => (one > 0 ? Math.max(1, Math.round(unit / Math.min(one, largest))) : 1))
}

function leastCommonMultiple(a: number, b: number): number {
  let [larger, smaller] = [a, b]
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller]
  return (a / larger) * b
}
