import { noProber, type ProbeEvidence, type ProbeTarget } from '@failover-ip/core'
import type { OperatorProber } from './operator-prober.ts'

/**
 * A prober that is still to come. Until then nobody is heard; whom to probe, and who listens, is kept for it. One that never comes, since its
 * opening is rejected, is none.
 */
export function deferProber(opening: Promise<OperatorProber>): OperatorProber {
  const listeners = new Set<(evidence: ProbeEvidence) => void>()
  let targets: readonly ProbeTarget[] = []
  let opened: OperatorProber | undefined
  let isClosed = false
  const take = async (prober: OperatorProber): Promise<void> => {
    if (isClosed) return await prober.close?.()
    opened = prober
    prober.listen((evidence) => {
      for (const listener of listeners) listener(evidence)
    })
    prober.watch(targets)
  }
  void opening.then(take, () => undefined)
  return {
    watch: (wanted) => {
      targets = wanted
      opened?.watch(wanted)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    probe: (target, options) => (opened ?? noProber).probe(target, options),
    askWitnesses: (target, witnesses, options) => (opened ?? noProber).askWitnesses(target, witnesses, options),
    counts: () => opened?.counts?.(),
    close: async () => {
      isClosed = true
      await opened?.close?.()
    },
  }
}
