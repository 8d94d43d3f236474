import type { ReplayFault } from './guard/replay-guard.ts'
import type { PacketFault } from './wire/codec.ts'

/**
 * Why a packet was dropped without an answer. Of what came: no message of ours, or not authentic (`PacketFault`); not
 * fresh (`ReplayFault`). `limited`: its source sends too much. `otherNode`: meant for, or sent by, another node.
 * `unexpected`: an answer that nobody waits for, or a request where nobody answers. `busy`: too many questions at once.
 * `tooShort`: its answer would be longer than the request was.
 */
export type ProbeDrop = PacketFault | ReplayFault | 'limited' | 'otherNode' | 'unexpected' | 'busy' | 'tooShort'

/** Packets since the start. */
export interface ProbeCounts {
  readonly sent: number
  readonly received: number
  /** Sends that this machine could not even try. */
  readonly unsent: number
  /** Errors of an open socket. */
  readonly troubles: number
  /** Only reasons that occurred. */
  readonly dropped: Readonly<Partial<Record<ProbeDrop, number>>>
}

export interface ProbeCounters {
  count(what: 'sent' | 'received' | 'unsent' | 'troubles'): void
  drop(reason: ProbeDrop): void
  read(): ProbeCounts
}

export function createProbeCounters(): ProbeCounters {
  const counts = { sent: 0, received: 0, unsent: 0, troubles: 0 }
  const dropped: Partial<Record<ProbeDrop, number>> = {}
  return {
    count: (what) => {
      counts[what] += 1
    },
    drop: (reason) => {
      dropped[reason] = (dropped[reason] ?? 0) + 1
    },
    read: () => ({ ...counts, dropped: { ...dropped } }),
  }
}
