import { describeMove, movePhases } from '@failover-ip/core'
import type { MoveRecord } from '@failover-ip/core'

import type { FailoverIPView } from './cluster-view.ts'

/** Where an address is, since when, and why: the three things that everybody asks. */
export interface Whereabouts {
  readonly where: string
  /** Unix milliseconds; absent before it was anywhere. */
  readonly since: number | undefined
  readonly why: string
}

export function whereaboutsOf({ status, ready }: FailoverIPView): Whereabouts {
  const { node, lastMove } = status
  if (node === undefined || ready === undefined) {
    return { where: 'nowhere', since: undefined, why: ready?.message ?? 'The operator has not looked at it yet.' }
  }
  if (ready.status !== 'True') {
    return { where: node, since: Date.parse(ready.lastTransitionTime), why: `${ready.reason}: ${ready.message}` }
  }
  const confirmed = lastMove?.to === node ? lastMove : undefined
  return {
    where: node,
    since: Date.parse(confirmed?.confirmedAt ?? ready.lastTransitionTime),
    why: confirmed === undefined ? 'It was there already.' : causeInWords(confirmed),
  }
}

/** The last move from one node to another, in one line, once it is over. */
export function lastMoveLine(failoverIP: FailoverIPView): string | undefined {
  const move = finishedMove(failoverIP)
  return move === undefined ? undefined : describeMove(move)
}

/** The same move, phase by phase. */
export function phaseSplit(failoverIP: FailoverIPView): string | undefined {
  const move = finishedMove(failoverIP)
  if (move === undefined) return undefined
  const { detected, decided, accepted, confirmed, total } = movePhases(move)
  const phases = Object.entries({ detected, decided, accepted, confirmed })
  const split = phases.map(([name, seconds]) => `${name} +${seconds.toFixed(2)} s`).join(', ')
  return `from the last sign of life: ${split}; ${total.toFixed(2)} s in all`
}

function finishedMove({ status: { lastMove } }: FailoverIPView): MoveRecord | undefined {
  return lastMove?.confirmedAt === undefined || lastMove.from === undefined ? undefined : lastMove
}

function causeInWords({ reason, from, to }: MoveRecord): string {
  const old = from ?? 'its node'
  switch (reason) {
    case 'Unassigned':
      return `It was on no node, and ${to} is fit.`
    case 'NodeDead':
      return `${old} died.`
    case 'NodeLeaving':
      return `${old} was cordoned or about to leave.`
    case 'NodeGone':
      return `${old} left the cluster.`
    case 'DriftReverted':
      return 'Somebody else had moved it.'
    default:
      return `${reason}: it belongs on ${to} rather than on ${old}.`
  }
}
