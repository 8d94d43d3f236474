import {
  createReflector,
  eventResource,
  failoverIPResource,
  leaseResource,
  nodeResource,
} from '@failover-ip/kubernetes'
import type { CacheChange, KubernetesTransport, Reflector } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'

import { leaseHolder, reportEvent, reportNode, viewFailoverIP } from './cluster-view.ts'
import type { ClusterView, EventReport } from './cluster-view.ts'
import { demoFailoverIP, operatorNamespace } from './demo-manifests.ts'

/** The cluster as it is now, and as it changes. */
export interface ClusterWatch {
  view(): ClusterView
  /** Returns the way to stop it. */
  onChange(handler: () => void): () => void
  /** Told of each Event about the FailoverIP once, as it is written. */
  onEvent(handler: (event: EventReport) => void): () => void
  /** The first view that fits, or undefined when none did in that time. Rejects with the signal's reason. */
  first(
    fits: (view: ClusterView) => boolean,
    wait: { readonly milliseconds: number; readonly signal: AbortSignal },
  ): Promise<ClusterView | undefined>
  /** Until the signal. */
  run(signal: AbortSignal): Promise<void>
}

const mostEvents = 50

export function watchCluster(context: {
  readonly transport: KubernetesTransport
  readonly clock: Clock
  readonly random: () => number
}): ClusterWatch {
  const { clock } = context
  const { name, namespace } = demoFailoverIP
  const failoverIPs = createReflector({ ...context, resource: failoverIPResource, namespace, select: viewFailoverIP })
  const nodes = createReflector({ ...context, resource: nodeResource, select: reportNode })
  const leases = createReflector({
    ...context,
    resource: leaseResource,
    namespace: operatorNamespace,
    select: leaseHolder,
  })
  const events = createReflector({ ...context, resource: eventResource, namespace, select: reportEvent })
  const reflectors: readonly Reflector<unknown>[] = [failoverIPs, nodes, leases, events]

  const view = (): ClusterView => ({
    failoverIP: failoverIPs.cache.get(`${namespace}/${name}`)?.value,
    nodes: [...nodes.cache.entries()].map(({ value }) => value).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    leader: [...leases.cache.entries()].find(({ value }) => value !== undefined)?.value,
    events: [...events.cache.entries()]
      .map(({ value }) => value)
      .toSorted((a, b) => a.at - b.at)
      .slice(-mostEvents),
  })
  const onChange = (handler: () => void): (() => void) => {
    const ends = reflectors.map((reflector) => reflector.subscribe(handler))
    return () => ends.forEach((end) => end())
  }
  return {
    view,
    onChange,
    onEvent: (handler) => events.subscribe((changes) => newEvents(changes).forEach(handler)),
    first: async (fits, { milliseconds, signal }) => {
      const settled = new AbortController()
      const found = Promise.withResolvers<ClusterView>()
      const look = (): void => {
        const now = view()
        if (fits(now)) found.resolve(now)
      }
      const stop = onChange(look)
      const timeUp = clock.sleep(milliseconds, { signal: AbortSignal.any([signal, settled.signal]) })
      look()
      try {
        return await Promise.race([found.promise, timeUp.then(() => undefined)])
      } finally {
        stop()
        settled.abort()
      }
    },
    run: async (signal) => {
      await Promise.all(reflectors.map((reflector) => reflector.run(signal)))
    },
  }
}

function newEvents(changes: readonly CacheChange<EventReport>[]): readonly EventReport[] {
  return changes.flatMap(({ previous, current }) =>
    previous === undefined && current !== undefined ? [current.value] : [],
  )
}
