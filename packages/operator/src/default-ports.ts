import { createEngine } from '@failover-ip/core'
import { systemClock } from '@failover-ip/runtime'
import { connect, processPort, serveEndpoints } from '@failover-ip/process'
import type { OperatorPorts } from './operator-ports.ts'
import { openUdpProber } from './probing/open-udp-prober.ts'

/** The ports of a real process on Node.js. */
export function defaultPorts(): OperatorPorts {
  return {
    clock: systemClock(),
    random: Math.random,
    fetch: globalThis.fetch,
    createProber: openUdpProber,
    createEngine,
    connect,
    serve: serveEndpoints,
    output: process.stdout,
    errorOutput: process.stderr,
    process: processPort(),
  }
}
