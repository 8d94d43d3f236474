import type { EmulatedAnswer } from '../http/emulator.ts'
import { digitalOceanErrors } from './errors.ts'

/** A page of a list, counted in `meta`, with the neighbours in `links`. */
export function pageOf<Item>(
  url: URL,
  key: string,
  all: readonly Item[],
  body: (item: Item) => object,
): EmulatedAnswer {
  const perPage = Number(url.searchParams.get('per_page') ?? 20)
  const page = Number(url.searchParams.get('page') ?? 1)
  const isValid = Number.isInteger(perPage) && Number.isInteger(page) && perPage >= 1 && perPage <= 200 && page >= 1
  if (!isValid) return digitalOceanErrors.unprocessable('per_page must be between 1 and 200')
  const last = Math.max(1, Math.ceil(all.length / perPage))
  const to = (number: number): string =>
    `https://api.digitalocean.com${url.pathname}?page=${number}&per_page=${perPage}`
  const neighbours = {
    ...(page > 1 ? { first: to(1), prev: to(page - 1) } : {}),
    ...(page < last ? { next: to(page + 1), last: to(last) } : {}),
  }
  return {
    status: 200,
    body: {
      [key]: all.slice((page - 1) * perPage, page * perPage).map(body),
      links: Object.keys(neighbours).length === 0 ? {} : { pages: neighbours },
      meta: { total: all.length },
    },
  }
}
