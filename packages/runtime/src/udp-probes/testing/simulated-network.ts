import type { Clock } from '@failover-ip/provider'
import type { Datagrams, Endpoint, OnPacket, SendFailure } from '../net/datagrams.ts'
import type { Knock } from '../net/knock.ts'

export interface SimulatedNetwork {
  /** Opens the port of an address. */
  open(at: Endpoint, onPacket: OnPacket): Datagrams
  /** From an address, to any. */
  knock(from: string): Knock
  /** Every packet that was handed over. */
  readonly carried: { readonly from: Endpoint; readonly to: Endpoint; readonly packet: Uint8Array }[]
  /**
   * What happens to packets to a host, or from one to another (`FROM TO`): milliseconds on the way, or how they get
   * lost. Default: 1 ms.
   */
  readonly fate: Map<string, number | 'lost' | SendFailure>
  /** Asked for each packet that would arrive. */
  isLost: () => boolean
}

const key = ({ host, port }: Endpoint): string => `${host} ${port}`

/** As Linux limits them: one a second to a peer, and six at once (`icmp_ratelimit`, measured). The rest is dropped. */
const refusalEvery = 1000
const mostRefusals = 6

/** Datagrams in virtual time. Hosts with an open port have a kernel that refuses packets to other ports. */
export function createSimulatedNetwork(clock: Clock): SimulatedNetwork {
  const ports = new Map<string, OnPacket>()
  const carried: SimulatedNetwork['carried'] = []
  const fate: SimulatedNetwork['fate'] = new Map()
  /** By the two hosts: milliseconds saved up for refusals, and when that was. */
  const refusals = new Map<string, { saved: number; at: number }>()
  let ephemeral = 50_000

  const fateOf = (from: Endpoint, to: Endpoint): number | 'lost' | SendFailure =>
    fate.get(`${from.host} ${to.host}`) ?? fate.get(to.host) ?? 1
  const refuses = (from: Endpoint, to: Endpoint): boolean => {
    if (![...ports.keys()].some((each) => each.startsWith(`${to.host} `))) return false
    const now = clock.monotonic()
    const most = mostRefusals * refusalEvery
    const { saved, at } = refusals.get(`${to.host} ${from.host}`) ?? { saved: most, at: now }
    const left = Math.min(most, saved + now - at)
    const isGranted = left >= refusalEvery
    refusals.set(`${to.host} ${from.host}`, { saved: isGranted ? left - refusalEvery : left, at: now })
    return isGranted
  }
  const deliver = async (packet: Uint8Array, from: Endpoint, to: Endpoint): Promise<'carried' | 'lost' | 'refused'> => {
    const way = fateOf(from, to)
    if (typeof way === 'string' || network.isLost()) return 'lost'
    const copy = Uint8Array.from(packet)
    await clock.sleep(way)
    const receive = ports.get(key(to))
    if (receive === undefined) return refuses(from, to) ? 'refused' : 'lost'
    carried.push({ from, to, packet: copy })
    receive(copy, from)
    return 'carried'
  }

  const network: SimulatedNetwork = {
    carried,
    fate,
    isLost: () => false,
    open: (at, onPacket) => {
      ports.set(key(at), onPacket)
      return {
        send: (packet, to, onFailure) => {
          const way = fateOf(at, to)
          if (way === 'unsent' || way === 'unreachable') onFailure(way)
          else void deliver(packet, at, to)
        },
        drained: () => Promise.resolve(),
        close: () => {
          ports.delete(key(at))
          return Promise.resolve()
        },
      }
    },
    knock:
      (host) =>
      async (packet, to, { signal, onPacket }) => {
        const from = { host, port: (ephemeral += 1) }
        if (fateOf(from, to) === 'unsent') return 'unsent'
        ports.set(key(from), onPacket)
        const aborted = new Promise<'aborted'>((resolve) => {
          if (signal.aborted) resolve('aborted')
          signal.addEventListener('abort', () => resolve('aborted'), { once: true })
        })
        const refused = deliver(packet, from, to).then((end) => (end === 'refused' ? end : aborted))
        const end = await Promise.race([refused, aborted])
        ports.delete(key(from))
        return end === 'refused' ? end : undefined
      },
  }
  return network
}
