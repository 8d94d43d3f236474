import { readFile } from 'node:fs/promises'
import { connect, processPort, serveEndpoints } from '@failover-ip/process'
import { startProbeAgent, systemClock } from '@failover-ip/runtime'
import type { AgentPorts } from './agent-ports.ts'
import { createAskMetadata } from './anchor/ask-metadata.ts'
import { createIpNetwork } from './network/ip-network.ts'

/** The ports of a real process on a Linux node. */
export function defaultPorts(): AgentPorts {
  return {
    clock: systemClock(),
    random: Math.random,
    network: createIpNetwork(),
    askMetadata: createAskMetadata(),
    readBootID: async () => (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
    startProbeAgent,
    connect,
    serve: serveEndpoints,
    output: process.stdout,
    errorOutput: process.stderr,
    process: processPort(),
  }
}
