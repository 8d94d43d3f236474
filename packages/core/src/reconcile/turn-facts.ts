import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { Health } from '../health/verdict.ts'
import type { PreparedPlacement } from '../placement/prepare.ts'
import type { CallState } from '../plan/decision.ts'
import type { AccountKnowledge } from '../snapshot/take-snapshot.ts'
import type { EngineInput } from './engine-options.ts'
import type { EvidenceDesk } from './evidence-desk.ts'
import type { HoldBook } from './hold-book.ts'

/** All that a turn decides on: what is known at one moment. */
export interface TurnFacts {
  /** Unix and local monotonic milliseconds. */
  readonly now: number
  readonly monotonic: number
  readonly nodes: EngineInput['nodes']
  readonly failoverIPs: EngineInput['failoverIPs']
  readonly accounts: ReadonlyMap<string, AccountKnowledge>
  readonly evidence: Pick<EvidenceDesk, 'tracks' | 'liveNodes' | 'serverStates'>
  readonly holds: Pick<HoldBook, 'holdOf' | 'refusals'>
  readonly calls: ReadonlyMap<string, CallState>
  readonly firstSeen: ReadonlyMap<string, number>
  readonly isIdle: (key: string) => boolean
  /** The status that is being stored for a FailoverIP; changes in it are as good as sent. */
  readonly beingStored: (key: string) => FailoverIPStatus | undefined
  readonly newOperationID: () => string
  readonly previous: Health
  /** The placement of the last turn, which this turn's goes on from. */
  readonly placement: PreparedPlacement
  readonly probing: boolean
  readonly ownNode: string | undefined
  readonly kubernetes: boolean
  readonly dryRun: boolean
  readonly draining: boolean
}
