import type { Condition, NodeAddressStatus } from '@failover-ip/core'
import type { AddressReport } from '../plane/address-plane.ts'
import type { FastDetection } from '../probing/fast-detection.ts'

/** What a FailoverNode is to say, without the times at which it came to say so. */
export interface NodeContent {
  readonly bootID: string
  readonly interfaces: readonly { readonly name: string; readonly mac?: string }[]
  readonly addresses: readonly NodeAddressStatus[]
  readonly conditions: readonly Omit<Condition, 'lastTransitionTime'>[]
}

/** As the API server's schema allows. */
const limits = { interfaces: 64, addresses: 2048, message: 512 } as const

export interface NodeFacts {
  readonly bootID: string
  readonly report: AddressReport
  readonly fastDetection: FastDetection
}

/** The report of the address plane in the terms of the API, in an order of its own, so that what is equal looks equal. */
export function nodeContent({ bootID, report, fastDetection }: NodeFacts): NodeContent {
  return {
    bootID,
    interfaces: report.interfaces
      .map(({ name, mac }) => ({ name, ...(mac === undefined ? {} : { mac }) }))
      .slice(0, limits.interfaces),
    addresses: addressesOf(report).slice(0, limits.addresses),
    conditions: [conditionOf(fastDetection)],
  }
}

function addressesOf({ wanted, carried, problems }: AddressReport): readonly NodeAddressStatus[] {
  const there = new Set(carried)
  const problemOf = new Map(problems.toReversed().map((problem) => [problem.address, problem]))
  const statuses = new Map<string, NodeAddressStatus>()
  for (const { plan, role, epoch = 0 } of wanted.carry) {
    const { address } = plan
    if (statuses.has(address)) continue
    const problem = problemOf.get(address)
    const why = problem === undefined ? {} : { reason: problem.code, message: problem.message.slice(0, limits.message) }
    statuses.set(address, { address, epoch, role, carried: there.has(address), ...why })
  }
  return [...statuses.values()].toSorted((a, b) => (a.address < b.address ? -1 : 1))
}

function conditionOf({ isProven, why }: FastDetection): NodeContent['conditions'][number] {
  return {
    type: 'FastDetection',
    status: isProven ? 'True' : 'False',
    reason: isProven ? 'ProbesAnswered' : 'ProbePathUnproven',
    message: why,
  }
}
