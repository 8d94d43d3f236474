/** What a key press asks for; nodes by their number, from 1. */
export type KeyAction =
  | { readonly kind: 'power' | 'partition' | 'cordon'; readonly node: number }
  | { readonly kind: 'killLeader' }
  | { readonly kind: 'quit' }

/** A letter that waits for its digit. */
export type PendingKey = 'p' | 'c' | undefined

export interface KeyReading {
  readonly pending: PendingKey
  readonly action?: KeyAction
}

const controlC = '\u0003'
const controlD = '\u0004'
const ofDigit = { p: 'partition', c: 'cordon' } as const

/** Reads one key. Any key that means nothing forgets the letter before it. */
export function readKey(pending: PendingKey, key: string, nodeCount: number): KeyReading {
  if (key === 'q' || key === controlC || key === controlD) return { pending: undefined, action: { kind: 'quit' } }
  if (key === 'k') return { pending: undefined, action: { kind: 'killLeader' } }
  if (key === 'p' || key === 'c') return { pending: key }
  const node = /^[1-9]$/u.test(key) ? Number(key) : 0
  if (node < 1 || node > nodeCount) return { pending: undefined }
  return { pending: undefined, action: { kind: pending === undefined ? 'power' : ofDigit[pending], node } }
}

/** What each key does, or what is waited for. */
export function keyHelp(pending: PendingKey, nodeCount: number): readonly string[] {
  const digits = `1-${nodeCount}`
  if (pending !== undefined) return [`${ofDigit[pending]} which node? ${digits}`]
  return [`${digits} power off/on`, 'p+N partition', 'c+N cordon', 'k kill the leading replica', 'q quit']
}
