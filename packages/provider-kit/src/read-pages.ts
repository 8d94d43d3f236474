import { ProviderError } from '@failover-ip/provider'

/** One page of a list, with the number of items that the whole list has by the answer's own word. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly totalCount: number
}

export interface ReadPagesOptions<Item> {
  /** Reads a page; the first is 1. */
  readonly readPage: (page: number) => Promise<Page<Item>>
  /** Tells items apart, to notice a list that moved between two pages. */
  readonly identify: (item: Item) => string
  /** Names the list in errors, like `The list of addresses in fr-par-1`. */
  readonly what: string
  /** Default: 100. A longer list is an error. */
  readonly maximumPages?: number
}

/**
 * Reads a list to its end. A page that is missing, empty or short, a count that changes under way and an item seen twice
 * are errors: whoever gets a list may take what is not in it for absent.
 */
export async function readPages<Item>(options: ReadPagesOptions<Item>): Promise<readonly Item[]> {
  const { readPage, identify, what, maximumPages = 100 } = options
  const items = new Map<string, Item>()
  let seen = 0
  let totalCount: number | undefined
  for (let page = 1; page <= maximumPages; page++) {
    const answer = await readPage(page)
    totalCount ??= answer.totalCount
    if (answer.totalCount !== totalCount) throw incomplete(`${what} changed while it was read.`)
    for (const item of answer.items) items.set(identify(item), item)
    seen += answer.items.length
    if (items.size !== seen) throw incomplete(`${what} holds an item twice; it changed while it was read.`)
    if (seen > totalCount) throw incomplete(`${what} has ${seen} items and says it has ${totalCount}.`)
    if (seen === totalCount) return [...items.values()]
    if (answer.items.length === 0) throw incomplete(`${what} ends after ${seen} of ${totalCount} items.`)
  }
  throw incomplete(`${what} is longer than ${maximumPages} pages.`)
}

function incomplete(message: string): ProviderError {
  return new ProviderError('Transient', message, { outcome: 'not-applied' })
}
