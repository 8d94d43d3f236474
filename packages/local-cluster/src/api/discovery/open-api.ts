import { apiVersionOf } from '../resource-definition.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { serverVersionText } from './server-version.ts'

const objectMetaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
const text = { type: 'string' }
const texts = { type: 'object', additionalProperties: text }
const objectMeta = {
  type: 'object',
  description:
    'ObjectMeta is metadata that all persisted resources must have, which includes all objects users must create.',
  properties: {
    name: text,
    generateName: text,
    namespace: text,
    uid: text,
    resourceVersion: text,
    generation: { type: 'integer', format: 'int64' },
    creationTimestamp: { type: 'string', format: 'date-time' },
    deletionTimestamp: { type: 'string', format: 'date-time' },
    deletionGracePeriodSeconds: { type: 'integer', format: 'int64' },
    labels: texts,
    annotations: texts,
    finalizers: { type: 'array', items: text },
    ownerReferences: { type: 'array', items: { type: 'object' } },
    managedFields: { type: 'array', items: { type: 'object' } },
    selfLink: text,
  },
}

/** `/openapi/v3`: where the document of each group version lies. */
export function openApiIndex(definitions: readonly ResourceDefinition[]): unknown {
  const roots = Array.from(new Set(definitions.map(rootOf)))
  return { paths: Object.fromEntries(roots.map((root) => [root, { serverRelativeURL: `/openapi/v3/${root}` }])) }
}

/** The document of one group version: what `kubectl apply` and `explain` read. Undefined when nothing is served there. */
export function openApiDocument(definitions: readonly ResourceDefinition[], root: string): unknown {
  const members = definitions.filter((definition) => rootOf(definition) === root)
  if (members.length === 0) return undefined
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: serverVersionText },
    paths: Object.fromEntries(members.flatMap(pathsOf)),
    components: {
      schemas: {
        [objectMetaName]: objectMeta,
        ...Object.fromEntries(members.map((definition) => [schemaName(definition), schemaOf(definition)])),
      },
    },
  }
}

function rootOf(definition: ResourceDefinition): string {
  return `${definition.group === '' ? 'api' : 'apis'}/${apiVersionOf(definition)}`
}

function schemaName({ group, version, kind }: ResourceDefinition): string {
  const reversed = (group === '' ? 'core.api.k8s.io' : group).split('.').toReversed().join('.')
  return `${reversed}.${version}.${kind}`
}

function schemaOf(definition: ResourceDefinition): unknown {
  const { group, version, kind, schema } = definition
  return {
    ...schema,
    type: 'object',
    properties: {
      apiVersion: text,
      kind: text,
      metadata: { allOf: [{ $ref: `#/components/schemas/${objectMetaName}` }], default: {} },
      ...schema.properties,
    },
    'x-kubernetes-group-version-kind': [{ group, kind, version }],
  }
}

const query = (name: string): unknown => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } })
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map(query)

function pathsOf(definition: ResourceDefinition): [string, unknown][] {
  const { group, version, kind, plural, namespaced } = definition
  const collection = `/${rootOf(definition)}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`
  const schema = { $ref: `#/components/schemas/${schemaName(definition)}` }
  const content = { 'application/json': { schema } }
  const responses = { 200: { description: 'OK', content } }
  const operation = (action: string, parameters: readonly unknown[]): unknown => ({
    responses,
    parameters,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  })
  return [
    [collection, { get: operation('list', []), post: operation('post', writeParameters) }],
    [
      `${collection}/{name}`,
      {
        get: operation('get', []),
        put: operation('put', writeParameters),
        patch: operation('patch', [...writeParameters, query('force')]),
        delete: operation('delete', [query('dryRun')]),
      },
    ],
  ]
}
