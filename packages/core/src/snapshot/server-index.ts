import type { ServerMatch, ServerReference } from '@failover-ip/provider'

/** Which node is which server, at one account. */
export interface ServerIndex {
  /** False until the account has answered once: nothing can be called foreign before. */
  readonly known: boolean
  serverOf(node: string): ServerReference | undefined
  nodeOf(server: ServerReference): string | undefined
  readonly matches: ReadonlyMap<string, ServerMatch>
}

/** Builds both directions. Two nodes that claim one server: the first by name has it. */
export function indexServers(matches: ReadonlyMap<string, ServerMatch>, known: boolean): ServerIndex {
  const servers = new Map<string, ServerReference>()
  const nodes = new Map<string, string>()
  for (const [node, match] of [...matches].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (match.kind !== 'matched' || nodes.has(serverKey(match.server))) continue
    servers.set(node, match.server)
    nodes.set(serverKey(match.server), node)
  }
  return {
    known,
    matches,
    serverOf: (node) => servers.get(node),
    nodeOf: (server) => nodes.get(serverKey(server)),
  }
}

export function isSameServer(a: ServerReference | null | undefined, b: ServerReference | null | undefined): boolean {
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null)
  return a.id === b.id && a.location === b.location
}

function serverKey(server: ServerReference): string {
  return `${server.location}\u0000${server.id}`
}
