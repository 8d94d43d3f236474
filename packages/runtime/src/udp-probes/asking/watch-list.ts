import type { ProbeTarget } from '@failover-ip/core'
import { parseProbeAddress } from '@failover-ip/core'
import type { Endpoint } from '../net/datagrams.ts'

export interface Watched {
  readonly target: ProbeTarget
  readonly to: Endpoint
  /** Local monotonic milliseconds of the first probe. */
  readonly firstAt: number
  readonly signal: AbortSignal
  /** `undefined` before the first probe. */
  lastSentAt: number | undefined
}

export interface WatchListOptions {
  /** Of targets that name none. */
  readonly port: number
  /** Probes until the signal is aborted. */
  readonly follow: (watched: Watched) => Promise<void>
}

/** Who is probed in a rhythm. */
export interface WatchList {
  /** Replaces the targets. One that stays keeps its rhythm, also when its interval changes. */
  replace(targets: readonly ProbeTarget[], now: number): void
  of(node: string): Watched | undefined
}

/** Most milliseconds between the first probes of two nodes, so that their answers do not arrive all at once. */
const stagger = 1

export function createWatchList({ port, follow }: WatchListOptions): WatchList {
  const list = new Map<string, { readonly watched: Watched; readonly stop: AbortController }>()

  const remove = (node: string): void => {
    list.get(node)?.stop.abort()
    list.delete(node)
  }
  const add = (target: ProbeTarget, to: Endpoint, firstAt: number): void => {
    const stop = new AbortController()
    const watched = { target, to, firstAt, signal: stop.signal, lastSentAt: undefined }
    list.set(target.node, { watched, stop })
    follow(watched).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error
    })
  }

  return {
    replace: (targets, now) => {
      const wanted = new Map(targets.map((target) => [target.node, target]))
      for (const node of list.keys()) if (!wanted.has(node)) remove(node)
      const spacing = Math.min(stagger, ...targets.slice(0, 1).map(({ interval }) => interval / targets.length))
      let newcomers = 0
      for (const target of wanted.values()) {
        const old = list.get(target.node)?.watched
        if (old?.target.address === target.address && old.target.interval === target.interval) continue
        remove(target.node)
        const to = endpointOf(target, port)
        if (to === undefined) continue
        const stays = old?.target.address === target.address
        add(target, to, stays ? Math.max(now, nextAt(old, target)) : now + spacing * newcomers++)
      }
    },
    of: (node) => list.get(node)?.watched,
  }
}

function nextAt({ firstAt, lastSentAt }: Watched, { interval }: ProbeTarget): number {
  return lastSentAt === undefined ? firstAt : lastSentAt + interval
}

/** `undefined` for what is no IP address. */
export function endpointOf({ address }: ProbeTarget, defaultPort: number): Endpoint | undefined {
  const parsed = parseProbeAddress(address)
  return parsed === undefined ? undefined : { host: parsed.host, port: parsed.port ?? defaultPort }
}
