import { createSocket, type Socket } from 'node:dgram'
import type { Datagrams, Endpoint, OnPacket } from './datagrams.ts'
import { ProbeSocketError } from './probe-socket-error.ts'
import { sendFailure } from './send-failure.ts'

export interface UdpSocketsOptions {
  /** One address for IPv4, one for IPv6, or both. */
  readonly hosts: readonly string[]
  /** 0: any. */
  readonly port: number
  readonly onPacket: OnPacket
  /** Told of errors of a socket that is open; it stays open. */
  readonly onTrouble: (error: unknown) => void
}

export interface UdpSockets extends Datagrams {
  /**
   * The addresses that are bound. Rejects with `ProbeSocketError` when one cannot be; but a machine without IPv6 (or
   * without IPv4) does without `::` (or `0.0.0.0`).
   */
  readonly bound: Promise<readonly Endpoint[]>
}

/** Some 1300 small packets: the kernel cuts it down to `net.core.rmem_max`. */
const receiveBuffer = 1024 * 1024
/** Node.js takes 32 packets from a socket before it turns to other things. */
const turnsToDrain = 8
const familyMissing = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EPROTONOSUPPORT'])

/** UDP sockets of this machine, bound at once, which do not keep the process alive by themselves. */
export function openUdpSockets({ hosts, port, onPacket, onTrouble }: UdpSocketsOptions): UdpSockets {
  const openings = hosts.map((host) => open(host, port, onPacket, onTrouble))
  const usable = (family: number): Socket | undefined =>
    openings.find((opening) => opening.family === family && !opening.hasFailed())?.socket
  let closing: Promise<void> | undefined
  return {
    bound: boundAddresses(openings, hosts, port),
    send: (packet, { host, port: to }, onFailure) => {
      const socket = closing === undefined ? usable(familyOf(host)) : undefined
      if (socket === undefined) {
        onFailure('unsent')
        return
      }
      try {
        socket.send(packet, to, host, (error) => {
          if (error !== null) onFailure(sendFailure(error))
        })
      } catch {
        onFailure('unsent')
      }
    },
    drained: async () => {
      for (let turn = 0; turn < turnsToDrain; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
    },
    close: () => (closing ??= Promise.all(openings.map((each) => each.close())).then(() => undefined)),
  }
}

interface Opening {
  readonly socket: Socket
  readonly family: number
  readonly bound: Promise<Endpoint>
  hasFailed(): boolean
  close(): Promise<void>
}

function open(host: string, port: number, onPacket: OnPacket, onTrouble: (error: unknown) => void): Opening {
  const family = familyOf(host)
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    recvBufferSize: receiveBuffer,
    // Addresses only: no name is ever looked up.
    lookup: (address, _, done) => done(null, address, family),
  })
  let failed = false
  let isOpen = false
  const bound = new Promise<Endpoint>((resolve, reject) => {
    socket.once('listening', () => {
      isOpen = true
      resolve({ host, port: socket.address().port })
    })
    socket.on('error', (error) => {
      if (isOpen) onTrouble(error)
      else {
        failed = true
        reject(error)
      }
    })
  })
  socket.on('message', (packet, { address, port: from }) => onPacket(packet, { host: address, port: from }))
  socket.bind(port, host)
  socket.unref()
  const closed = new Promise<void>((resolve) => socket.once('close', resolve))
  return {
    socket,
    family,
    bound,
    hasFailed: () => failed,
    close: async () => {
      await bound.catch(() => undefined)
      socket.removeAllListeners('message')
      socket.close()
      await closed
    },
  }
}

async function boundAddresses(
  openings: readonly Opening[],
  hosts: readonly string[],
  port: number,
): Promise<readonly Endpoint[]> {
  const results = await Promise.allSettled(openings.map(({ bound }) => bound))
  const addresses: Endpoint[] = []
  let missing: unknown
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') addresses.push(result.value)
    else if (isFamilyMissing(hosts[index], result.reason)) missing = result.reason
    else throw new ProbeSocketError(hosts, port, result.reason)
  }
  if (addresses.length === 0) throw new ProbeSocketError(hosts, port, missing)
  return addresses
}

function isFamilyMissing(host: string | undefined, error: unknown): boolean {
  const isAny = host === '::' || host === '0.0.0.0'
  return isAny && error instanceof Error && 'code' in error && familyMissing.has(String(error.code))
}

function familyOf(host: string): 4 | 6 {
  return host.includes(':') ? 6 : 4
}
