/** Hands values from one who pushes to one who takes, who may be slow: bounded, the oldest is dropped. */
export interface EventBuffer<Value> {
  push(value: Value): void
  /** Nothing comes any more; with an error, the taker gets it after what is left. */
  end(error?: unknown): void
  /** The next value, or how many were dropped before it; `undefined` after the end. One taker at a time. */
  take(): Promise<Taken<Value> | undefined>
}

export type Taken<Value> = { readonly value: Value } | { readonly dropped: number }

export function createEventBuffer<Value>(limit: number): EventBuffer<Value> {
  const values: Value[] = []
  let dropped = 0
  let end: { readonly failed: boolean; readonly error: unknown } | undefined
  let wake: (() => void) | undefined

  const next = (): Taken<Value> | undefined => {
    if (dropped > 0) {
      const count = dropped
      dropped = 0
      return { dropped: count }
    }
    const [value] = values.splice(0, 1)
    return value === undefined ? undefined : { value }
  }

  return {
    push: (value) => {
      if (end !== undefined) return
      values.push(value)
      if (values.length > limit) {
        values.shift()
        dropped += 1
      }
      wake?.()
    },
    end: (error) => {
      end ??= { failed: error !== undefined, error }
      wake?.()
    },
    take: async () => {
      for (;;) {
        const taken = next()
        if (taken !== undefined) return taken
        if (end?.failed === true) throw end.error
        if (end !== undefined) return undefined
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        await promise
      }
    },
  }
}
