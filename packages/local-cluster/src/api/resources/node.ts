import { fieldAt, listAt, textAt } from '../kubernetes-object.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { builtInResource } from './built-in-resource.ts'
import { ageColumn } from './resource-from-crd.ts'

export const nodeResourceDefinition: ResourceDefinition = builtInResource({
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  statusSubresource: true,
  selectableFields: {
    'spec.unschedulable': (node) => String(fieldAt(node, 'spec', 'unschedulable') === true),
  },
  prepare: withoutUnsetSchedulability,
  columns: [
    { name: 'Status', type: 'string', cell: statusOf },
    { name: 'Roles', type: 'string', cell: rolesOf },
    ageColumn,
    { name: 'Version', type: 'string', cell: (node) => textAt(node, 'status', 'nodeInfo', 'kubeletVersion') },
    { name: 'Internal-IP', type: 'string', priority: 1, cell: (node) => addressOf(node, 'InternalIP') },
    { name: 'External-IP', type: 'string', priority: 1, cell: (node) => addressOf(node, 'ExternalIP') },
  ],
})

/** The real server stores neither `unschedulable: false` nor an empty list of taints. */
function withoutUnsetSchedulability(node: KubernetesObject): KubernetesObject {
  const spec = Object.entries(fieldAt(node, 'spec') ?? {}).filter(
    ([name, value]) => !(name === 'unschedulable' && value === false) && !(name === 'taints' && isEmptyList(value)),
  )
  return { ...node, spec: Object.fromEntries(spec), status: fieldAt(node, 'status') ?? {} }
}

const isEmptyList = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0)

function statusOf(node: KubernetesObject): string {
  const ready = listAt(node, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready')
  const readiness = ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return fieldAt(node, 'spec', 'unschedulable') === true ? `${readiness},SchedulingDisabled` : readiness
}

function rolesOf({ metadata }: KubernetesObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(prefix))
  return (
    roles
      .map((label) => label.slice(prefix.length))
      .toSorted()
      .join(',') || '<none>'
  )
}

function addressOf(node: KubernetesObject, type: string): string {
  const found = listAt(node, 'status', 'addresses').find((address) => textAt(address, 'type') === type)
  return textAt(found, 'address') || '<none>'
}
