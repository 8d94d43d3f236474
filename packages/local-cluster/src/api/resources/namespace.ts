import { isJsonObject, textAt } from '../kubernetes-object.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { builtInResource } from './built-in-resource.ts'
import { ageColumn } from './resource-from-crd.ts'

export const namespaceResourceDefinition: ResourceDefinition = builtInResource({
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  statusSubresource: true,
  prepare: active,
  selectableFields: { 'status.phase': (namespace) => textAt(namespace, 'status', 'phase') },
  columns: [{ name: 'Status', type: 'string', cell: (namespace) => textAt(namespace, 'status', 'phase') }, ageColumn],
})

function active(namespace: KubernetesObject): KubernetesObject {
  const { metadata } = namespace
  const { name } = metadata
  const status = isJsonObject(namespace['status']) ? namespace['status'] : {}
  return {
    ...namespace,
    metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating', ...status },
  }
}
