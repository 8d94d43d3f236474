/** `failover` before `normal` before `resync`; in the order of arrival within each. */
export type Priority = 'failover' | 'normal' | 'resync'

const order: readonly Priority[] = ['failover', 'normal', 'resync']

/** The more urgent of two priorities. */
export function moreUrgent(left: Priority, right: Priority): Priority {
  return order.indexOf(left) <= order.indexOf(right) ? left : right
}

/** Keys that wait for a worker, each once. */
export interface ReadyKeys {
  readonly size: number
  has(key: string): boolean
  /** A key that is there already keeps its place, or moves up to the end of the more urgent ones. */
  add(key: string, priority: Priority): void
  take(): string | undefined
  clear(): void
}

export function createReadyKeys(): ReadyKeys {
  const lines: Readonly<Record<Priority, Set<string>>> = { failover: new Set(), normal: new Set(), resync: new Set() }
  const lineOf = (key: string): Priority | undefined => order.find((priority) => lines[priority].has(key))
  return {
    get size() {
      return order.reduce((sum, priority) => sum + lines[priority].size, 0)
    },
    has: (key) => lineOf(key) !== undefined,
    add: (key, priority) => {
      const present = lineOf(key)
      if (present !== undefined && moreUrgent(present, priority) === present) return
      if (present !== undefined) lines[present].delete(key)
      lines[priority].add(key)
    },
    take: () => {
      for (const priority of order) {
        for (const key of lines[priority]) {
          lines[priority].delete(key)
          return key
        }
      }
      return undefined
    },
    clear: () => order.forEach((priority) => lines[priority].clear()),
  }
}
