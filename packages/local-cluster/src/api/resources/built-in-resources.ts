import { textAt } from '../kubernetes-object.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { builtInResource } from './built-in-resource.ts'
import { coreEventResourceDefinition, eventResourceDefinition } from './event.ts'
import { namespaceResourceDefinition } from './namespace.ts'
import { nodeResourceDefinition } from './node.ts'
import { ageColumn } from './resource-from-crd.ts'
import { secretResourceDefinition } from './secret.ts'

const lease = builtInResource({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  createOnUpdate: true,
  unconditionalUpdate: false,
  columns: [{ name: 'Holder', type: 'string', cell: (object) => textAt(object, 'spec', 'holderIdentity') }, ageColumn],
})

const service = builtInResource({
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  namespaced: true,
  statusSubresource: true,
  createOnUpdate: true,
  columns: [
    { name: 'Type', type: 'string', cell: (object) => textAt(object, 'spec', 'type') || 'ClusterIP' },
    { name: 'Cluster-IP', type: 'string', cell: (object) => textAt(object, 'spec', 'clusterIP') || '<none>' },
    ageColumn,
  ],
})

const pod = builtInResource({
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  namespaced: true,
  statusSubresource: true,
  selectableFields: {
    'spec.nodeName': (object) => textAt(object, 'spec', 'nodeName'),
    'status.phase': (object) => textAt(object, 'status', 'phase'),
    'status.podIP': (object) => textAt(object, 'status', 'podIP'),
  },
})

/** The kinds of Kubernetes itself that the operator, the simulated nodes and kubectl use. */
export const builtInResources: readonly ResourceDefinition[] = [
  namespaceResourceDefinition,
  nodeResourceDefinition,
  coreEventResourceDefinition,
  secretResourceDefinition,
  builtInResource({ kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'], namespaced: true }),
  service,
  pod,
  eventResourceDefinition,
  lease,
  builtInResource({
    group: 'discovery.k8s.io',
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    namespaced: true,
  }),
]
