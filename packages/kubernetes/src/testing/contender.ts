import type { Clock } from '@failover-ip/provider'
import { createKubernetesClient } from '../client/kubernetes-client.ts'
import {
  createLeaderElection,
  type LeaderElection,
  type LeaderElectionEvent,
  type LeaderScope,
} from '../leader-election/leader-election.ts'
import type { KubernetesRequest, KubernetesTransport } from '../transport/kubernetes-transport.ts'
import type { FakeApi, Fault } from './fake-api.ts'
import type { VirtualClock } from './virtual-clock.ts'

export const leaseCollection = '/apis/coordination.k8s.io/v1/namespaces/failover-ip/leases'

/** One process that stands for election. */
export interface Contender {
  readonly identity: string
  readonly election: LeaderElection
  readonly events: LeaderElectionEvent[]
  readonly stop: AbortController
  readonly ended: Promise<unknown>
  /** Terms so far: the last one's scope. */
  readonly scopes: LeaderScope[]
  fault: (request: KubernetesRequest) => Fault | undefined
  /** A paused process does nothing: its timers and answers come when it wakes. */
  pause(): void
  wake(): void
  readonly paused: boolean
}

export interface ContenderOptions {
  readonly rate?: number
  readonly lead?: (scope: LeaderScope) => Promise<void>
  readonly scopeDeadline?: number
}

export interface World {
  readonly api: FakeApi
  readonly clock: VirtualClock
}

export function startContender({ api, clock }: World, identity: string, options: ContenderOptions = {}): Contender {
  let awake = Promise.resolve()
  let resume: (() => void) | undefined
  const own = clock.skewed(options.rate ?? 1)
  const pausable: Clock = { ...own, sleep: (time, sleepOptions) => own.sleep(time, sleepOptions).then(() => awake) }
  const transport: KubernetesTransport = {
    request: async (request) => {
      api.intercept = contender.fault
      const response = api.transport.request(request)
      api.intercept = () => undefined
      await awake
      return response
    },
  }
  const stop = new AbortController()
  const events: LeaderElectionEvent[] = []
  const scopes: LeaderScope[] = []
  const election = createLeaderElection({
    client: createKubernetesClient({ transport, clock: pausable }),
    clock: pausable,
    random: () => 0.5,
    namespace: 'failover-ip',
    name: 'test',
    identity,
    onEvent: (event) => events.push(event),
    ...(options.scopeDeadline === undefined ? {} : { scopeDeadline: options.scopeDeadline }),
  })
  const contender: Contender = {
    identity,
    election,
    events,
    stop,
    scopes,
    fault: () => undefined,
    ended: Promise.resolve()
      .then(() =>
        election.run(stop.signal, (scope) => {
          scopes.push(scope)
          return options.lead?.(scope) ?? untilAborted(scope.signal)
        }),
      )
      .catch((error: unknown) => error),
    pause: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      awake = promise
      resume = resolve
    },
    wake: () => {
      resume?.()
      resume = undefined
    },
    get paused() {
      return resume !== undefined
    },
  }
  return contender
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Those that lead and are not paused. */
export function leaders(contenders: readonly Contender[]): string[] {
  return contenders.filter(({ election, paused }) => !paused && election.isLeader()).map(({ identity }) => identity)
}

/** Lets time pass in small steps and gives the longest time with two leaders at once, in milliseconds. */
export async function overlapWhile(
  clock: VirtualClock,
  contenders: readonly Contender[],
  milliseconds: number,
): Promise<number> {
  const grain = 20
  let overlap = 0
  let longest = 0
  for (let passed = 0; passed < milliseconds; passed += grain) {
    overlap = leaders(contenders).length > 1 ? overlap + grain : 0
    longest = Math.max(longest, overlap)
    await clock.advance(grain)
  }
  return longest
}
