import type { FailoverIPStatus, MoveRecord } from '../domain/failover-ip.ts'
import { formatInstant, parseInstant } from '../domain/instant.ts'
import type { NodeVerdict } from '../health/verdict.ts'
import type { MoveCause, MovePhases } from '../reconcile/failover-event.ts'

export interface MoveBeginning {
  readonly cause: MoveCause
  readonly from: string | undefined
  readonly to: string
  readonly leftVerdict: NodeVerdict | undefined
  readonly now: number
  readonly monotonic: number
}

/** The record of a move at its decision. `replaced`: the unfinished move whose place it takes, whose beginning it keeps. */
export function beginMove(replaced: MoveRecord | undefined, move: MoveBeginning): MoveRecord {
  const { cause, from, to, now } = move
  const wall = (monotonic: number): number => Math.min(now, now - (move.monotonic - monotonic))
  const escaping = cause === 'NodeDead' && move.leftVerdict !== undefined
  const unfinished = replaced?.confirmedAt === undefined ? replaced : undefined
  const since = escaping ? wall(move.leftVerdict.since) : now
  const startedAt = escaping ? Math.min(wall(move.leftVerdict.lastAliveAt ?? move.leftVerdict.since), since) : now
  const origin = unfinished?.from ?? from
  return {
    reason: cause,
    ...(origin === undefined || origin === to ? {} : { from: origin }),
    to,
    startedAt: unfinished?.startedAt ?? formatInstant(startedAt),
    detectedAt: unfinished?.detectedAt ?? formatInstant(since),
    decidedAt: formatInstant(now),
  }
}

/** The move once a read has shown it, with what counts moves and bounds them. */
export function confirmMove(
  status: FailoverIPStatus,
  acceptedAt: number | undefined,
  now: number,
  moveInterval: number,
): Pick<FailoverIPStatus, 'lastMove' | 'moves' | 'nextMoveNotBefore'> {
  if (status.lastMove === undefined) return {}
  const accepted = Math.min(now, acceptedAt ?? now)
  return {
    lastMove: { ...status.lastMove, acceptedAt: formatInstant(accepted), confirmedAt: formatInstant(now) },
    moves: (status.moves ?? 0) + (status.lastMove.from === undefined ? 0 : 1),
    nextMoveNotBefore: formatInstant(now + moveInterval),
  }
}

/** Seconds of each phase. */
export function movePhases(move: MoveRecord): MovePhases {
  const started = parseInstant(move.startedAt) ?? 0
  const detected = parseInstant(move.detectedAt) ?? started
  const decided = parseInstant(move.decidedAt) ?? detected
  const accepted = parseInstant(move.acceptedAt) ?? decided
  const confirmed = parseInstant(move.confirmedAt) ?? accepted
  const configured = parseInstant(move.configuredAt)
  const seconds = (from: number, to: number): number => Math.max(0, to - from) / 1000
  return {
    detected: seconds(started, detected),
    decided: seconds(detected, decided),
    accepted: seconds(decided, accepted),
    confirmed: seconds(accepted, confirmed),
    ...(configured === undefined ? {} : { configured: seconds(confirmed, configured) }),
    total: seconds(started, confirmed),
  }
}

/** One line as users see it: `node-1 -> node-3 in 1.0s (detected 0.7 decided 0.0 accepted 0.1 confirmed 0.2)`. */
export function describeMove(move: MoveRecord): string {
  const phases = movePhases(move)
  const { total, ...others } = phases
  const split = Object.entries(others).map(([name, s]) => `${name} ${s.toFixed(1)}`)
  return `${move.from ?? 'nowhere'} -> ${move.to} in ${total.toFixed(1)}s (${split.join(' ')})`
}
