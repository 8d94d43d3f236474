import type { ApiContext } from '../api-context.ts'
import { forbidden, notFound } from '../api-error.ts'
import { isJsonObject } from '../kubernetes-object.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import { timestamp } from '../object-name.ts'
import { objectKey } from '../request-target.ts'
import { storageKey } from '../resource-definition.ts'
import type { ResourceDefinition } from '../resource-definition.ts'

const shelf = 'namespaces'
const namespaces = { group: '', plural: shelf, kind: 'Namespace' }

/** @throws ApiError 404 when the namespace does not exist, 403 while it is being deleted. */
export function requireOpenNamespace(
  { store }: ApiContext,
  definition: ResourceDefinition,
  namespace: string,
  name: string,
): void {
  const found = store.get(shelf, objectKey(undefined, namespace))
  if (found === undefined) throw notFound(namespaces, namespace)
  if (found.metadata.deletionTimestamp === undefined) return
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const message = `namespace ${namespace} is being terminated`
  throw forbidden(definition, name, why, [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }])
}

/**
 * Marks the namespace as terminating, deletes its content and, once that is gone, the namespace itself. What holds
 * finalizers stays until they are gone: `sweepNamespace` is called again at every removal.
 */
export function terminateNamespace(context: ApiContext, namespace: KubernetesObject): KubernetesObject {
  const { store, registry, clock } = context
  const { name } = namespace.metadata
  if (namespace.metadata.deletionTimestamp !== undefined) return namespace
  const status = isJsonObject(namespace['status']) ? namespace['status'] : {}
  const terminating = store.put(shelf, objectKey(undefined, name), {
    ...namespace,
    metadata: { ...namespace.metadata, deletionTimestamp: timestamp(clock.now()) },
    status: { ...status, phase: 'Terminating' },
  })
  for (const definition of registry.all()) {
    if (!definition.namespaced) continue
    for (const { key, object } of store.list(storageKey(definition))) {
      if (object.metadata.namespace === name) markDeleted(context, storageKey(definition), key, object)
    }
  }
  sweepNamespace(context, name)
  return terminating
}

/** Ends an object at once, or marks it when finalizers hold it. Gives what is left of it. */
export function markDeleted(
  { store, clock }: ApiContext,
  shelfName: string,
  key: string,
  object: KubernetesObject,
): { readonly object: KubernetesObject; readonly removed: boolean } {
  const { metadata } = object
  if ((metadata.finalizers ?? []).length === 0) {
    return { object: store.remove(shelfName, key) ?? object, removed: true }
  }
  if (metadata.deletionTimestamp !== undefined) return { object, removed: false }
  const marked = store.put(shelfName, key, {
    ...object,
    metadata: {
      ...metadata,
      ...(metadata.generation === undefined ? {} : { generation: metadata.generation + 1 }),
      deletionTimestamp: timestamp(clock.now()),
      deletionGracePeriodSeconds: 0,
    },
  })
  return { object: marked, removed: false }
}

/** Removes a terminating namespace as soon as nothing is left in it. */
export function sweepNamespace({ store, registry }: ApiContext, name: string | undefined): void {
  if (name === undefined) return
  const namespace = store.get(shelf, objectKey(undefined, name))
  if (namespace?.metadata.deletionTimestamp === undefined) return
  const occupied = registry
    .all()
    .filter(({ namespaced }) => namespaced)
    .some((definition) => store.list(storageKey(definition)).some(({ object }) => object.metadata.namespace === name))
  if (!occupied) store.remove(shelf, objectKey(undefined, name))
}
