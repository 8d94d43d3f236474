import type { ApiContext } from '../api-context.ts'
import { notFound } from '../api-error.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import { objectKey } from '../request-target.ts'
import type { RequestTarget } from '../request-target.ts'
import { storageKey } from '../resource-definition.ts'
import type { ResourceDefinition } from '../resource-definition.ts'

/** The object as its kind shows it; undefined when it does not exist. */
export function findObject(
  { store }: ApiContext,
  { definition, namespace, name = '' }: RequestTarget,
): KubernetesObject | undefined {
  const stored = store.get(storageKey(definition), objectKey(namespace, name))
  return stored === undefined ? undefined : shown(definition, stored)
}

/** @throws ApiError 404 */
export function requireObject(context: ApiContext, target: RequestTarget): KubernetesObject {
  const object = findObject(context, target)
  if (object === undefined) throw notFound(target.definition, target.name ?? '')
  return object
}

/** A stored object in the form of this kind. */
export function shown({ view }: ResourceDefinition, stored: KubernetesObject): KubernetesObject {
  return view === undefined ? stored : view.fromStored(stored)
}

/** Puts an object into the store; with `dryRun` gives only what would be there. */
export function saveObject(
  { store }: ApiContext,
  definition: ResourceDefinition,
  object: KubernetesObject,
  dryRun: boolean,
): KubernetesObject {
  if (dryRun) return object
  const { namespace, name } = object.metadata
  const stored = definition.view === undefined ? object : definition.view.toStored(object)
  return shown(definition, store.put(storageKey(definition), objectKey(namespace, name), stored))
}
