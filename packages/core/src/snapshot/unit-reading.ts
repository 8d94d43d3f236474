import type { Observation } from '@failover-ip/provider'
import { isSameServer } from './server-index.ts'

/** What was read of a unit last, and how often in a row it said the same. */
export interface UnitReading {
  readonly observation: Observation
  /** Local monotonic milliseconds at which the read was begun: it shows nothing older. */
  readonly requestedAt: number
  /** Reads in a row, this one included, that showed the same server. */
  readonly equalReads: number
}

/** The reading after one more observation. A failed read does not undo what earlier ones showed, it only hides it. */
export function recordReading(
  last: UnitReading | undefined,
  observation: Observation,
  requestedAt: number,
): UnitReading {
  if (last !== undefined && last.requestedAt > requestedAt) return last
  const before = last?.observation
  const same =
    before?.kind === 'found' && observation.kind === 'found' && isSameServer(before.server, observation.server)
  return { observation, requestedAt, equalReads: same && last !== undefined ? last.equalReads + 1 : 1 }
}
