import type { Clock } from '@failover-ip/provider'
import { createTimeline } from '../cloud/timeline.ts'
import type { Timeline } from '../cloud/timeline.ts'

export type ScalewayServerState = 'running' | 'stopped' | 'stopped in place' | 'starting' | 'stopping' | 'locked'
export type ScalewayIpState = 'detached' | 'attached' | 'pending' | 'error'

export interface ScalewayServer {
  readonly id: string
  readonly name: string
  readonly zone: string
  readonly project: string
  readonly macAddress: string
  /** A public address of its own that is not among the movable ones. */
  readonly dynamicAddress: string | null
  readonly state: ScalewayServerState
}

export interface ScalewayIp {
  readonly id: string
  /** CIDR: an IPv4 address with /32, or an IPv6 /64. */
  readonly unit: string
  readonly zone: string
  readonly project: string
}

/** Where an address is, and how far the cloud is with that. */
export interface Attachment {
  readonly server: string | null
  readonly state: ScalewayIpState
}

/** The state of an account at Scaleway: what is there, with what time it takes for changes to be done and to be seen. */
export interface ScalewayCloud {
  readonly servers: ReadonlyMap<string, ScalewayServer>
  readonly ips: ReadonlyMap<string, ScalewayIp>
  putServer(server: ScalewayServer): void
  putIp(ip: ScalewayIp, attachment: Attachment): void
  /** Detaches what the server has. */
  removeServer(id: string): void
  removeIp(id: string): void
  /** An identifier or an IPv4 address, as paths name addresses. */
  findIp(idOrAddress: string): ScalewayIp | undefined
  attachment(id: string): Attachment
  /** What a read shows: the state of `readLagSeconds` ago. */
  seenAttachment(id: string): Attachment
  /** Attaches (or with `null` detaches); `pending` for so long before it is done. */
  attach(id: string, server: string | null, pendingSeconds: number): void
  setIpState(id: string, state: ScalewayIpState): void
}

const nowhere: Attachment = { server: null, state: 'detached' }

export function createScalewayCloud(clock: Clock, readLagSeconds: () => number): ScalewayCloud {
  const servers = new Map<string, ScalewayServer>()
  const ips = new Map<string, ScalewayIp>()
  const attachments = new Map<string, Timeline<Attachment>>()
  const set = (id: string, time: number, attachment: Attachment): void => attachments.get(id)?.set(time, attachment)
  const at = (id: string, time: number): Attachment => attachments.get(id)?.at(time) ?? nowhere

  const attach: ScalewayCloud['attach'] = (id, server, pendingSeconds) => {
    const now = clock.monotonic()
    const done: Attachment = { server, state: server === null ? 'detached' : 'attached' }
    if (pendingSeconds > 0) set(id, now, { server, state: 'pending' })
    set(id, now + pendingSeconds * 1000, done)
  }

  return {
    servers,
    ips,
    putServer: (server) => void servers.set(server.id, server),
    putIp: (ip, attachment) => {
      ips.set(ip.id, ip)
      attachments.set(ip.id, createTimeline(attachment))
    },
    removeServer: (id) => {
      servers.delete(id)
      for (const ip of ips.keys()) if (at(ip, clock.monotonic()).server === id) attach(ip, null, 0)
    },
    removeIp: (id) => {
      ips.delete(id)
      attachments.delete(id)
    },
    findIp: (idOrAddress) => ips.get(idOrAddress) ?? [...ips.values()].find(({ unit }) => unit === `${idOrAddress}/32`),
    attachment: (id) => at(id, clock.monotonic()),
    seenAttachment: (id) => at(id, clock.monotonic() - readLagSeconds() * 1000),
    attach,
    setIpState: (id, state) => {
      const now = clock.monotonic()
      set(id, now, { ...at(id, now), state })
    },
  }
}
