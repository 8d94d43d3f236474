import { z } from 'zod'
import { TransportError } from '../transport/transport-error.ts'
import { parseObject, type KubernetesObject } from './kubernetes-object.ts'
import { collectionPath, withQuery, type ResourceType } from './resource-type.ts'

/** What to list or watch. */
export interface Selection {
  /** Absent: all namespaces. */
  readonly namespace?: string
  /** In the API's own syntax, e.g. `app=web,tier!=cache`. */
  readonly labelSelector?: string
  /** In the API's own syntax, e.g. `metadata.name=web`. */
  readonly fieldSelector?: string
}

export interface ListOptions extends Selection {
  /** Objects per page. Default 500. */
  readonly pageSize?: number
}

export interface ObjectList {
  readonly items: readonly KubernetesObject[]
  /** From here a watch continues. */
  readonly resourceVersion: string
  /** How many items could not be read. */
  readonly malformed: number
}

/** One page; `continueToken` is absent on the last. */
export interface ObjectPage {
  readonly items: readonly KubernetesObject[]
  readonly problems: readonly string[]
  readonly resourceVersion: string
  readonly continueToken: string | undefined
}

export const defaultPageSize = 500

const pageSchema = z.object({
  metadata: z.object({ resourceVersion: z.string().min(1), continue: z.string().optional() }),
  items: z.array(z.unknown()).nullable().default([]),
})

/** Path of one page of a consistent list. */
export function pagePath(
  type: ResourceType,
  { namespace, labelSelector, fieldSelector }: Selection,
  page: { readonly limit: number | undefined; readonly continueToken: string | undefined },
): string {
  const query = { labelSelector, fieldSelector, limit: page.limit, continue: page.continueToken }
  return withQuery(collectionPath(type, namespace), query)
}

/** Checks a page. One malformed item is a problem of its own; a malformed page is a `TransportError`. */
export function parsePage(value: unknown): ObjectPage {
  const page = pageSchema.safeParse(value)
  if (!page.success) {
    throw new TransportError("The API server's answer is no list.", {
      code: 'MALFORMED_RESPONSE',
      outcome: 'unknown',
      cause: page.error,
    })
  }
  const parsed = (page.data.items ?? []).map(parseObject)
  const token = page.data.metadata.continue
  return {
    items: parsed.flatMap((item) => (item.ok ? [item.object] : [])),
    problems: parsed.flatMap((item) => (item.ok ? [] : [item.problem])),
    resourceVersion: page.data.metadata.resourceVersion,
    continueToken: token === '' ? undefined : token,
  }
}

/** Reads all pages. */
export async function listObjects(
  read: (path: string) => Promise<unknown>,
  type: ResourceType,
  options: ListOptions,
): Promise<ObjectList> {
  const items: KubernetesObject[] = []
  let malformed = 0
  let continueToken: string | undefined
  for (;;) {
    const limit = options.pageSize ?? defaultPageSize
    const page = parsePage(await read(pagePath(type, options, { limit, continueToken })))
    items.push(...page.items)
    malformed += page.problems.length
    continueToken = page.continueToken
    if (continueToken === undefined) return { items, resourceVersion: page.resourceVersion, malformed }
  }
}
