import type { Capabilities } from '@failover-ip/provider'
import ipaddr from 'ipaddr.js'
import { unitOf } from '../domain/unit.ts'
import { parseProbeAddress } from '../ports/probe-address.ts'
import type { FailoverIPDefinition, FailoverNode, FailoverOptions } from './failover-options.ts'
import { placementProblems } from './placement-problems.ts'

const longestName = 253

/** How the parts of a configuration contradict each other or the provider, one sentence each; empty when they do not. */
export function configurationProblems(options: FailoverOptions): readonly string[] {
  const { provider, nodes, failoverIPs } = options
  const failoverAddresses = new Set(failoverIPs.flatMap(({ addresses }) => addresses))
  return [
    ...nodes.flatMap((node) => nodeProblems(node, provider.providerIDPrefix, failoverAddresses)),
    ...repeated(nodes.map(({ name }) => name)).map((name) => `two nodes have the name "${name}"`),
    ...repeated(nodes.map(({ providerID }) => providerID)).map((id) => `two nodes have the providerID "${id}"`),
    ...failoverIPs.flatMap((failoverIP) => failoverIPProblems(failoverIP, provider.name, provider.capabilities)),
    ...repeated(failoverIPs.map(({ name }) => name)).map((name) => `two failoverIPs have the name "${name}"`),
    ...repeated(failoverIPs.flatMap(({ addresses }) => addresses)).map((address) => `${address} is listed twice`),
    ...sharedUnits(failoverIPs, provider.capabilities),
  ]
}

function nodeProblems(node: FailoverNode, prefix: string, failoverAddresses: ReadonlySet<string>): readonly string[] {
  const { name, providerID, probe } = node
  const problems = nameProblems('a node', name)
  if (!providerID.startsWith(prefix) || providerID === prefix) {
    problems.push(`node "${name}": providerID "${providerID}" must start with "${prefix}" and name a server`)
  }
  const target = parseProbeAddress(probe)
  if (target === undefined) {
    problems.push(`node "${name}": probe "${probe}" must be an IP address, or one with a port like 10.0.0.1:22`)
  } else if (failoverAddresses.has(target.host)) {
    problems.push(`node "${name}": probe ${target.host} is a failover IP, which says nothing about one node`)
  }
  return problems
}

function failoverIPProblems(
  failoverIP: FailoverIPDefinition,
  provider: string,
  { unitPrefixLength }: Capabilities,
): readonly string[] {
  const { name, addresses } = failoverIP
  const problems = nameProblems('a failoverIP', name)
  for (const address of addresses) {
    if (!isCanonical(address)) {
      problems.push(
        `"${address}" must be one IP address in canonical form: lower case, shortest IPv6, no prefix length`,
      )
    } else if (unitOf(address, unitPrefixLength) === undefined) {
      problems.push(`${provider} routes no addresses of the family of ${address}`)
    }
  }
  return [...problems, ...placementProblems(failoverIP)].map((problem) => `failoverIP "${name}": ${problem}`)
}

/** A unit moves as a whole, so that two FailoverIPs cannot share one. */
function sharedUnits(failoverIPs: readonly FailoverIPDefinition[], capabilities: Capabilities): readonly string[] {
  const owners = new Map<string, string>()
  const problems: string[] = []
  for (const { name, addresses } of failoverIPs) {
    for (const address of addresses.filter(isCanonical)) {
      const unit = unitOf(address, capabilities.unitPrefixLength)
      if (unit === undefined) continue
      const owner = owners.get(unit) ?? name
      owners.set(unit, owner)
      if (owner !== name)
        problems.push(`failoverIPs "${owner}" and "${name}" share the routed unit ${unit}, which moves as a whole`)
    }
  }
  return [...new Set(problems)]
}

function nameProblems(what: string, name: string): string[] {
  const fits = name.length > 0 && name.length <= longestName && name.trim() === name
  return fits
    ? []
    : [
        `the name "${name.slice(0, longestName)}" of ${what} must have 1 to ${longestName} characters and no space around it`,
      ]
}

function isCanonical(text: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).toString() === text
  if (!ipaddr.IPv6.isValid(text) || text.includes('%')) return false
  const address = ipaddr.IPv6.parse(text)
  return !address.isIPv4MappedAddress() && address.toRFC5952String() === text
}

function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))]
}
