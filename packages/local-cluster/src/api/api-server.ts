import type { KubernetesTransport } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'

import type { ApiContext } from './api-context.ts'
import { handleRequest } from './handle-request.ts'
import type { ResourceDefinition } from './resource-definition.ts'
import { createResourceRegistry } from './resource-registry.ts'
import { builtInResources } from './resources/built-in-resources.ts'
import { createObjectStore } from './store/object-store.ts'
import type { ObjectStore } from './store/object-store.ts'

/** Kubernetes' API with one store, in this process. It does no I/O and takes time and chance from outside. */
export interface ApiServer {
  /** The server itself: requests go straight in. `startApiHttpServer` puts HTTP before it, `withFaults` faults. */
  readonly transport: KubernetesTransport
  readonly store: ObjectStore
  /** Serves one more kind, or the same one anew, as creating its CustomResourceDefinition does. */
  serve(definition: ResourceDefinition): void
  /** Stops serving a kind. What is stored of it stays. */
  stopServing(group: string, plural: string): void
}

export interface ApiServerOptions {
  /** Kinds besides the built-in ones. */
  readonly resources?: readonly ResourceDefinition[]
  readonly clock: Clock
  /** In [0, 1): for UIDs and generated names. */
  readonly random: () => number
  /** How many changes watches and list pages can look back. Default: 10,000. */
  readonly historyLimit?: number
  /** Default: 60,000, as the real server's. */
  readonly bookmarkIntervalMilliseconds?: number
  /** How long a watch lasts that names no time-out. Default: 1800; the real server takes 1800 to 3600. */
  readonly watchTimeoutSeconds?: number
}

/** Exist from the start, as in every cluster. */
const initialNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

/**
 * @example
 * const api = createApiServer({ resources: crds.map((crd) => resourceFromCrd(crd)), clock, random: Math.random })
 * const client = createKubernetesClient({ transport: api.transport })
 */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { historyLimit } = options
  const context: ApiContext = {
    store: createObjectStore(historyLimit === undefined ? {} : { historyLimit }),
    registry: createResourceRegistry([...builtInResources, ...(options.resources ?? [])]),
    clock: options.clock,
    random: options.random,
    bookmarkIntervalMilliseconds: options.bookmarkIntervalMilliseconds ?? 60_000,
    watchTimeoutSeconds: options.watchTimeoutSeconds ?? 1_800,
  }
  for (const name of initialNamespaces) createNamespace(context, name)
  // As on a real server, nobody can watch from before it started.
  context.store.expireHistory()
  return {
    store: context.store,
    transport: {
      request: async (request) => {
        request.signal.throwIfAborted()
        return handleRequest(context, request)
      },
    },
    serve: (definition) => context.registry.add(definition),
    stopServing: (group, plural) => context.registry.remove(group, plural),
  }
}

function createNamespace(context: ApiContext, name: string): void {
  handleRequest(context, {
    method: 'POST',
    path: '/api/v1/namespaces',
    body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    signal: new AbortController().signal,
  })
}
