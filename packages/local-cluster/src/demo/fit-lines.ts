import type { StyledLine } from './styled-line.ts'

/** Leaves blank lines out, the last ones first, until the rest fits; what is still too long is cut at the end. */
export function fitLines(lines: readonly StyledLine[], rows: number): readonly StyledLine[] {
  let tooMany = lines.length - rows
  const kept = lines.toReversed().filter((line) => line.length > 0 || tooMany-- <= 0)
  return kept.toReversed().slice(0, rows)
}
