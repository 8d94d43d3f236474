import { assessHealth } from '../assess-health.ts'
import type { HealthInput } from '../health-input.ts'
import { recordEvidence, type NodeTrack } from '../node-track.ts'
import type { Health } from '../verdict.ts'
import type { NodeState } from '../../domain/node.ts'
import type { ProbeEvidence } from '../../ports/prober.ts'

export function node(name: string, state: Partial<Omit<NodeState, 'facts'>> = {}): NodeState {
  return {
    facts: { name, addresses: [], labels: {}, annotations: {} },
    uid: `uid-${name}`,
    unschedulable: false,
    taints: [],
    networkUnavailable: false,
    deleting: false,
    ...state,
  }
}

export function input(now: number, nodes: readonly NodeState[], rest: Partial<HealthInput> = {}): HealthInput {
  return {
    now,
    nodes,
    holders: new Map(),
    tracks: new Map(),
    probing: true,
    kubernetes: true,
    serverStates: new Map(),
    liveNodes: new Map(),
    previous: new Map(),
    ...rest,
  }
}

/** How long a probe waits for its answer here. */
export const patience = 150

/** `said('n1', 'leader', 'silence', 0, 200)`: probes of n1 from the leader, sent at 0 and 200, and what each said. */
export function said(
  target: string,
  vantage: string,
  kind: ProbeEvidence['kind'],
  ...sentAt: readonly number[]
): readonly ProbeEvidence[] {
  return sentAt.map((sent) => ({
    node: target,
    vantage,
    kind,
    sentAt: sent,
    at: sent + (kind === 'silence' ? patience : 1),
  }))
}

export type Evidence = readonly (readonly ProbeEvidence[])[]

export function tracks(...evidence: Evidence): ReadonlyMap<string, NodeTrack> {
  const result = new Map<string, NodeTrack>()
  const inOrder = evidence.flat().sort((a, b) => a.at - b.at)
  for (const item of inOrder) result.set(item.node, recordEvidence(result.get(item.node), item))
  return result
}

/** Looks again whenever the outcome says so, until `until`; `at` gives the input of a moment. */
export function follow(
  from: number,
  until: number,
  at: (now: number, last: Health | undefined) => HealthInput,
): Health {
  let last = assessHealth(at(from, undefined))
  for (let now = last.lookAgainAt; now !== undefined && now <= until; now = last.lookAgainAt) {
    last = assessHealth({ ...at(now, last), previous: last.verdicts })
  }
  return last
}
