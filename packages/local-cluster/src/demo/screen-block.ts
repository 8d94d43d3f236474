import { fitLines } from './fit-lines.ts'
import { paintLine } from './styled-line.ts'
import type { StyledLine } from './styled-line.ts'

/** The part of a terminal that is needed; `process.stdout` fits. */
export interface TerminalOutput {
  readonly columns: number
  readonly rows: number
  write(text: string): unknown
}

/** Lines at the bottom of the terminal that are drawn over and over, below what was printed before. */
export interface ScreenBlock {
  draw(lines: readonly StyledLine[]): void
  /** After the terminal has another size, nobody knows where the lines went: begins anew under `above`. */
  restart(above: string): void
  /** Leaves what is drawn and gives the cursor back. */
  close(): void
}

const hideCursor = '\u001B[?25l'
const showCursor = '\u001B[?25h'
const clearScreen = '\u001B[2J\u001B[H'
const clearBelow = '\u001B[0J'

export function createScreenBlock(output: TerminalOutput, color: boolean): ScreenBlock {
  let drawn = 0
  output.write(hideCursor)
  return {
    draw: (lines) => {
      const { columns, rows } = output
      const fitting = fitLines(lines, Math.max(1, rows - 1))
      // One column stays free: a full line would leave the cursor waiting to wrap.
      const text = fitting.map((line) => `${paintLine(line, { columns: columns - 1, color })}\n`).join('')
      output.write(`${drawn === 0 ? '' : `\u001B[${drawn}A`}\r${clearBelow}${text}`)
      drawn = fitting.length
    },
    restart: (above) => {
      drawn = 0
      output.write(`${clearScreen}${above}`)
    },
    close: () => void output.write(showCursor),
  }
}
