import { setTimeout as pause } from 'node:timers/promises'

export interface UntilOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds. Default 30 s. */
  readonly deadline?: number
  /** Milliseconds between two looks. Default 200. */
  readonly interval?: number
}

/** What was waited for did not come in time. The cause is the last look's error, if it failed. */
export class DeadlineError extends Error {
  readonly code = 'DeadlineExceeded'

  constructor(what: string, deadline: number, last: unknown) {
    const seen = last instanceof Error ? last.message : (JSON.stringify(last) ?? 'nothing')
    super(`Waited ${deadline / 1000} s for ${what} in vain; the last look saw: ${seen}`, { cause: last })
    this.name = 'DeadlineError'
  }
}

/**
 * Looks again and again until `look` returns something other than `false` and `undefined`, and resolves with it. A look that throws counts as not
 * yet. Rejects with a `DeadlineError`, or the signal's reason. `look` gets a signal that ends with the deadline.
 *
 * @example
 * const node = await until('n2 to be NotReady', async (signal) => {
 *   const node = await api.get('/api/v1/nodes/n2', nodeShape, { signal })
 *   return isReady(node) ? undefined : node
 * }, { deadline: 90_000 })
 */
export async function until<T>(
  what: string,
  look: (signal: AbortSignal) => Promise<T | false | undefined>,
  { signal, deadline = 30_000, interval = 200 }: UntilOptions = {},
): Promise<T> {
  const timeout = AbortSignal.timeout(deadline)
  const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  let last: unknown
  for (;;) {
    try {
      const seen = await look(both)
      if (seen !== false && seen !== undefined) return seen
      last = seen
    } catch (error) {
      if (!both.aborted) last = error
    }
    try {
      await pause(interval, undefined, { signal: both })
    } catch {
      signal?.throwIfAborted()
      throw new DeadlineError(what, deadline, last)
    }
  }
}
