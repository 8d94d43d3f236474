import type { FailoverIPInput, FailoverIPStatus, StoreResult, StoreTarget, SentChange } from '@failover-ip/core'

/** An object with the version that its next write has to name. */
export interface Versioned {
  readonly version: number
  readonly failoverIP: FailoverIPInput
}

/** What etcd holds: FailoverIPs with compare-and-swap versions, and the account's recent operations. */
export interface StoredObjects {
  list(): readonly Versioned[]
  get(key: string): Versioned | undefined
  put(failoverIP: FailoverIPInput): void
  /** What a user changes: a new generation. */
  edit(key: string, change: Partial<Omit<FailoverIPInput, 'status' | 'key' | 'uid' | 'generation'>>): void
  /** What `kubectl delete` does: it stays until nothing protects it. */
  remove(key: string): void
  save(target: StoreTarget, version: number | undefined, status: FailoverIPStatus): StoreResult
  setProtected(target: StoreTarget, version: number | undefined, isProtected: boolean): StoreResult
  readonly recentOperations: readonly SentChange[]
  noteOperation(change: SentChange): void
  /** Called after each change. */
  onChange(listener: (before: FailoverIPInput | undefined, after: FailoverIPInput | undefined) => void): void
}

export function createStoredObjects(): StoredObjects {
  const objects = new Map<string, Versioned>()
  const listeners: ((before: FailoverIPInput | undefined, after: FailoverIPInput | undefined) => void)[] = []
  let recentOperations: readonly SentChange[] = []
  let version = 0

  const replace = (key: string, after: FailoverIPInput | undefined): void => {
    const before = objects.get(key)?.failoverIP
    version += 1
    if (after === undefined) objects.delete(key)
    else objects.set(key, { version, failoverIP: after })
    for (const listener of listeners) listener(before, after)
  }
  const swap = (
    { key, uid }: StoreTarget,
    expected: number | undefined,
    change: (failoverIP: FailoverIPInput) => FailoverIPInput | undefined,
  ): StoreResult => {
    const stored = objects.get(key)
    if (stored === undefined || stored.failoverIP.uid !== uid) return 'gone'
    if (stored.version !== expected) return 'conflict'
    replace(key, change(stored.failoverIP))
    return 'written'
  }

  return {
    list: () => [...objects.values()],
    get: (key) => objects.get(key),
    put: (failoverIP) => replace(failoverIP.key, failoverIP),
    edit: (key, change) => {
      const stored = objects.get(key)?.failoverIP
      if (stored !== undefined) replace(key, { ...stored, ...change, generation: stored.generation + 1 })
    },
    remove: (key) => {
      const stored = objects.get(key)?.failoverIP
      replace(key, stored?.protected === true ? { ...stored, deleting: true } : undefined)
    },
    save: (target, expected, status) => swap(target, expected, (failoverIP) => ({ ...failoverIP, status })),
    setProtected: (target, expected, isProtected) =>
      swap(target, expected, (failoverIP) =>
        failoverIP.deleting && !isProtected ? undefined : { ...failoverIP, protected: isProtected },
      ),
    get recentOperations() {
      return recentOperations
    },
    noteOperation: (change) => {
      recentOperations = [...recentOperations, change].slice(-100)
    },
    onChange: (listener) => void listeners.push(listener),
  }
}
