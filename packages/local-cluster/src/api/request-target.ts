import type { ResourceDefinition } from './resource-definition.ts'
import type { ResourceRegistry } from './resource-registry.ts'

/** What a resource path names. Without `name` a collection; without `namespace` all of them. */
export interface RequestTarget {
  readonly definition: ResourceDefinition
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: 'status' | 'finalize'
}

/** Reads `/api/v1/...` and `/apis/GROUP/VERSION/...`; undefined when nothing is served there. */
export function parseTarget(pathname: string, registry: ResourceRegistry): RequestTarget | undefined {
  const segments = decodeSegments(pathname)
  if (segments === undefined) return undefined
  const [root, first = '', second = '', ...grouped] = segments
  if (root === 'api') return parseResource('', first, segments.slice(2), registry)
  if (root === 'apis') return parseResource(first, second, grouped, registry)
  return undefined
}

function decodeSegments(pathname: string): readonly string[] | undefined {
  try {
    return pathname.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
}

function parseResource(
  group: string,
  version: string,
  path: readonly string[],
  registry: ResourceRegistry,
): RequestTarget | undefined {
  const [first, namespace, third] = path
  const insideNamespace = first === 'namespaces' && third !== undefined && !isSubresource(third)
  const [plural = '', name, subresource, ...rest] = insideNamespace ? path.slice(2) : path
  const definition = registry.find(group, version, plural)
  if (definition === undefined || rest.length > 0 || name === '') return undefined
  if (insideNamespace && !definition.namespaced) return undefined
  if (!insideNamespace && definition.namespaced && name !== undefined) return undefined
  if (subresource !== undefined && !offers(definition, subresource)) return undefined
  return {
    definition,
    ...(insideNamespace && namespace !== undefined ? { namespace } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource !== undefined && isSubresource(subresource) ? { subresource } : {}),
  }
}

const isSubresource = (text: string): text is 'status' | 'finalize' => text === 'status' || text === 'finalize'

function offers({ statusSubresource, plural, group }: ResourceDefinition, subresource: string): boolean {
  if (subresource === 'status') return statusSubresource
  return subresource === 'finalize' && group === '' && plural === 'namespaces'
}

/** The key of an object in its shelf. */
export function objectKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`
}
