import { isApiError } from '@failover-ip/kubernetes'

/** What was read, or why it was not. */
export type Reading<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  /** The API server has no such object, or no such kind. */
  | { readonly kind: 'absent' }
  /** It could not be looked at; a sentence. */
  | { readonly kind: 'unread'; readonly why: string }

/** Never rejects for a refusal of the API server: that is data. A server that cannot be reached ends the check. */
export async function reading<Value>(what: string, read: Promise<Value>): Promise<Reading<Value>> {
  try {
    return { kind: 'read', value: await read }
  } catch (error) {
    if (!isApiError(error)) throw error
    if (error.code === 404) return { kind: 'absent' }
    const why =
      error.code === 403 || error.code === 401
        ? `You may not read ${what} (${error.message}).`
        : `${what} could not be read: ${error.message}.`
    return { kind: 'unread', why: why.replace(/\.+(\)?)\.$/, '$1.') }
  }
}

/** The items of a list that was read; none otherwise. */
export function readItems<Item>(list: Reading<readonly Item[]>): readonly Item[] {
  return list.kind === 'read' ? list.value : []
}
