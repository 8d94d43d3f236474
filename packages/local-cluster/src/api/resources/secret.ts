import { fieldAt, isJsonObject, textAt } from '../kubernetes-object.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { builtInResource } from './built-in-resource.ts'
import { ageColumn } from './resource-from-crd.ts'

export const secretResourceDefinition: ResourceDefinition = builtInResource({
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  prepare: withStringData,
  selectableFields: { type: (secret) => textAt(secret, 'type') },
  columns: [
    { name: 'Type', type: 'string', cell: (secret) => textAt(secret, 'type') },
    { name: 'Data', type: 'string', cell: (secret) => String(Object.keys(fieldAt(secret, 'data') ?? {}).length) },
    ageColumn,
  ],
})

/** `stringData` is write-only: it goes into `data`, encoded. */
function withStringData({ stringData, ...secret }: KubernetesObject): KubernetesObject {
  const type = textAt(secret, 'type') || 'Opaque'
  const data = isJsonObject(secret['data']) ? secret['data'] : {}
  const given = isJsonObject(stringData) ? Object.entries(stringData) : []
  const encoded = given.map(([name, value]) => [name, Buffer.from(String(value)).toString('base64')] as const)
  const all = { ...data, ...Object.fromEntries(encoded) }
  const { apiVersion, kind, metadata, ...fields } = { ...secret, type }
  return { apiVersion, kind, metadata, ...fields, ...(Object.keys(all).length === 0 ? {} : { data: all }) }
}
