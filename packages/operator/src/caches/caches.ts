import {
  createReflector,
  failoverIPClassResource,
  failoverIPResource,
  leaseResource,
  namespaceResource,
  nodeResource,
  type KubernetesObject,
  type KubernetesTransport,
  type Reflector,
  type ReflectorProblem,
  type ResourceType,
} from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { classRecordOf, type ClassRecord } from './class-record.ts'
import { failoverIPRecordOf, type FailoverIPRecord } from './failover-ip-record.ts'
import { leaseRecordOf, type LeaseRecord } from './lease-record.ts'
import { createLeaseSightings, type LeaseSightings } from './lease-sightings.ts'
import { nodeRecordOf, type NodeRecord } from './node-record.ts'

/** Where kubelets renew their Leases. */
export const nodeLeaseNamespace: string = 'kube-node-lease'

/** What every replica knows of the cluster, kept equal to the API server's. */
export interface Caches {
  readonly nodes: Reflector<NodeRecord>
  readonly leases: Reflector<LeaseRecord>
  readonly sightings: LeaseSightings
  readonly classes: Reflector<ClassRecord>
  readonly failoverIPs: Reflector<FailoverIPRecord>
  /** Labels by name. */
  readonly namespaces: Reflector<Readonly<Record<string, string>>>
  /** What was not listed yet, each with its reason where one is known. */
  unsynced(): readonly string[]
  whenSynced(signal: AbortSignal): Promise<void>
  run(signal: AbortSignal): Promise<void>
}

export interface CachesOptions {
  readonly transport: KubernetesTransport
  readonly clock: Clock
  readonly random: () => number
  readonly controllerName: string
  readonly onProblem: (problem: ReflectorProblem) => void
  readonly onRecovered: (problem: ReflectorProblem) => void
}

export function createCaches(options: CachesOptions): Caches {
  const { transport, clock, random, controllerName, onProblem, onRecovered } = options
  const follow = <T>(
    resource: ResourceType,
    select: (object: KubernetesObject) => T,
    selection: { readonly namespace?: string } = {},
  ): Reflector<T> =>
    createReflector({ transport, clock, random, onProblem, onRecovered, ...selection, resource, select })

  const nodes = follow(nodeResource, nodeRecordOf)
  const leases = follow(leaseResource, leaseRecordOf, { namespace: nodeLeaseNamespace })
  const classes = follow(failoverIPClassResource, (object) => classRecordOf(object, controllerName))
  const failoverIPs = follow(failoverIPResource, failoverIPRecordOf)
  const namespaces = follow(namespaceResource, ({ metadata }) => metadata.labels ?? {})
  const sightings = createLeaseSightings(clock)
  leases.subscribe((changes) => sightings.apply(changes))

  const all: Readonly<Record<string, Pick<Reflector<unknown>, 'state' | 'whenSynced' | 'run'>>> = {
    nodes,
    'node leases': leases,
    failoveripclasses: classes,
    failoverips: failoverIPs,
    namespaces,
  }
  return {
    nodes,
    leases,
    sightings,
    classes,
    failoverIPs,
    namespaces,
    unsynced: () =>
      Object.entries(all).flatMap(([name, { state }]) =>
        state.synced ? [] : [state.problem === undefined ? name : `${name} (${state.problem.message})`],
      ),
    whenSynced: async (signal) => {
      await Promise.all(Object.values(all).map((reflector) => reflector.whenSynced(signal)))
    },
    run: async (signal) => {
      await Promise.all(Object.values(all).map((reflector) => reflector.run(signal)))
    },
  }
}
