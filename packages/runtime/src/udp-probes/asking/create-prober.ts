import type { ProbeEvidence, Prober } from '@failover-ip/core'
import { ProbeNotSentError } from '../../tcp-prober/tcp-prober.ts'
import { askWitness } from './ask-witness.ts'
import { createFollower } from './follow-node.ts'
import { probeAfresh } from './fresh-probe.ts'
import { createHandshakes } from './handshakes.ts'
import { createLastReplies, type LastReply } from './last-replies.ts'
import { patienceFor, probeOf, proofOfLife, type ProberContext } from './prober-context.ts'
import { defaultProbePort, type ProberPorts, type ProbingOptions } from './prober-options.ts'
import { createWatchList, endpointOf, type Watched } from './watch-list.ts'

export interface ChannelProber extends Prober {
  /** The last proof of life of a node, if it is recent. */
  lastReply(node: string): LastReply | undefined
  /** Ends every rhythm and question; nobody is told of anything afterwards. */
  stop(): void
}

/** A prober over a channel that may also serve others. */
export function createProber(ports: ProberPorts, options: ProbingOptions): ChannelProber {
  const { clock } = ports
  const { port = defaultProbePort, timeout = 200 } = options
  const life = new AbortController()
  const within = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, life.signal])
  const listeners = new Set<(evidence: ProbeEvidence) => void>()
  const context: ProberContext = {
    ...ports,
    timeout,
    handshakes: createHandshakes(options, { clock, timeout }),
    replies: createLastReplies(clock),
    tell: (evidence) => {
      for (const listener of listeners) listener(evidence)
    },
  }
  const isWanted = ({ target }: Watched): boolean => list.of(target.node)?.target.address === target.address
  const list = createWatchList({ port, follow: createFollower(context, { isWanted }) })

  return {
    watch: (targets) => list.replace(targets, clock.monotonic()),
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    probe: async (target, { signal }) => {
      const to = endpointOf(target, port)
      if (to === undefined) throw new ProbeNotSentError(target)
      const { node } = target
      const sentAt = clock.monotonic()
      const result = await probeAfresh(context, {
        request: probeOf(node, context),
        to,
        patience: patienceFor(target, context),
        onAnswer: (answer) => void proofOfLife(node, sentAt, answer, context),
        signal: within(signal),
      })
      if (result === 'unsent') throw new ProbeNotSentError(target)
      return { node, vantage: 'leader', sentAt, at: clock.monotonic(), ...result }
    },
    askWitnesses: async (target, witnesses, { signal }) => {
      const known = witnesses.flatMap((name) => list.of(name) ?? [])
      const scope = within(signal)
      return (await Promise.all(known.map((witness) => askWitness(context, target, witness, scope)))).flat()
    },
    lastReply: (node) => context.replies.of(node),
    stop: () => {
      life.abort(new Error('the prober is closed'))
      list.replace([], clock.monotonic())
      listeners.clear()
    },
  }
}
