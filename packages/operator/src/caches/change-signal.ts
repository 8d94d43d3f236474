/** Says that something has changed, to one waiter; changes while nobody waits are not lost, but are one. */
export interface ChangeSignal {
  readonly notify: () => void
  /** Resolves at the next change, or at once if there was one. Rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<void>
}

export function createChangeSignal(): ChangeSignal {
  let next = Promise.withResolvers<void>()
  return {
    notify: () => next.resolve(),
    wait: async (signal) => {
      signal.throwIfAborted()
      const aborted = Promise.withResolvers<never>()
      const onAbort = (): void => aborted.reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        await Promise.race([next.promise, aborted.promise])
        next = Promise.withResolvers<void>()
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
}
