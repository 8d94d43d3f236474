import { jsonPatch, objectOf, strategicMergePatch, widget } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

/** Something that the in-process API does otherwise than the real one, and that nothing of ours needs. At most twelve. */
export interface Limit {
  readonly says: string
  /** Does it, and gives what came out in a form that can be compared. */
  readonly observe: (context: ContractContext) => Promise<unknown>
  readonly real: unknown
  readonly local: unknown
}

/** Asserted on both sides: one that no longer differs fails. */
export const limits: readonly Limit[] = [
  {
    says: 'no server-side apply',
    real: 201,
    local: 415,
    observe: async ({ client, widgets }) => {
      const path = `${widgets}/applied?fieldManager=suite`
      const apply = { contentType: 'application/apply-patch+yaml' }
      return (await client.call('PATCH', path, widget('applied'), apply)).status
    },
  },
  {
    says: 'no managedFields',
    real: true,
    local: false,
    observe: async ({ client, widgets }) => {
      const made = objectOf(await client.call('POST', widgets, widget('managed')))
      return Object.hasOwn(made.metadata, 'managedFields')
    },
  },
  {
    says: 'unknown fields of built-in kinds are kept',
    real: false,
    local: true,
    observe: async ({ client, namespace }) => {
      const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'odd' } }
      const made = objectOf(await client.call('POST', path, { ...lease, spec: { bogus: 1 } }))
      return made.spec !== undefined && Object.hasOwn(made.spec, 'bogus')
    },
  },
  {
    says: 'built-in kinds are not validated',
    real: 422,
    local: 201,
    observe: async ({ client, namespace }) => {
      const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'negative' } }
      return (await client.call('POST', path, { ...lease, spec: { leaseDurationSeconds: -1 } })).status
    },
  },
  {
    says: 'strategic merge replaces lists that have a merge key',
    real: 2,
    local: 1,
    observe: async ({ client, namespace }) => {
      const name = `${namespace}-strategic`
      await client.call('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } })
      const add = async (type: string): Promise<unknown> => {
        const status = { conditions: [{ type, status: 'True', reason: 'Said', message: '' }] }
        const path = `/api/v1/nodes/${name}/status`
        return (await client.call('PATCH', path, { status }, strategicMergePatch)).body
      }
      await add('One')
      const after = await add('Two')
      await client.call('DELETE', `/api/v1/nodes/${name}`)
      return JSON.stringify(after).match(/"reason":"Said"/gu)?.length
    },
  },
  {
    says: 'no protobuf',
    real: 200,
    local: 406,
    observe: async ({ client }) => {
      const accept = 'application/vnd.kubernetes.protobuf'
      return (await client.call('GET', '/api/v1/namespaces', undefined, { accept })).status
    },
  },
  {
    says: 'no YAML bodies',
    real: 201,
    local: 415,
    observe: async ({ client, widgets }) => {
      const yaml = 'apiVersion: contract.failover-ip.dev/v1\nkind: Widget\nmetadata: {name: yaml}\nspec: {size: 1}\n'
      return (await client.call('POST', widgets, yaml, { contentType: 'application/yaml' })).status
    },
  },
  {
    says: 'kinds are given at start, CustomResourceDefinition is none of them',
    real: 200,
    local: 404,
    observe: async ({ client }) =>
      (await client.call('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=1')).status,
  },
  {
    says: 'no access reviews: everything is allowed',
    real: 201,
    local: 404,
    observe: async ({ client }) => {
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'get', resource: 'nodes' } },
      }
      return (await client.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)).status
    },
  },
  {
    says: 'a JSON patch with an unknown operation is refused as malformed',
    real: 422,
    local: 400,
    observe: async ({ client, widgets }) => {
      await client.call('POST', widgets, widget('unknownop'))
      const operations = [{ op: 'bogus', path: '/spec' }]
      return (await client.call('PATCH', `${widgets}/unknownop`, operations, jsonPatch)).status
    },
  },
]
