/** A heap that gives the item with the least rank first. */
export interface MinHeap<T> {
  readonly size: number
  peek(): T | undefined
  push(item: T): void
  pop(): T | undefined
  clear(): void
}

export function createMinHeap<T>(rank: (item: T) => number): MinHeap<T> {
  const items: T[] = []
  const rankAt = (index: number): number => {
    const item = items[index]
    return item === undefined ? Number.POSITIVE_INFINITY : rank(item)
  }
  const swap = (left: number, right: number): void => {
    const [a, b] = [items[left], items[right]]
    if (a === undefined || b === undefined) return
    items[left] = b
    items[right] = a
  }
  const sink = (start: number): void => {
    for (let index = start; ;) {
      const left = 2 * index + 1
      const child = rankAt(left + 1) < rankAt(left) ? left + 1 : left
      if (rankAt(child) >= rankAt(index)) return
      swap(index, child)
      index = child
    }
  }
  const rise = (start: number): void => {
    for (let index = start; index > 0;) {
      const parent = (index - 1) >> 1
      if (rankAt(parent) <= rankAt(index)) return
      swap(index, parent)
      index = parent
    }
  }
  return {
    get size() {
      return items.length
    },
    peek: () => items[0],
    push: (item) => {
      items.push(item)
      rise(items.length - 1)
    },
    pop: () => {
      swap(0, items.length - 1)
      const first = items.pop()
      sink(0)
      return first
    },
    clear: () => {
      items.length = 0
    },
  }
}
