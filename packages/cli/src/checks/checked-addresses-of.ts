import type { ParsedFailoverIP, ParsedFailoverIPClass } from '@failover-ip/kubernetes'
import { isAllowed, resolveClass } from '@failover-ip/operator/preflight'
import type { Cluster } from '../cluster/read-cluster.ts'
import { readItems } from '../cluster/reading.ts'
import type { CheckedAddresses } from './checked-addresses.ts'

/** The FailoverIPs to be checked, with their classes: those that have the addresses, or all. An address may have none yet. */
export function checkedAddressesOf(addresses: readonly string[], cluster: Cluster): readonly CheckedAddresses[] {
  const failoverIPs = readItems(cluster.failoverIPs).filter(({ deleting }) => !deleting)
  if (addresses.length === 0) return failoverIPs.map((each) => ofFailoverIP(each, cluster))
  const named = failoverIPs.filter(({ spec }) => spec.addresses.some((address) => addresses.includes(address)))
  const bare = addresses.filter((address) => named.every(({ spec }) => !spec.addresses.includes(address)))
  return [
    ...named.map((each) => ofFailoverIP(each, cluster)),
    ...bare.map((address) => ofAddress(address, readItems(cluster.classes))),
  ]
}

function ofFailoverIP(failoverIP: ParsedFailoverIP, { classes, classRecords }: Cluster): CheckedAddresses {
  const { addresses, className } = failoverIP.spec
  const resolution = resolveClass(className, classRecords, failoverIP.status.className)
  if (resolution.kind === 'problem')
    return { addresses, failoverIP, class: undefined, problem: resolution.problem.message }
  const name = resolution.kind === 'class' ? resolution.record.name : ''
  const found = readItems(classes).find((each) => each.name === name)
  const problem = found === undefined ? `The class ${name} cannot be read.` : undefined
  return { addresses, failoverIP, class: found, problem }
}

/** Of several classes that list it the default one, as for a FailoverIP that names none. */
function ofAddress(address: string, classes: readonly ParsedFailoverIPClass[]): CheckedAddresses {
  const listing = classes.filter(({ spec }) => isAllowed(address, spec.addresses))
  const found = listing.find(({ isDefault }) => isDefault) ?? listing[0]
  const problem = 'No FailoverIPClass lists it: add it to the spec.addresses of one.'
  return {
    addresses: [address],
    failoverIP: undefined,
    class: found,
    problem: found === undefined ? problem : undefined,
  }
}
