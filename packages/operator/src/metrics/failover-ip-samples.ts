import type { Term } from '../lead/lead-term.ts'
import type { FailoverIPSample } from './operator-metrics.ts'

/** What the leader knows of each FailoverIP that exists. */
export function failoverIPSamples({ engine, input }: Term): readonly FailoverIPSample[] {
  return input.failoverIPs.map(({ key, addresses }) => {
    const [namespace = '', name = ''] = key.split('/')
    const state = engine.state.failoverIPs.get(key)
    return { namespace, name, addresses, node: state?.node, ready: state?.ready ?? false }
  })
}
