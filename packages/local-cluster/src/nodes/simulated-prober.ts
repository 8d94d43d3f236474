import type { ProbeEvidence, Prober, ProbeTarget } from '@failover-ip/core'
import type { Clock } from '@failover-ip/provider'

import { leader } from './simulated-network.ts'
import type { ProbeAnswer } from './simulated-network.ts'

/** Sends one probe from a vantage point to a node; undefined is silence. */
export type ProbeWire = (from: string, node: string, signal: AbortSignal) => Promise<ProbeAnswer | undefined>

export interface SimulatedProberOptions {
  /** In process: `async (from, node) => network.probe(from, node)`. In a child process: `probeWireOverHttp`. */
  readonly wire: ProbeWire
  readonly clock: Clock
  /** Where on the network this prober is; default: `leader`. Its evidence is the vantage `leader` all the same. */
  readonly location?: string
  /** How long a probe waits at most before it is silence. Default: 200 ms. */
  readonly timeoutMilliseconds?: number
}

/** The probes of a cluster that exists in a model: replies are authenticated, a node without power is silent. */
export interface SimulatedProber extends Prober, Disposable {}

export function createSimulatedProber(options: SimulatedProberOptions): SimulatedProber {
  const { clock, location = leader } = options
  const listeners = new Set<(evidence: ProbeEvidence) => void>()
  const watched = new Map<string, { readonly target: ProbeTarget; readonly stop: AbortController }>()

  const follow = async (target: ProbeTarget, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const evidence = await probeFrom(options, location, leader, target, signal)
      for (const listener of listeners) listener(evidence)
      const passed = clock.monotonic() - evidence.sentAt
      await clock.sleep(Math.max(1, target.interval - passed), { signal })
    }
  }

  const stop = (node: string): void => {
    watched.get(node)?.stop.abort()
    watched.delete(node)
  }

  return {
    watch: (targets) => {
      const wanted = new Map(targets.map((target) => [target.node, target]))
      for (const [node, { target }] of watched) if (!same(target, wanted.get(node))) stop(node)
      for (const target of targets) {
        if (watched.has(target.node)) continue
        const controller = new AbortController()
        watched.set(target.node, { target, stop: controller })
        // It ends by its signal alone: a wire that fails is silence.
        follow(target, controller.signal).catch(() => undefined)
      }
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    probe: (target, { signal }) => probeFrom(options, location, leader, target, signal),
    askWitnesses: async (target, witnesses, { signal }) => {
      const answers = witnesses.map(async (witness) => {
        const reached = await probeFrom(options, location, leader, { ...target, node: witness }, signal)
        if (reached.kind !== 'reply') return []
        const evidence = await probeFrom(options, witness, witness, target, signal)
        return [{ ...evidence, ...(reached.bootID === undefined ? {} : { vantageBootID: reached.bootID }) }]
      })
      return (await Promise.all(answers)).flat()
    },
    [Symbol.dispose]: () => {
      for (const node of watched.keys()) stop(node)
      listeners.clear()
    },
  }
}

/** One probe. Silence takes the whole time-out to establish, as on a wire. */
async function probeFrom(
  { wire, clock, timeoutMilliseconds = 200 }: SimulatedProberOptions,
  from: string,
  vantage: string,
  { node, interval }: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeEvidence> {
  const sentAt = clock.monotonic()
  const answer = await wire(from, node, signal).catch((error: unknown) => {
    if (signal.aborted) throw error
    return undefined
  })
  if (answer !== undefined) {
    return { node, vantage, kind: 'reply', sentAt, at: clock.monotonic(), bootID: answer.bootID }
  }
  const left = sentAt + Math.min(timeoutMilliseconds, interval) - clock.monotonic()
  await clock.sleep(Math.max(0, left), { signal })
  return { node, vantage, kind: 'silence', sentAt, at: clock.monotonic() }
}

function same(one: ProbeTarget, other: ProbeTarget | undefined): boolean {
  return one.address === other?.address && one.interval === other.interval
}
