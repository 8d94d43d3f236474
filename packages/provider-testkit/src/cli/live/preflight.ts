import type { CallOptions, Capabilities, NodeFacts, Routing, ServerReference } from '@failover-ip/provider'
import { canonicalUnit, familyOf } from '@failover-ip/provider-kit'
import { LiveError } from './live-error.ts'

export interface NamedServer {
  /** As the user named it. */
  readonly name: string
  readonly server: ServerReference
}

/** What a trial run may touch, as read and checked. */
export interface Preflight {
  readonly unit: string
  readonly location: string
  readonly holder: NamedServer | null
  readonly servers: readonly NamedServer[]
}

/**
 * Looks, without changing anything, whether the address may be tried with these servers. Rejects with `LiveError` when it
 * is with anybody else, is locked or being changed, cannot go there, or could not be put back, and when the cloud cannot
 * be asked.
 */
export async function preflight(
  routing: Routing,
  capabilities: Capabilities,
  { address, servers: names }: { readonly address: string; readonly servers: readonly string[] },
  call: CallOptions,
): Promise<Preflight> {
  const unit = unitOf(address, capabilities)
  const [seen] = await routing.observe([unit], call)
  if (seen === undefined || seen.kind === 'absent') throw new LiveError(`The account has no ${unit}.`)
  if (seen.kind === 'unknown') {
    const what = seen.error.code === 'Denied' ? 'The credentials were refused' : `${unit} could not be asked for`
    throw new LiveError(`${what}: ${seen.error.message}`)
  }
  if (seen.locked) throw new LiveError(`${unit} is locked at the cloud.`)
  if (seen.inFlight) throw new LiveError(`${unit} is being changed at the cloud. Try again when that is over.`)
  const { location } = seen
  const servers = await findServers(routing, names, call)
  const far = servers.find(({ server }) => capabilities.locationRule !== null && server.location !== location)
  if (far !== undefined) {
    throw new LiveError(`${far.name} is in ${far.server.location}, and ${unit} can only go to servers in ${location}.`)
  }
  const holder = seen.server === null ? null : servers.find(({ server }) => isSame(server, seen.server))
  if (holder === undefined) {
    throw new LiveError(
      `${unit} is with server ${seen.server?.id}, which you have not named. It is left alone; name that server if it may lose the address for a while.`,
    )
  }
  if (holder === null && !capabilities.release) {
    throw new LiveError(`${unit} is with nobody, and this cloud cannot take it off a server again. It is left alone.`)
  }
  if (servers.every(({ name }) => name === holder?.name)) {
    throw new LiveError(`${unit} is with ${holder?.name} already. Name another server that it may go to.`)
  }
  return { unit, location, holder, servers }
}

export function isSame(a: ServerReference | null, b: ServerReference | null): boolean {
  return a?.id === b?.id && a?.location === b?.location
}

function unitOf(address: string, { unitPrefixLength }: Capabilities): string {
  const bare = canonicalUnit(address)
  const length = bare === undefined ? undefined : unitPrefixLength[familyOf(bare)]
  const unit = bare === undefined ? undefined : canonicalUnit(`${bare.slice(0, bare.indexOf('/'))}/${length ?? ''}`)
  if (unit === undefined) throw new LiveError(`"${address}" is no address that this provider can route.`)
  return unit
}

async function findServers(
  routing: Routing,
  names: readonly string[],
  call: CallOptions,
): Promise<readonly NamedServer[]> {
  const matches = await routing.resolve(names.map(factsOf), call)
  return names.map((name, index) => {
    const match = matches[index]
    if (match?.kind === 'matched') return { name, server: match.server }
    if (match?.kind === 'unmatched') throw new LiveError(`"${name}" is no server of the account: ${match.message}`)
    throw new LiveError(`Server "${name}" could not be asked for: ${match?.message ?? 'The provider gave no answer.'}`)
  })
}

/** A server is named by a providerID, one of its addresses, or its name. */
function factsOf(name: string): NodeFacts {
  const common = { name, labels: {}, annotations: {} }
  if (name.includes('://')) return { ...common, providerID: name, addresses: [] }
  if (canonicalUnit(name) !== undefined) return { ...common, addresses: [name] }
  return { ...common, hostname: name, addresses: [] }
}
