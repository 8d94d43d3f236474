import { describe, expect, it } from 'vitest'
import { readPages } from './read-pages.ts'
import type { Page } from './read-pages.ts'

function read(pages: readonly Page<string>[], maximumPages = 10): Promise<readonly string[]> {
  return readPages({
    readPage: (page) => Promise.resolve(pages[page - 1] ?? { items: [], totalCount: pages[0]?.totalCount ?? 0 }),
    identify: (item) => item,
    what: 'The list',
    maximumPages,
  })
}

describe('readPages', () => {
  it('reads to the end and no further', async () => {
    expect(await read([{ items: [], totalCount: 0 }])).toEqual([])
    expect(
      await read([
        { items: ['a', 'b'], totalCount: 3 },
        { items: ['c'], totalCount: 3 },
      ]),
    ).toEqual(['a', 'b', 'c'])
  })

  it.each<[string, Page<string>[], string]>([
    ['a page short of items', [{ items: ['a'], totalCount: 3 }], 'ends after 1 of 3'],
    ['more items than counted', [{ items: ['a', 'b'], totalCount: 1 }], 'has 2 items and says it has 1'],
    [
      'a count that changes under way',
      [
        { items: ['a'], totalCount: 2 },
        { items: ['b'], totalCount: 3 },
      ],
      'changed while it was read',
    ],
    [
      'an item that slid to the next page',
      [
        { items: ['a', 'b'], totalCount: 4 },
        { items: ['b', 'c'], totalCount: 4 },
      ],
      'holds an item twice',
    ],
  ])('takes %s for an error, never for absence [A50]', async (_, pages, message) => {
    await expect(read(pages)).rejects.toMatchObject({
      code: 'Transient',
      outcome: 'not-applied',
      message: expect.stringContaining(message) as string,
    })
  })

  it('bounds the number of pages', async () => {
    const endless = Array.from({ length: 5 }, (_, index) => ({ items: [String(index)], totalCount: 100 }))
    await expect(read(endless, 3)).rejects.toThrow('longer than 3 pages')
  })
})
