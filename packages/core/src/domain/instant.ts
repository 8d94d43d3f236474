/** A time as records have it: RFC 3339 in UTC with milliseconds. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** Unix milliseconds of a record's time; `undefined` for what is absent or no time. */
export function parseInstant(text: string | undefined): number | undefined {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

/** Milliseconds by which two clocks that are well may differ. */
const tolerance = 2000

/** A time that only another clock can have written: this one has been set back since, or that one was ahead. */
export function isAhead(milliseconds: number, now: number): boolean {
  return milliseconds > now + tolerance
}
