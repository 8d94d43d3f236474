export type Style = 'plain' | 'bold' | 'dim' | 'good' | 'bad' | 'warning'

/** A piece of a line with one look. Plain strings have none. */
export type Span = string | { readonly text: string; readonly style: Style }

/** One line of a terminal, before it is cut to a width. */
export type StyledLine = readonly Span[]

const codes: Readonly<Record<Style, string>> = { plain: '', bold: '1', dim: '2', good: '32', bad: '31', warning: '33' }

/** The line as it is printed: never wider than the terminal, with ANSI colours or without. */
export function paintLine(
  line: StyledLine,
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string {
  let left = columns
  const pieces: string[] = []
  for (const span of line) {
    const { text, style } = typeof span === 'string' ? { text: span, style: 'plain' as const } : span
    const fitting = printable(text).slice(0, left)
    left -= fitting.length
    pieces.push(color && style !== 'plain' && fitting !== '' ? `\u001B[${codes[style]}m${fitting}\u001B[0m` : fitting)
    if (left === 0) break
  }
  return pieces.join('')
}

/** What a cluster says may hold anything; control characters would reach the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}
