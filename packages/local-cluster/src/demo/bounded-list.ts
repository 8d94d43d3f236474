/** The latest items, oldest first. */
export interface BoundedList<T> {
  readonly items: readonly T[]
  add(item: T): void
}

export function createBoundedList<T>(limit: number): BoundedList<T> {
  const items: T[] = []
  return {
    items,
    add: (item) => {
      items.push(item)
      if (items.length > limit) items.shift()
    },
  }
}
