import { crds } from '@failover-ip/kubernetes'
import { z } from 'zod'
import { ApiError, type ApiClient } from './api-client.ts'
import { until } from './until.ts'

const group = '/apis/failover-ip.dev/v1alpha1'
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** Fails if they are there already: a suite before has left them, and perhaps objects with them. */
export async function installCrds(api: ApiClient): Promise<void> {
  for (const crd of crds()) await api.create(definitions, crd)
  for (const { metadata } of crds()) {
    const plural = metadata.name.slice(0, metadata.name.indexOf('.'))
    await until(
      `${plural} to be served`,
      async () => await api.get(`${group}/${plural}`, z.object({ kind: z.string() })),
    )
  }
}

/** The definitions with all their objects, which need not be released any more. */
export async function removeCrds(api: ApiClient): Promise<void> {
  const listShape = z.object({
    items: z.array(z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }) })),
  })
  const listed = await api.get(`${group}/failoverips`, listShape).catch(ifMissing({ items: [] }))
  for (const { metadata } of listed.items) {
    const path = `${group}/namespaces/${metadata.namespace}/failoverips/${metadata.name}`
    await api.merge(path, { metadata: { finalizers: null } }).catch(ifMissing(undefined))
  }
  for (const { metadata } of crds()) await api.delete(`${definitions}/${metadata.name}`).catch(ifMissing(undefined))
  for (const { metadata } of crds()) await untilMissing(api, `${definitions}/${metadata.name}`)
}

/** Resolves once the object is gone, and not only marked for deletion. A namespace takes its time. */
export async function untilMissing(api: ApiClient, path: string): Promise<void> {
  const gone = async (): Promise<boolean> => (await api.get(path, z.unknown()).catch(ifMissing('gone'))) === 'gone'
  await until(`${path} to be gone`, gone, { deadline: 60_000 })
}

/** For `catch`: what is not there needs no deletion. */
export function ifMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ApiError && error.status === 404) return instead
    throw error
  }
}
