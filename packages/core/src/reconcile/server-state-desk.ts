import {
  isProviderError,
  type Clock,
  type Routing,
  type ServerReference,
  type ServerState,
} from '@failover-ip/provider'
import { earliest } from '../plan/earliest.ts'
import { backOff } from './back-off.ts'

export interface ServerStateDeskOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly signal: AbortSignal
  readonly onNews: () => void
  readonly track: (task: Promise<void>) => void
  /** `uid`: of the machine that was asked about; `at`: local monotonic milliseconds at which it was asked. */
  readonly onAnswer: (node: string, uid: string | undefined, state: ServerState, at: number) => void
}

/** Asks clouds about servers: one question at a time at each place of an account, about all servers that are due. */
export interface ServerStateDesk {
  /** About all servers that are in question. Returns the local monotonic moment to ask again. */
  ask(servers: readonly ServerInQuestion[]): number | undefined
}

/** Where the server of a node can be asked about. */
export interface ServerWhereabouts {
  readonly routing: Routing
  readonly server: ServerReference
}

export interface ServerInQuestion extends ServerWhereabouts {
  readonly node: string
  /** Of the machine. */
  readonly uid: string | undefined
}

interface Place {
  asking: boolean
  failures: number
  /** Local monotonic milliseconds. */
  askAgainAt: number
  /** Nodes of the last question. */
  nodes: ReadonlySet<string>
}

/** Milliseconds between two questions about the same servers. */
const pause = 5000

export function createServerStateDesk(options: ServerStateDeskOptions): ServerStateDesk {
  const { clock, random, signal, onNews, track, onAnswer } = options
  /** By routing, which ends with its credentials, and location. */
  const places = new WeakMap<ServerWhereabouts['routing'], Map<string, Place>>()
  const placeOf = ({ routing, server: { location } }: ServerInQuestion): Place => {
    const ofRouting = places.get(routing) ?? new Map<string, Place>()
    places.set(routing, ofRouting)
    const place = ofRouting.get(location) ?? { asking: false, failures: 0, askAgainAt: 0, nodes: new Set() }
    ofRouting.set(location, place)
    return place
  }

  const question = async (place: Place, asked: readonly ServerInQuestion[]): Promise<void> => {
    const at = clock.monotonic()
    let wished = 0
    try {
      const servers = asked.map(({ server }) => server)
      const answers = (await asked[0]?.routing.serverStates?.(servers, { signal })) ?? []
      asked.forEach(({ node, uid }, index) => {
        const state = answers[index]
        if (state !== undefined) onAnswer(node, uid, state, at)
      })
      place.failures = 0
    } catch (error) {
      // No answer is no evidence.
      place.failures += 1
      wished = isProviderError(error) ? (error.retryAfterSeconds ?? 0) * 1000 : 0
    } finally {
      const failed = place.failures === 0 ? 0 : backOff(place.failures, random)
      place.askAgainAt = Math.max(at + pause, clock.monotonic() + Math.max(failed, wished))
      place.asking = false
      onNews()
    }
  }

  const askPlace = (place: Place, asked: readonly ServerInQuestion[]): number | undefined => {
    if (place.asking) return undefined
    // Who was not asked about yet does not wait for the others' pause, but for one that the cloud is given.
    const isNew = place.failures === 0 && asked.some(({ node }) => !place.nodes.has(node))
    if (clock.monotonic() < place.askAgainAt && !isNew) return place.askAgainAt
    place.asking = true
    place.nodes = new Set(asked.map(({ node }) => node))
    track(question(place, asked))
    return undefined
  }

  return {
    ask: (servers) => {
      const askable = servers.filter(({ routing }) => routing.serverStates !== undefined)
      return earliest([...Map.groupBy(askable, placeOf)].map(([place, ours]) => askPlace(place, ours)))
    },
  }
}
