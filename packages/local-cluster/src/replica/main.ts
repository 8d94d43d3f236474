import { defineOperator } from '@failover-ip/operator'
import type { OperatorPorts } from '@failover-ip/operator'

import { localClouds } from '../clouds/local-clouds.ts'
import { probeWireOverHttp } from '../nodes/probe-endpoint.ts'
import { createSimulatedProber } from '../nodes/simulated-prober.ts'
import { cloudVariable, networkVariable } from './variables.ts'

/**
 * A replica of a cloud's operator in the local cluster: the same code and flags as the shipped one, except that
 * its prober speaks to the simulated network. The shipped program has no switch for this.
 */
const network = process.env[networkVariable]
const cloud = localClouds.get(process.env[cloudVariable] ?? '')
if (network === undefined || cloud === undefined) {
  throw new Error(`${networkVariable} or ${cloudVariable} is not set: this program is started by the demo alone.`)
}

// The parent holds the other end: without it nobody would ever end this process.
process.stdin.resume()
process.stdin.once('close', () => process.exit(1))

const wire = probeWireOverHttp(network)
const createProber: OperatorPorts['createProber'] = ({ clock }) => createSimulatedProber({ wire, clock })
const operator = defineOperator(cloud.provider, { createProber })
process.exit(await operator.run())
