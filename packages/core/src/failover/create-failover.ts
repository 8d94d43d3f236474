import { createEngine } from '../reconcile/create-engine.ts'
import type { FailoverOptions } from './failover-options.ts'
import { type Failover, failoverOn } from './failover.ts'

/**
 * Failover without Kubernetes: the nodes are given, the state lies in a store, the verdict is the prober's. Throws
 * `ConfigurationError` when something about the options is wrong; asks nothing of anybody before it runs.
 *
 * @example
 * const failover = createFailover({ provider, nodes, failoverIPs, ports: { clock, prober, store } })
 * for await (const event of failover.run({ signal })) console.log(event.summary)
 */
export function createFailover(options: FailoverOptions): Failover {
  return failoverOn(createEngine, options)
}
