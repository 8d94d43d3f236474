import { textAt } from '../kubernetes-object.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { age } from '../table/age.ts'
import type { TableColumn } from '../table/table-column.ts'
import { builtInResource } from './built-in-resource.ts'

/** The names that differ between the two forms of an Event: events.k8s.io/v1 to core v1. */
const renamed: readonly (readonly [eventsName: string, coreName: string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
]

const columns: readonly TableColumn[] = [
  { name: 'Last Seen', type: 'string', cell: (event, now) => age(lastSeen(event), now) },
  { name: 'Type', type: 'string', cell: (event) => textAt(event, 'type') },
  { name: 'Reason', type: 'string', cell: (event) => textAt(event, 'reason') },
  { name: 'Object', type: 'string', cell: involvedObject },
  { name: 'Message', type: 'string', cell: (event) => textAt(event, 'message') || textAt(event, 'note') },
]

const regarded = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']
const shared = {
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  createOnUpdate: true,
  columns,
}

/** Events as `kubectl describe` reads them; the form in which both are stored. */
export const coreEventResourceDefinition: ResourceDefinition = builtInResource({
  ...shared,
  prepare: (event) => ({ ...filled(event, 'involvedObject', 'source'), type: textAt(event, 'type') || 'Normal' }),
  selectableFields: {
    ...selectors('involvedObject', 'involvedObject'),
    reason: (event) => textAt(event, 'reason'),
    type: (event) => textAt(event, 'type'),
    source: (event) => textAt(event, 'source', 'component') || textAt(event, 'reportingComponent'),
    reportingComponent: (event) => textAt(event, 'reportingComponent'),
  },
})

/** The same objects, as controllers write them. */
export const eventResourceDefinition: ResourceDefinition = builtInResource({
  ...shared,
  group: 'events.k8s.io',
  selectableFields: {
    ...selectors('regarding', 'regarding'),
    reason: (event) => textAt(event, 'reason'),
    type: (event) => textAt(event, 'type'),
    reportingController: (event) => textAt(event, 'reportingController'),
  },
  view: {
    storedAs: 'events',
    toStored: (event) => ({ ...renameFields(event, 'toCore'), apiVersion: 'v1' }),
    fromStored: (event) => ({ ...renameFields(event, 'toEvents'), apiVersion: 'events.k8s.io/v1' }),
  },
})

function selectors(prefix: string, field: string): Record<string, (event: KubernetesObject) => string> {
  return Object.fromEntries(
    regarded.map((name) => [`${prefix}.${name}`, (event: KubernetesObject) => textAt(event, field, name)]),
  )
}

function filled(event: KubernetesObject, ...names: readonly string[]): KubernetesObject {
  const absent = names.filter((name) => event[name] === undefined)
  return { ...event, ...Object.fromEntries(absent.map((name) => [name, {}])) }
}

function renameFields(event: KubernetesObject, direction: 'toCore' | 'toEvents'): KubernetesObject {
  const names = new Map(renamed.map(([events, core]) => (direction === 'toCore' ? [events, core] : [core, events])))
  const { apiVersion, kind, metadata, ...fields } = event
  const entries = Object.entries(fields).map(([name, value]) => [names.get(name) ?? name, value] as const)
  return { apiVersion, kind, metadata, ...Object.fromEntries(entries) }
}

function lastSeen(event: KubernetesObject): string {
  const times = [
    textAt(event, 'series', 'lastObservedTime'),
    textAt(event, 'lastTimestamp'),
    textAt(event, 'deprecatedLastTimestamp'),
    textAt(event, 'eventTime'),
  ]
  return times.find((time) => time !== '') ?? event.metadata.creationTimestamp
}

function involvedObject(event: KubernetesObject): string {
  const field = event['involvedObject'] === undefined ? 'regarding' : 'involvedObject'
  return `${textAt(event, field, 'kind').toLowerCase()}/${textAt(event, field, 'name')}`
}
