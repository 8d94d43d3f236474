import { createProber, type ChannelProber } from '../asking/create-prober.ts'
import type { ProberPorts, ProbingOptions } from '../asking/prober-options.ts'
import { createAdmission } from '../guard/admission.ts'
import { createReplayGuard } from '../guard/replay-guard.ts'
import type { Endpoint } from '../net/datagrams.ts'
import type { ProbeCounters } from '../probe-counters.ts'
import { createWitness } from './create-witness.ts'
import { createResponder } from './responder.ts'

export interface StationOptions extends ProbingOptions, ProberPorts {
  readonly node: string
  readonly bootID: string
  readonly counters: ProbeCounters
  /** Told of each probe that is answered, with who asked. */
  readonly onAnswered?: (from: Endpoint) => void
}

/** A node's part, over one channel: it answers probes, and looks for those who ask it. */
export interface Station extends Pick<ChannelProber, 'watch' | 'stop'> {}

export function createStation(options: StationOptions): Station {
  const { node, bootID, clock, counters, channel, onAnswered } = options
  const prober = createProber(options, options)
  channel.serve(
    createResponder({
      node,
      bootID,
      clock,
      counters,
      admission: createAdmission({ clock }),
      guard: createReplayGuard({ clock }),
      send: channel.send,
      witness: createWitness(clock, prober),
      ...(onAnswered === undefined ? {} : { onAnswered }),
    }),
  )
  return prober
}
