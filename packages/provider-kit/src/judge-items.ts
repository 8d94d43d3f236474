import type { StandardSchema } from '@failover-ip/provider'

/** A whole list. `complete` is false when an item made no sense: what is not among the items may exist all the same. */
export interface Listed<Item> {
  readonly items: readonly Item[]
  readonly complete: boolean
}

/**
 * Checks the items of a list one by one, so that one that makes no sense does not hide the others.
 *
 * @example
 * const { items, complete } = await judgeItems(await readPages({ … }), ip)
 */
export async function judgeItems<Item>(
  list: readonly unknown[],
  schema: StandardSchema<unknown, Item>,
): Promise<Listed<Item>> {
  const judged = await Promise.all(list.map(async (item) => schema['~standard'].validate(item)))
  const items = judged.flatMap((result) => (result.issues === undefined ? [result.value] : []))
  return { items, complete: items.length === judged.length }
}
