import { ApiError, type KubernetesClient, type KubernetesObject, type ObjectDraft } from '@failover-ip/kubernetes'
import { expect, test } from 'vitest'
import { failoverIPRecordOf } from '../caches/failover-ip-record.ts'
import { createKubernetesStatusStore, type KubernetesStatusStore } from './kubernetes-status-store.ts'

const { signal } = new AbortController()
const target = { key: 'ingress/web', uid: 'u1' }

/** A server with one object, which takes a write only at the object's own version. */
function createServer(): {
  readonly client: KubernetesClient
  object: KubernetesObject
  readonly store: KubernetesStatusStore
  give(): void
} {
  const refuse = (): never => {
    throw new Error('not expected')
  }
  const put = (change: (old: KubernetesObject) => KubernetesObject, version: string | undefined): KubernetesObject => {
    const { metadata } = server.object
    if (version !== metadata.resourceVersion) throw new ApiError('changed', { code: 409, reason: 'Conflict' })
    const next = change(server.object)
    const resourceVersion = String(Number(metadata.resourceVersion) + 1)
    server.object = { ...next, metadata: { ...next.metadata, resourceVersion } }
    return server.object
  }
  const client: KubernetesClient = {
    get: refuse,
    list: refuse,
    create: refuse,
    update: refuse,
    delete: refuse,
    updateStatus: (_type, draft: ObjectDraft) =>
      Promise.resolve().then(() => put((old) => ({ ...old, status: draft['status'] }), draft.metadata.resourceVersion)),
    patch: (_type, _name, { body }) =>
      Promise.resolve().then(() => {
        const { metadata } = body as { metadata: { resourceVersion: string; finalizers: string[] } }
        const { finalizers } = metadata
        return put((old) => ({ ...old, metadata: { ...old.metadata, finalizers } }), metadata.resourceVersion)
      }),
  }
  const metadata = { name: 'web', namespace: 'ingress', uid: 'u1', resourceVersion: '7', finalizers: ['other/one'] }
  const store = createKubernetesStatusStore({ client, onWritten: () => undefined, noteOperation: refuse })
  const server = {
    client,
    store,
    object: { metadata, spec: { addresses: ['192.0.2.1'] }, status: {} } as KubernetesObject,
    give: () => {
      const { uid, resourceVersion } = server.object.metadata
      store.given([{ key: target.key, uid, resourceVersion, value: failoverIPRecordOf(server.object) }])
    },
  }
  return server
}

test('writes again at once upon its own write, without waiting for the watch', async () => {
  const { store, give } = createServer()
  give()
  expect(await store.save(target, { moves: 1 }, { signal })).toBe('written')
  expect(await store.save(target, { moves: 2 }, { signal })).toBe('written')
})

test('does not write over what the engine was not given', async () => {
  const server = createServer()
  server.give()
  const other = { ...server.object.metadata, resourceVersion: '8' }
  server.object = { ...server.object, metadata: other, status: { moves: 5 } }
  expect(await server.store.save(target, { moves: 1 }, { signal })).toBe('conflict')
  expect(server.object['status']).toEqual({ moves: 5 })
  server.give()
  expect(await server.store.save(target, { moves: 6 }, { signal })).toBe('written')
})

test('an answer that comes after a newer input does not make the old state the base', async () => {
  const server = createServer()
  server.give()
  const writing = server.store.save(target, { moves: 1 }, { signal })
  const newer = { ...server.object.metadata, resourceVersion: '9' }
  const value = failoverIPRecordOf({ ...server.object, metadata: newer })
  server.store.given([{ key: target.key, uid: 'u1', resourceVersion: '9', value }])
  expect(await writing).toBe('written')
  server.object = { ...server.object, metadata: newer, status: { moves: 5 } }
  expect(await server.store.save(target, { moves: 6 }, { signal })).toBe('written')
})

test('sets and takes its own finalizer alone', async () => {
  const server = createServer()
  server.give()
  expect(await server.store.protect(target, { signal })).toBe('written')
  expect(server.object.metadata.finalizers).toEqual(['other/one', 'failover-ip.dev/release'])
  expect(await server.store.protect(target, { signal })).toBe('written')
  expect(await server.store.unprotect(target, { signal })).toBe('written')
  expect(server.object.metadata.finalizers).toEqual(['other/one'])
})

test('what the engine was not given is gone', async () => {
  const { store } = createServer()
  expect(await store.save(target, {}, { signal })).toBe('gone')
  expect(await store.unprotect(target, { signal })).toBe('gone')
})
