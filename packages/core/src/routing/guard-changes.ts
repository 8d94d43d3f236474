import type { Authority } from '../ports/authority.ts'

/** A request was not sent, since this process may not change anything (any more). */
export class AuthorityLostError extends Error {
  override readonly name: string = 'AuthorityLostError'
  readonly code = 'AuthorityLost' as const

  constructor(method: string) {
    super(`${method} was not sent: another process leads by now, and resolves by reading what is open`)
  }
}

/**
 * A `fetch` for providers that asks for the authority in the tick of the send, for every request that may change
 * something. A change that takes a provider several requests cannot go on behind the back of a successor.
 *
 * @example
 * provider.open({ fetch: guardChanges(fetch, { mayAct: () => election.isLeader() }), clock, userAgent })
 */
export function guardChanges(fetch: typeof globalThis.fetch, authority: Authority): typeof globalThis.fetch {
  return async (input, init) => {
    const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
    if (method !== 'GET' && method !== 'HEAD' && !authority.mayAct()) throw new AuthorityLostError(method)
    return fetch(input, init)
  }
}
