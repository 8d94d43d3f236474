import type { KubernetesResponse } from '@failover-ip/kubernetes'

import type { ApiRequest } from '../api-request.ts'
import { jsonResponse, textResponse } from '../present-reply.ts'
import { apiVersionOf } from '../resource-definition.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import type { ResourceRegistry } from '../resource-registry.ts'
import { openApiDocument, openApiIndex } from './open-api.ts'
import { serverVersion } from './server-version.ts'

/** Answers what is asked about the server itself: version, health, discovery, OpenAPI. */
export function describeServer(registry: ResourceRegistry, request: ApiRequest): KubernetesResponse | undefined {
  const { pathname, method } = request
  const answer = method === 'GET' ? describe(registry, pathname.replace(/\/$/u, '')) : undefined
  if (typeof answer === 'string') return textResponse(200, answer)
  return answer === undefined ? undefined : jsonResponse(200, answer)
}

function describe(registry: ResourceRegistry, path: string): unknown {
  const definitions = registry.all()
  const [, root, first, second, ...rest] = path.split('/')
  if (path === '/healthz' || path === '/livez' || path === '/readyz') return 'ok'
  if (path === '/version') return serverVersion
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(definitions) }
  if (path === '/openapi/v3') return openApiIndex(definitions)
  if (path.startsWith('/openapi/v3/')) return openApiDocument(definitions, path.slice('/openapi/v3/'.length))
  if (rest.length > 0) return undefined
  if (root === 'api' && first !== undefined && second === undefined) return resourceList(definitions, first)
  if (root === 'apis' && first !== undefined && second !== undefined)
    return resourceList(definitions, `${first}/${second}`)
  if (root === 'apis' && first !== undefined) return groupsOf(definitions).find(({ name }) => name === first)
  return undefined
}

function groupsOf(definitions: readonly ResourceDefinition[]): readonly { readonly name: string }[] {
  const groups = Map.groupBy(
    definitions.filter(({ group }) => group !== ''),
    ({ group }) => group,
  )
  return Array.from(groups, ([name, members]) => {
    const versions = Array.from(new Set(members.map(({ version }) => version)), (version) => ({
      groupVersion: `${name}/${version}`,
      version,
    }))
    return { kind: 'APIGroup', apiVersion: 'v1', name, versions, preferredVersion: versions[0] }
  })
}

function resourceList(definitions: readonly ResourceDefinition[], groupVersion: string): unknown {
  const members = definitions.filter((definition) => apiVersionOf(definition) === groupVersion)
  if (members.length === 0) return undefined
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: members.flatMap(resourcesOf) }
}

function resourcesOf(definition: ResourceDefinition): readonly unknown[] {
  const { plural, singular, namespaced, kind, shortNames, categories, statusSubresource } = definition
  const whole = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    ...(shortNames === undefined ? {} : { shortNames }),
    ...(categories === undefined ? {} : { categories }),
  }
  if (!statusSubresource) return [whole]
  return [whole, { name: `${plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] }]
}
