import { isProviderError } from '@failover-ip/provider'
import type { CallOptions, NodeFacts, ProviderError, ServerMatch } from '@failover-ip/provider'
import { settled } from '@failover-ip/provider-kit'
import type { Server } from './answers.ts'
import type { Listed } from '@failover-ip/provider-kit'
import type { InstanceApi } from './instance-api.ts'
import { parseProviderID } from './provider-id.ts'

type ZoneServers = ReadonlyMap<string, Listed<Server> | ProviderError>

/** What a node says of itself: an Instance (where the zone may be unknown), nothing, or that it can have no address. */
type Claim =
  | { readonly kind: 'instance'; readonly id: string; readonly zone: string | undefined }
  | { readonly kind: 'none' }
  | { readonly kind: 'impossible'; readonly message: string }

const zoneLabel = 'topology.kubernetes.io/zone'
const zonePattern = /^[a-z]{2}-[a-z]{3}-[1-9]$/

/**
 * Matches nodes to Instances by `providerID`; a node without one by its name, then by its addresses, if exactly one
 * Instance fits. Reads one list per zone that the nodes name, and all zones only when one names none.
 */
export async function resolve(
  { api, zones }: { readonly api: InstanceApi; readonly zones: readonly string[] },
  nodes: readonly NodeFacts[],
  call: CallOptions,
): Promise<readonly ServerMatch[]> {
  const claims = nodes.map((node) => ({ node, claim: claimOf(node) }))
  const named = new Set<string>()
  for (const { claim } of claims) {
    for (const zone of claim.kind === 'impossible' ? [] : zonesOf(claim, zones)) named.add(zone)
  }
  const servers = await readServers(api, [...named], call)
  return claims.map(({ node, claim }) => match(servers, zones, node, claim))
}

function claimOf({ name, providerID, labels }: NodeFacts): Claim {
  if (providerID === undefined || providerID === '') return { kind: 'none' }
  const parsed = parseProviderID(providerID)
  switch (parsed.kind) {
    case 'instance': {
      const label = labels[zoneLabel]
      const labelled = label !== undefined && zonePattern.test(label) ? label : undefined
      return { kind: 'instance', id: parsed.id, zone: parsed.zone ?? labelled }
    }
    case 'otherProduct':
      return {
        kind: 'impossible',
        message: `Node ${name} is a Scaleway ${parsed.product} server; routed addresses go to Instances only.`,
      }
    case 'foreign':
      return {
        kind: 'impossible',
        message: `Node ${name} has providerID "${providerID.slice(0, 100)}", which is no Instance of Scaleway's.`,
      }
  }
}

function zonesOf(claim: Exclude<Claim, { kind: 'impossible' }>, zones: readonly string[]): readonly string[] {
  return claim.kind === 'instance' && claim.zone !== undefined ? [claim.zone] : zones
}

async function readServers(api: InstanceApi, zones: readonly string[], call: CallOptions): Promise<ZoneServers> {
  const entries = zones.map(async (zone) => [zone, await settled(api.listServers(zone, call))] as const)
  return new Map(await Promise.all(entries))
}

function match(servers: ZoneServers, zones: readonly string[], node: NodeFacts, claim: Claim): ServerMatch {
  if (claim.kind === 'impossible') return { kind: 'unmatched', node: node.name, message: claim.message }
  const searched = zonesOf(claim, zones)
  const candidates = searched.flatMap((zone) => {
    const listed = servers.get(zone)
    return listed === undefined || isProviderError(listed) ? [] : listed.items.map((server) => ({ zone, server }))
  })
  const fitting =
    claim.kind === 'instance' ? candidates.filter(({ server }) => server.id === claim.id) : search(candidates, node)
  // A search is only as good as its completeness: an unread zone may hold a second Instance that fits.
  const error = doubt(servers, searched)
  const [only] = fitting
  const isSure = claim.kind === 'instance' || error === undefined
  if (only !== undefined && fitting.length === 1 && isSure) {
    const { zone, server } = only
    return {
      kind: 'matched',
      node: node.name,
      server: { id: server.id, location: zone },
      ...(server.units === undefined ? {} : { units: server.units }),
    }
  }
  if (error !== undefined) return { kind: 'unknown', node: node.name, message: error }
  return { kind: 'unmatched', node: node.name, message: unmatchedMessage(node, claim, searched, fitting.length) }
}

interface Candidate {
  readonly zone: string
  readonly server: Server
}

function search(candidates: readonly Candidate[], { name, hostname, addresses }: NodeFacts): readonly Candidate[] {
  const names = [name, ...(hostname === undefined ? [] : [hostname])]
  const byName = candidates.filter(({ server }) => server.names.some((one) => names.includes(one)))
  if (byName.length > 0) return byName
  return candidates.filter(({ server }) => server.addresses.some((address) => addresses.includes(address)))
}

function doubt(servers: ZoneServers, zones: readonly string[]): string | undefined {
  for (const zone of zones) {
    const listed = servers.get(zone)
    if (isProviderError(listed)) return listed.message
    if (listed?.complete === false) return `Scaleway's list of Instances in ${zone} holds an item that cannot be read.`
  }
  return undefined
}

function unmatchedMessage(
  { name }: NodeFacts,
  claim: Exclude<Claim, { kind: 'impossible' }>,
  zones: readonly string[],
  fitting: number,
): string {
  const where = zones.length === 1 ? `zone ${zones.join()}` : 'any of the zones looked at'
  if (claim.kind === 'instance') {
    return `Node ${name} is Instance ${claim.id}, which is not in ${where} of the Secret's project. Check the project.`
  }
  return fitting > 1
    ? `Node ${name} has no providerID, and ${fitting} Instances fit its name or addresses. Set spec.providerID.`
    : `Node ${name} has no providerID, and no Instance in ${where} has its name or one of its addresses. Set spec.providerID.`
}
