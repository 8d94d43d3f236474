import { isGone } from '../client/api-error.ts'
import type { KubernetesObject } from '../client/kubernetes-object.ts'
import { defaultPageSize, pagePath, parsePage, type ObjectPage, type Selection } from '../client/list-objects.ts'
import type { ResourceType } from '../client/resource-type.ts'

export interface SnapshotOptions {
  readonly resource: ResourceType
  readonly selection: Selection
  readonly pageSize?: number | undefined
  /** Fetches one path and gives its parsed body. */
  readonly read: (path: string) => Promise<unknown>
  /** Called for each object while its page is at hand, so that no more than a page is kept whole. Must not throw. */
  readonly onObject: (object: KubernetesObject) => void
  readonly onMalformed: (problem: string) => void
  /** The list starts again: what came so far is void. */
  readonly onRestart: () => void
}

/**
 * Reads a consistent list in pages and gives the version from which a watch continues. When the server has forgotten
 * the list in the middle (410), it starts again; the second time without pages, so that it comes to an end.
 */
export async function listSnapshot(options: SnapshotOptions): Promise<string> {
  const size = options.pageSize ?? defaultPageSize
  for (const limit of [size, size, undefined]) {
    options.onRestart()
    const version = await readPages(options, limit)
    if (version !== undefined) return version
  }
  throw new Error('a list without pages cannot be forgotten in its middle')
}

async function readPages(options: SnapshotOptions, limit: number | undefined): Promise<string | undefined> {
  const { resource, selection, read, onObject, onMalformed } = options
  let continueToken: string | undefined
  for (;;) {
    let page: ObjectPage
    try {
      page = parsePage(await read(pagePath(resource, selection, { limit, continueToken })))
    } catch (error) {
      if (continueToken !== undefined && isGone(error)) return undefined
      throw error
    }
    page.items.forEach(onObject)
    page.problems.forEach(onMalformed)
    continueToken = page.continueToken
    if (continueToken === undefined) return page.resourceVersion
  }
}
