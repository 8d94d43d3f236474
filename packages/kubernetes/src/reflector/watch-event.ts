import { z } from 'zod'
import { apiErrorOf, type ApiError } from '../client/api-error.ts'
import { parseObject, type KubernetesObject } from '../client/kubernetes-object.ts'

/** One line of a watch, read. */
export type WatchEvent =
  | { readonly type: 'changed'; readonly object: KubernetesObject }
  | { readonly type: 'deleted'; readonly object: KubernetesObject }
  /** Nothing happened up to this version. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string }
  /** The server ends the watch and says why. */
  | { readonly type: 'error'; readonly error: ApiError }
  | { readonly type: 'malformed'; readonly problem: string }

const lineSchema = z.object({ type: z.string(), object: z.unknown() })
const bookmarkSchema = z.object({ metadata: z.object({ resourceVersion: z.string().min(1) }) })

/** Reads a line. Never throws: what cannot be read is a `malformed` event. */
export function parseWatchEvent(line: string): WatchEvent {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { type: 'malformed', problem: 'a line of the watch is no JSON' }
  }
  const event = lineSchema.safeParse(value)
  if (!event.success) return { type: 'malformed', problem: 'a line of the watch is no event' }
  const { type, object } = event.data
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return objectEvent('changed', object)
    case 'DELETED':
      return objectEvent('deleted', object)
    case 'BOOKMARK':
      return bookmarkEvent(object)
    case 'ERROR':
      return { type: 'error', error: apiErrorOf(500, object) }
    default:
      return { type: 'malformed', problem: `unknown event type ${JSON.stringify(type)}` }
  }
}

function objectEvent(type: 'changed' | 'deleted', value: unknown): WatchEvent {
  const parsed = parseObject(value)
  return parsed.ok ? { type, object: parsed.object } : { type: 'malformed', problem: parsed.problem }
}

function bookmarkEvent(value: unknown): WatchEvent {
  const bookmark = bookmarkSchema.safeParse(value)
  if (!bookmark.success) return { type: 'malformed', problem: 'a bookmark without a resourceVersion' }
  return { type: 'bookmark', resourceVersion: bookmark.data.metadata.resourceVersion }
}
