/** Runs a read for each item, so many at once, and gives the results in order. */
export async function eachOf<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  read: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>()
  const queue = items.entries()
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await read(item))
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work))
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result)
}
