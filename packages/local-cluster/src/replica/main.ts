import { defineOperator } from '@failover-ip/operator'
import { scaleway } from '@failover-ip/provider-scaleway'

import { probeWireOverHttp } from '../nodes/probe-endpoint.ts'
import { createSimulatedProber } from '../nodes/simulated-prober.ts'
import { networkVariable } from './network-variable.ts'

/**
 * A replica of the operator for Scaleway in the local cluster: the same code and flags as the shipped one, except that
 * its prober speaks to the simulated network. The shipped program has no switch for this.
 */
const network = process.env[networkVariable]
if (network === undefined) throw new Error(`${networkVariable} is not set: this program is started by the demo alone.`)

// The parent holds the other end: without it nobody would ever end this process.
process.stdin.resume()
process.stdin.once('close', () => process.exit(1))

const wire = probeWireOverHttp(network)
const operator = defineOperator(scaleway, { createProber: ({ clock }) => createSimulatedProber({ wire, clock }) })
process.exit(await operator.run())
