import type { Account } from '../domain/account.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { attempt } from '../domain/isolate.ts'
import type { NodeState } from '../domain/node.ts'
import { reviewFailoverIP, type FailoverIPReview } from './failover-ip-review.ts'
import { assumeRecorded, judgeClaims, type ServerIndex } from './server-index.ts'
import type { UnitReading } from './unit-reading.ts'

/** An account, with what was read of it. */
export interface AccountKnowledge {
  readonly account: Account
  readonly servers: ServerIndex
  readonly readings: ReadonlyMap<string, UnitReading>
}

export interface SnapshotFacts {
  readonly nodes: readonly NodeState[]
  readonly failoverIPs: readonly FailoverIPInput[]
  readonly accounts: ReadonlyMap<string, AccountKnowledge>
  /** Unix and local monotonic milliseconds of one moment. */
  readonly now: number
  readonly monotonic: number
}

/** What is, as far as it is known. */
export interface Snapshot {
  /** By account. */
  readonly servers: ReadonlyMap<string, ServerIndex>
  /** By key: of FailoverIPs that have an account and no problem. */
  readonly reviews: ReadonlyMap<string, FailoverIPReview>
  /** By key: what kept a FailoverIP from being looked at. */
  readonly failures: ReadonlyMap<string, unknown>
}

export function takeSnapshot(facts: SnapshotFacts): Snapshot {
  const servers = serversOf(facts)
  const reviews = new Map<string, FailoverIPReview>()
  const failures = new Map<string, unknown>()
  for (const failoverIP of facts.failoverIPs) {
    const { key, problem, account } = failoverIP
    const known = account === undefined ? undefined : facts.accounts.get(account)
    const index = account === undefined ? undefined : servers.get(account)
    if (problem !== undefined || known === undefined || index === undefined) continue
    const review = attempt(() => reviewFailoverIP(failoverIP, { ...facts, ...known, servers: index }))
    if (review.ok) reviews.set(key, review.value)
    else failures.set(key, review.error)
  }
  return { servers, reviews, failures }
}

function serversOf({ nodes, failoverIPs, accounts }: SnapshotFacts): ReadonlyMap<string, ServerIndex> {
  const names = nodes.map(({ facts }) => facts.name)
  const lost = new Set(nodes.filter(isLost).map(({ facts }) => facts.name))
  const byAccount = Map.groupBy(failoverIPs, ({ account }) => account)
  const entries = [...accounts].map(([key, { servers }]) => {
    const ours = byAccount.get(key) ?? []
    const records = ours.flatMap(({ status }) => status.addresses ?? [])
    return [
      key,
      assumeRecorded(
        judgeClaims(servers, (node) => lost.has(node)),
        names,
        records,
      ),
    ] as const
  })
  return new Map(entries)
}

function isLost({ ready = 'True', deleting }: NodeState): boolean {
  return deleting || ready !== 'True'
}
