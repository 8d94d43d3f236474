import type { ProbeTarget } from '../ports/prober.ts'
import { defaults } from './defaults.ts'
import type { EngineInput } from './engine-options.ts'
import { probeTarget } from './evidence-desk.ts'

/**
 * Whom a replica probes that does not lead: who holds something or is about to, slowly, so that it can judge at once when
 * holder and leader die together.
 */
export function standByTargets({
  nodes,
  failoverIPs,
}: Pick<EngineInput, 'nodes' | 'failoverIPs'>): readonly ProbeTarget[] {
  const records = failoverIPs.flatMap(({ status }) => status.addresses ?? [])
  const holders = new Set(records.flatMap(({ node, operation }) => [node, operation?.toNode]))
  return nodes
    .filter(({ facts }) => holders.has(facts.name))
    .flatMap((node) => probeTarget(node, defaults.candidateProbeInterval) ?? [])
}
