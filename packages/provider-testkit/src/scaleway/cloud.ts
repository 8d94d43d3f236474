import type { CloudModel, CloudServer, CloudUnit, Holding } from '../cloud/cloud-model.ts'

export type ScalewayServerState = 'running' | 'stopped' | 'stopped in place' | 'starting' | 'stopping' | 'locked'
export type ScalewayIpState = 'detached' | 'attached' | 'pending' | 'error'

/** An Instance; `location` is its zone. */
export interface ScalewayServer extends CloudServer {
  readonly project: string
  readonly macAddress: string
  /** A public address of its own that is not among the movable ones. */
  readonly dynamicAddress: string | null
  readonly state: ScalewayServerState
}

/** An IPv4 address with /32, or an IPv6 /64; `location` is its zone. */
export interface ScalewayIp extends CloudUnit {
  readonly project: string
}

/** Where an address is, and how far the cloud is with that. */
export interface Attachment {
  readonly server: string | null
  readonly state: ScalewayIpState
}

export type ScalewayCloud = CloudModel<ScalewayServer, ScalewayIp>

export function attachmentOf({ server, phase }: Holding): Attachment {
  const states = { settled: server === null ? 'detached' : 'attached', changing: 'pending', failed: 'error' } as const
  return { server, state: states[phase] }
}

export function phaseOf(state: ScalewayIpState): Holding['phase'] {
  const phases = { detached: 'settled', attached: 'settled', pending: 'changing', error: 'failed' } as const
  return phases[state]
}
