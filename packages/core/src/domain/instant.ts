/** A time as records have it: RFC 3339 in UTC with milliseconds. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** Unix milliseconds of a record's time; `undefined` for what is absent or no time. */
export function parseInstant(text: string | undefined): number | undefined {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}
