import type { StatusBody } from './api-error.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

/** What a verb answers, before it is dressed as an object, a list or a table. */
export type Reply =
  | {
      readonly type: 'object'
      readonly code: number
      readonly object: KubernetesObject
      readonly warnings: readonly string[]
    }
  | { readonly type: 'list'; readonly items: readonly KubernetesObject[]; readonly metadata: ListMeta }
  | { readonly type: 'status'; readonly status: StatusBody }
  | { readonly type: 'watch'; readonly events: AsyncIterable<WatchEvent> }

export interface ListMeta {
  readonly resourceVersion: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

/** A bookmark's object has a resourceVersion alone, and a mark when it ends what was there at the start. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubernetesObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd?: boolean }
  | { readonly type: 'ERROR'; readonly status: StatusBody }

export function objectReply(object: KubernetesObject, code = 200, warnings: readonly string[] = []): Reply {
  return { type: 'object', code, object, warnings }
}
