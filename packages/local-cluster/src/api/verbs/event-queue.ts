/** Hands values from whoever pushes to one reader. Bounded: a reader that falls too far behind loses its stream. */
export interface EventQueue<Value> extends AsyncIterable<Value> {
  push(value: Value): void
  /** Ends the stream after what is queued. */
  end(): void
  /** Ends the stream at once; the reader's next step throws. */
  fail(reason: unknown): void
}

/** `onEnd` runs once, whichever side ends the stream. */
export function createEventQueue<Value>(limit: number, onEnd: () => void): EventQueue<Value> {
  const queued: Value[] = []
  let state: 'open' | 'ended' | { readonly failure: unknown } = 'open'
  let wake: (() => void) | undefined

  const close = (next: typeof state): void => {
    if (state !== 'open') return
    state = next
    onEnd()
    wake?.()
  }

  const next = async (): Promise<IteratorResult<Value>> => {
    for (;;) {
      if (typeof state === 'object') throw state.failure
      const value = queued.shift()
      if (value !== undefined) return { done: false, value }
      if (state === 'ended') return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  return {
    push: (value) => {
      if (state !== 'open') return
      queued.push(value)
      if (queued.length > limit) close('ended')
      else wake?.()
    },
    end: () => close('ended'),
    fail: (failure) => close({ failure }),
    [Symbol.asyncIterator]: () => ({
      next,
      return: () => {
        queued.length = 0
        close('ended')
        return Promise.resolve({ done: true as const, value: undefined })
      },
    }),
  }
}
