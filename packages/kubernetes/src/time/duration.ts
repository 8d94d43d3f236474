const millisecondsOf: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Go's form of a duration, as far as it makes sense here: `200ms`, `1.5s`, `1h30m`, `0`. Not negative. */
export const durationPattern: RegExp = /^(0|([0-9]+(\.[0-9]+)?(ms|s|m|h))+)$/

/** A hundred years: what is longer is a slip, and would not survive arithmetic. */
const longest = 100 * 365 * 24 * 3_600_000

/** Milliseconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(ms|s|m|h)/g)) {
    sum += Number(amount) * (millisecondsOf[unit ?? ''] ?? Number.NaN)
  }
  return sum <= longest ? sum : undefined
}

/** The shortest usual form: 90 000 is `1m30s`. Parts of a millisecond are dropped. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.trunc(milliseconds)
  const parts: string[] = []
  for (const unit of ['h', 'm', 's', 'ms']) {
    const size = millisecondsOf[unit] ?? 1
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.length === 0 ? '0s' : parts.join('')
}
