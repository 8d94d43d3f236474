import type { KubernetesObject } from '../kubernetes-object.ts'
import type { ListMeta } from '../reply.ts'
import type { ResourceDefinition } from '../resource-definition.ts'

/** What `kubectl get` prints: columns and a row for each object. */
export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: 'meta.k8s.io/v1'
  readonly metadata: Partial<ListMeta>
  readonly columnDefinitions: readonly ColumnDefinition[]
  readonly rows: readonly Row[]
}

interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

interface Row {
  readonly cells: readonly (string | number | boolean | null)[]
  readonly object?: unknown
}

/** How much of each object goes with its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

export function parseIncludeObject(query: URLSearchParams): IncludeObject {
  const text = query.get('includeObject')
  return text === 'None' || text === 'Object' ? text : 'Metadata'
}

export function makeTable(
  definition: ResourceDefinition,
  objects: readonly KubernetesObject[],
  metadata: Partial<ListMeta>,
  include: IncludeObject,
  now: number,
): Table {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: [nameColumn, ...definition.columns.map(columnDefinition)],
    rows: objects.map((object) => ({
      cells: [object.metadata.name, ...definition.columns.map(({ cell }) => cell(object, now))],
      ...(include === 'None' ? {} : { object: include === 'Object' ? object : metadataOnly(object) }),
    })),
  }
}

const nameColumn: ColumnDefinition = { name: 'Name', type: 'string', format: 'name', description: 'Name', priority: 0 }

function columnDefinition(column: ResourceDefinition['columns'][number]): ColumnDefinition {
  const { name, type, format = '', description = '', priority = 0 } = column
  return { name, type, format, description, priority }
}

function metadataOnly({ metadata }: KubernetesObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
}
