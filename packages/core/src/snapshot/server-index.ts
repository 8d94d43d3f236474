import type { ServerMatch, ServerReference } from '@failover-ip/provider'
import type { AddressStatus } from '../domain/failover-ip.ts'

/** Which node is which server, at one account. */
export interface ServerIndex {
  /** False until the account has answered for every node: nothing can be called foreign before. */
  readonly known: boolean
  /** Why it has not, when it was asked in vain. */
  readonly failure?: string
  serverOf(node: string): ServerReference | undefined
  nodeOf(server: ServerReference): string | undefined
  readonly matches: ReadonlyMap<string, ServerMatch>
}

/** Builds both directions. Of several nodes that are matched to one server the first by name has it. */
export function indexServers(matches: ReadonlyMap<string, ServerMatch>, known: boolean, failure?: string): ServerIndex {
  const servers = new Map<string, ServerReference>()
  const nodes = new Map<string, string>()
  for (const [node, match] of [...matches].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (match.kind !== 'matched' || nodes.has(serverKey(match.server))) continue
    servers.set(node, match.server)
    nodes.set(serverKey(match.server), node)
  }
  return {
    known,
    ...(failure === undefined ? {} : { failure }),
    matches,
    serverOf: (node) => servers.get(node),
    nodeOf: (server) => nodes.get(serverKey(server)),
  }
}

/**
 * Several nodes may be matched to one server: a machine that was renamed leaves its old Node object behind. One has it,
 * rather one that is not lost; the others are none, so that nothing is placed on them.
 */
export function judgeClaims(index: ServerIndex, isLost: (node: string) => boolean): ServerIndex {
  const claims = Map.groupBy(
    [...index.matches.values()].filter((match) => match.kind === 'matched'),
    ({ server }) => serverKey(server),
  )
  const losers = [...claims.values()].flatMap((claimants) => {
    const nodes = claimants.map(({ node }) => node).toSorted()
    const winner = nodes.find((node) => !isLost(node)) ?? nodes[0]
    return nodes.filter((node) => node !== winner).map((node) => unmatched(node, winner ?? node))
  })
  if (losers.length === 0) return index
  const matches = new Map([...index.matches, ...losers.map((match) => [match.node, match] as const)])
  return indexServers(matches, index.known, index.failure)
}

function unmatched(node: string, winner: string): ServerMatch {
  const message = `Its server is that of the node ${winner}, too; remove the one of them that is not in use.`
  return { kind: 'unmatched', node, message }
}

/**
 * What is recorded of a node stands in for a match that the account does not give now: that it cannot say which server
 * a node is does not make the node lose its addresses.
 */
export function assumeRecorded(
  index: ServerIndex,
  nodes: readonly string[],
  records: readonly AddressStatus[],
): ServerIndex {
  const assumed = nodes.flatMap((node): readonly ServerMatch[] => {
    const kind = index.matches.get(node)?.kind ?? 'unknown'
    const server = kind === 'unknown' ? records.find((record) => record.node === node)?.server : undefined
    return server === undefined || index.nodeOf(server) !== undefined ? [] : [{ kind: 'matched', node, server }]
  })
  if (assumed.length === 0) return index
  const matches = new Map([...index.matches, ...assumed.map((match) => [match.node, match] as const)])
  return indexServers(matches, index.known, index.failure)
}

export function isSameServer(a: ServerReference | null | undefined, b: ServerReference | null | undefined): boolean {
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null)
  return a.id === b.id && a.location === b.location
}

/** Equal for equal servers. */
export function serverKey(server: ServerReference): string {
  return `${server.location}\u0000${server.id}`
}
