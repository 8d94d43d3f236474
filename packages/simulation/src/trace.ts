import { createHash } from 'node:crypto'

/** Everything that happened, in order: what a failed run is read by, and what two runs of one seed are compared by. */
export interface Trace {
  add(line: string): void
  readonly lines: readonly string[]
  hash(): string
}

export function createTrace(now: () => number): Trace {
  const lines: string[] = []
  return {
    add: (line) => void lines.push(`${(now() / 1000).toFixed(3)} ${line}`),
    lines,
    hash: () => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16),
  }
}
