/** Values that must not appear anywhere, and the way to take them out of a text. */
export interface Redaction {
  /**
   * Replaces the values known for one source, e.g. one Secret; an empty list forgets them. Those before stay secret for
   * a few changes more: what is still under way may quote them.
   */
  set(source: string, values: readonly string[]): void
  readonly redact: (text: string) => string
}

/** What is shorter is no secret worth the name, and would tear words apart. */
const shortestSecret = 6
/** Sets of values remembered of one source. */
const remembered = 4

export function createRedaction(): Redaction {
  const sources = new Map<string, readonly (readonly string[])[]>()
  return {
    set: (source, values) => {
      const secrets = values.flatMap(spellings).filter((value) => value.length >= shortestSecret)
      const earlier = (sources.get(source) ?? []).filter((each) => each.join('\n') !== secrets.join('\n'))
      if (secrets.length === 0) sources.delete(source)
      else sources.set(source, [secrets, ...earlier].slice(0, remembered))
    },
    redact: (text) => {
      let clean = text
      for (const secret of [...sources.values()].flat(2)) clean = clean.replaceAll(secret, '[redacted]')
      return clean
    },
  }
}

/** As it is, and as it stands in JSON. */
function spellings(value: string): readonly string[] {
  const trimmed = value.trim()
  const quoted = JSON.stringify(trimmed).slice(1, -1)
  return quoted === trimmed ? [trimmed] : [trimmed, quoted]
}
