import type { NodeFacts, ServerMatch } from '@failover-ip/provider'
import { isWithin } from './is-within.ts'
import type { Server, ServerList } from './server.ts'

/** Annotations of the controllers that came before; the server's name, and the MAC of its public interface. */
const nameAnnotations = ['netcup.noshoes.xyz/server-name', 'netcup.digilol.net/server-name'] as const
const macAnnotation = 'netcup.noshoes.xyz/primary-mac'
const providerIDPrefix = 'netcup://'

/**
 * Matches nodes to servers: by an annotation or a `providerID` that names one, else by the first of addresses, MAC and host
 * name that fits exactly one.
 */
export function resolve(list: ServerList, nodes: readonly NodeFacts[]): readonly ServerMatch[] {
  return nodes.map((node) => match(list, node))
}

/** The MAC that an annotation names, in lower case. */
export function annotatedMac({ annotations }: NodeFacts): string | undefined {
  return annotations[macAnnotation]?.trim().toLowerCase()
}

function match(list: ServerList, node: NodeFacts): ServerMatch {
  const named = namedServer(node)
  const fitting = named === undefined ? search(list, node) : list.servers.filter((server) => isNamed(server, named))
  const [only] = fitting
  // A search is only as good as its completeness: a server that was not read may fit as well.
  if (only !== undefined && fitting.length === 1 && (named !== undefined || list.doubt === undefined)) {
    const server = { id: only.id, location: only.location }
    const routed = list.routed === undefined ? undefined : [...list.routed]
    const units = routed?.filter(([, holder]) => holder === only.id).map(([unit]) => unit)
    return { kind: 'matched', node: node.name, server, ...(units === undefined ? {} : { units }) }
  }
  if (list.doubt !== undefined) return { kind: 'unknown', node: node.name, message: list.doubt }
  return { kind: 'unmatched', node: node.name, message: advice(node, named, fitting.length) }
}

/** The servers that nodes may be: those that they name, or all when one names none. */
export function candidatesOf<Candidate extends Pick<Server, 'id' | 'name'>>(
  servers: readonly Candidate[],
  nodes: readonly NodeFacts[],
): readonly Candidate[] {
  const names = nodes.map(namedServer)
  const isAny = names.includes(undefined)
  return servers.filter((server) => isAny || names.some((name) => name !== undefined && isNamed(server, name)))
}

function isNamed({ id, name }: Pick<Server, 'id' | 'name'>, named: string): boolean {
  return id === named || name.toLowerCase() === named.toLowerCase()
}

function namedServer({ annotations, providerID = '' }: NodeFacts): string | undefined {
  const annotated = nameAnnotations.map((key) => annotations[key]?.trim()).find((value) => (value ?? '') !== '')
  if (annotated !== undefined) return annotated
  return providerID.startsWith(providerIDPrefix) ? providerID.slice(providerIDPrefix.length) : undefined
}

function search({ servers, routed = new Map() }: ServerList, node: NodeFacts): readonly Server[] {
  const isFailover = (address: string): boolean => [...routed.keys()].some((unit) => isWithin(address, unit))
  const own = node.addresses.filter((address) => !isFailover(address))
  const byAddress = servers.filter(({ networks }) =>
    networks.some((network) => !routed.has(network) && own.some((address) => isWithin(address, network))),
  )
  if (byAddress.length > 0) return byAddress
  const mac = annotatedMac(node)
  const byMac = servers.filter(({ macAddresses }) => mac !== undefined && macAddresses.includes(mac))
  if (byMac.length > 0) return byMac
  const names = [node.name, ...(node.hostname === undefined ? [] : [node.hostname])].map((name) => name.toLowerCase())
  return servers.filter(({ name, otherNames }) =>
    [name, ...otherNames].some((one) => names.includes(one.toLowerCase())),
  )
}

function advice({ name }: NodeFacts, named: string | undefined, fitting: number): string {
  const fix = `Annotate the node with ${nameAnnotations[0]}: <name of the server>.`
  if (named !== undefined) {
    return `Node ${name} names server "${named.slice(0, 60)}", which is not in the netcup account. Check the annotation or providerID.`
  }
  return fitting > 1
    ? `${fitting} servers of the netcup account fit the addresses or names of node ${name}. ${fix}`
    : `No server of the netcup account has an address or the name of node ${name}. ${fix}`
}
