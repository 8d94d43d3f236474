/** A map that forgets what was touched longest ago when it is full. */
export interface BoundedMap<Value> {
  get(key: string): Value | undefined
  /** Also makes the key the one touched last. Gives what had to be forgotten for it. */
  set(key: string, value: Value): Value | undefined
  delete(key: string): void
}

export function createBoundedMap<Value>(capacity: number): BoundedMap<Value> {
  const entries = new Map<string, Value>()
  return {
    get: (key) => entries.get(key),
    set: (key, value) => {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size <= capacity) return undefined
      for (const [oldest, forgotten] of entries) {
        entries.delete(oldest)
        return forgotten
      }
      return undefined
    },
    delete: (key) => {
      entries.delete(key)
    },
  }
}
