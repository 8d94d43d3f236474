import type { ResourceDefinition } from '../resource-definition.ts'
import { anyObject } from '../schema/structural-schema.ts'
import { ageColumn } from './resource-from-crd.ts'

type Named = Pick<ResourceDefinition, 'kind' | 'plural' | 'namespaced'>

/** A kind of Kubernetes itself: its fields are taken as they come. `v1` of the core group unless said otherwise. */
export function builtInResource(definition: Named & Partial<ResourceDefinition>): ResourceDefinition {
  return {
    group: '',
    version: 'v1',
    singular: definition.kind.toLowerCase(),
    origin: 'built-in',
    statusSubresource: false,
    schema: anyObject,
    columns: [ageColumn],
    unconditionalUpdate: true,
    ...definition,
  }
}
