import { isProviderError } from '@failover-ip/provider'
import type { CallOptions, NodeFacts, ServerMatch } from '@failover-ip/provider'
import { settled } from '@failover-ip/provider-kit'
import type { Droplet, ReservedAddress } from './answers.ts'
import { hostOf } from './answers.ts'
import type { Listed } from '@failover-ip/provider-kit'
import type { DigitalOceanApi } from './digitalocean-api.ts'
import { dropletOf } from './provider-id.ts'

interface Reads {
  readonly droplets: Listed<Droplet>
  /** `undefined` when a list of reserved addresses could not be read whole: slots are not known then. */
  readonly reserved: readonly ReservedAddress[] | undefined
}

/**
 * Matches nodes to Droplets by `providerID`; a node without one by its addresses, if exactly one Droplet has one of them.
 * Reads the list of Droplets and those of reserved addresses, which say what each Droplet carries.
 */
export async function resolve(
  api: DigitalOceanApi,
  nodes: readonly NodeFacts[],
  call: CallOptions,
): Promise<readonly ServerMatch[]> {
  if (nodes.length === 0) return []
  const [droplets, ...lists] = await Promise.all([
    settled(api.listDroplets(call)),
    settled(api.listAddresses('ipv4', call)),
    settled(api.listAddresses('ipv6', call)),
  ])
  if (isProviderError(droplets)) return nodes.map(({ name }) => unknown(name, droplets.message))
  const whole = lists.flatMap((listed) => (isProviderError(listed) || !listed.complete ? [] : [listed.items]))
  const reserved = whole.length === lists.length ? whole.flat() : undefined
  return nodes.map((node) => match({ droplets, reserved }, node))
}

function match(reads: Reads, node: NodeFacts): ServerMatch {
  const { droplets } = reads
  const { name, providerID = '' } = node
  const claimed = dropletOf(providerID)
  if (providerID !== '' && claimed === undefined) {
    const message = `Node ${name} has providerID "${providerID.slice(0, 100)}", which is no Droplet of DigitalOcean's.`
    return { kind: 'unmatched', node: name, message }
  }
  const fitting =
    claimed === undefined ? search(reads, node) : droplets.items.filter((droplet) => droplet.id === claimed)
  const [only] = fitting
  // A search is only as good as its completeness: what could not be read may be a second Droplet that fits.
  const isSure = claimed !== undefined || (droplets.complete && reads.reserved !== undefined)
  if (only !== undefined && fitting.length === 1 && isSure) return matched(reads, name, only)
  if (!isSure || !droplets.complete) {
    return unknown(name, "DigitalOcean's lists of Droplets and reserved addresses could not be read whole.")
  }
  return { kind: 'unmatched', node: name, message: unmatchedMessage(name, claimed, fitting.length) }
}

/** Reserved addresses do not count: they go from Droplet to Droplet, and a node may still name one that it had. */
function search({ droplets, reserved = [] }: Reads, { addresses }: NodeFacts): readonly Droplet[] {
  const moving = new Set(reserved.map(({ unit }) => hostOf(unit)))
  const own = addresses.filter((address) => !moving.has(address))
  return droplets.items.filter((droplet) => droplet.addresses.some((address) => own.includes(address)))
}

function matched({ reserved }: Reads, node: string, { id, region }: Droplet): ServerMatch {
  const units = reserved?.filter(({ droplet }) => droplet === id).map(({ unit }) => unit)
  return {
    kind: 'matched',
    node,
    server: { id, location: region },
    ...(units === undefined ? {} : { units }),
  }
}

function unknown(node: string, message: string): ServerMatch {
  return { kind: 'unknown', node, message }
}

function unmatchedMessage(name: string, claimed: string | undefined, fitting: number): string {
  if (claimed !== undefined) {
    return `Node ${name} is Droplet ${claimed}, which this account does not have. Check whose token is in the Secret.`
  }
  return fitting > 1
    ? `Node ${name} has no providerID, and ${fitting} Droplets have one of its addresses. Set spec.providerID.`
    : `Node ${name} has no providerID, and no Droplet has one of its addresses. Set spec.providerID.`
}
