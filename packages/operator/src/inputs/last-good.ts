/** The last state of each object that could be read, so that a broken one keeps working as it did. */
export interface LastGood<Value> {
  remember(uid: string, value: Value): void
  get(uid: string): Value | undefined
  /** Forgets all but these. */
  keepOnly(uids: ReadonlySet<string>): void
}

export function createLastGood<Value>(): LastGood<Value> {
  const values = new Map<string, Value>()
  return {
    remember: (uid, value) => {
      values.set(uid, value)
    },
    get: (uid) => values.get(uid),
    keepOnly: (uids) => {
      for (const uid of values.keys()) if (!uids.has(uid)) values.delete(uid)
    },
  }
}
