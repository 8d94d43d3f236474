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
  readonly troubles: unknown[]
  /** Milliseconds. */
  now: number
  /** Keys of objects that somebody else keeps writing. */
  readonly foreign: string[]
  /** When it asked to be given the object again. */
  readonly looks: number[]
  /** What it makes of a status. */
  keep: (status: unknown) => unknown
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
      Promise.resolve().then(() =>
        put((old) => ({ ...old, status: server.keep(draft['status']) }), draft.metadata.resourceVersion),
      ),
    patch: (_type, _name, { body }) =>
      Promise.resolve().then(() => {
        const { metadata } = body as { metadata: { resourceVersion: string; finalizers: string[] } }
        const { finalizers } = metadata
        return put((old) => ({ ...old, metadata: { ...old.metadata, finalizers } }), metadata.resourceVersion)
      }),
  }
  const metadata = { name: 'web', namespace: 'ingress', uid: 'u1', resourceVersion: '7', finalizers: ['other/one'] }
  const troubles: unknown[] = []
  const onTrouble = (error: unknown): void => void troubles.push(error)
  const store = createKubernetesStatusStore({
    client,
    clock: { monotonic: () => server.now },
    onWritten: () => undefined,
    noteOperation: refuse,
    onTrouble,
    onForeignWriter: ({ key }) => void server.foreign.push(key),
    lookAgain: (milliseconds) => void server.looks.push(milliseconds),
  })
  const server = {
    client,
    now: 0,
    foreign: [] as string[],
    looks: [] as number[],
    troubles,
    keep: (status: unknown): unknown => status,
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

test('what an older definition drops is asked for once, and said', async () => {
  const server = createServer()
  const { store, troubles } = server
  server.keep = (status) => ({ ...(status as object), moves: undefined })
  server.give()
  for (let times = 0; times < 3; times++) {
    expect(await store.save(target, { moves: 1, node: 'a' }, { signal })).toBe('written')
    server.give()
  }
  expect(server.object.metadata.resourceVersion).toBe('8')
  expect(troubles).toEqual([expect.objectContaining({ code: 'STATUS_PRUNED' })])
  expect(await store.save(target, { moves: 1, node: 'b' }, { signal })).toBe('written')
  expect(server.object.metadata.resourceVersion).toBe('9')
})

test('what an older definition dropped is stored some minutes after the definition is renewed', async () => {
  const server = createServer()
  const save = async (): Promise<unknown> => {
    server.give()
    await server.store.save(target, { moves: 1 }, { signal })
    return server.object['status']
  }
  server.keep = () => ({})
  expect(await save()).toEqual({})
  server.keep = (status) => status
  server.now += 299_999
  expect(await save()).toEqual({})
  server.now += 1
  expect(await save()).toEqual({ moves: 1 })
})

const condition = (message: string) =>
  ({
    type: 'Ready',
    status: 'True',
    reason: 'Serving',
    message,
    lastTransitionTime: '2026-01-01T00:00:00.000Z',
  }) as const

/** Somebody else writes after each of our writes; gives how many of ours there were. */
async function fight(server: ReturnType<typeof createServer>, rounds: number, pause: number): Promise<number> {
  let writes = 0
  for (let round = 0; round < rounds; round++) {
    server.now += pause
    const { metadata } = server.object
    const resourceVersion = String(Number(metadata.resourceVersion) + 1)
    const status = { conditions: [condition('theirs')] }
    if (round > 0) server.object = { ...server.object, metadata: { ...metadata, resourceVersion }, status }
    server.give()
    const result = await server.store.save(target, { conditions: [condition('ours')] }, { signal })
    const isWritten = JSON.stringify(server.object).includes('ours')
    expect(result).toBe(isWritten ? 'written' : 'resting')
    if (isWritten) writes++
  }
  return writes
}

test('what somebody else keeps writing over is written less and less often, and that is said once', async () => {
  const server = createServer()
  expect(await fight(server, 20, 10)).toBe(3)
  expect(server.foreign).toEqual(['ingress/web'])
  expect(server.looks).toEqual([1000])
  expect(await fight(server, 500, 1000)).toBeLessThan(20)
  expect(server.looks.slice(0, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000])
  expect(server.foreign).toHaveLength(1)
})

test('what is being done about an address waits for nobody', async () => {
  const server = createServer()
  await fight(server, 20, 10)
  const address = { address: '192.0.2.1', unit: '192.0.2.1/32', epoch: 1 }
  expect(await server.store.save(target, { addresses: [address] }, { signal })).toBe('written')
  expect(server.object['status']).toEqual({ addresses: [address] })
})

test('a node plan that somebody drops is back at once, for without it nodes let go of the address', async () => {
  const server = createServer()
  await fight(server, 20, 10)
  const address = { address: '192.0.2.1', unit: '192.0.2.1/32', epoch: 1 }
  const resourceVersion = String(Number(server.object.metadata.resourceVersion) + 1)
  const metadata = { ...server.object.metadata, resourceVersion }
  server.object = { ...server.object, metadata, status: { addresses: [address] } }
  server.give()
  const nodePlan = {
    carriedBy: 'Holder',
    prefixLength: 32,
    device: { rule: 'defaultRoute' },
    scope: 'global',
    announce: 'none',
  } as const
  expect(await server.store.save(target, { addresses: [{ ...address, nodePlan }] }, { signal })).toBe('written')
})

test('own changes of every moment are no fight, and neither is somebody who writes once in a while', async () => {
  const server = createServer()
  for (let round = 0; round < 100; round++) {
    server.give()
    await server.store.save(target, { conditions: [condition(`${round}`)] }, { signal })
    expect(JSON.stringify(server.object)).toContain(`"${round}"`)
  }
  expect(await fight(server, 10, 200_000)).toBe(10)
  expect([server.looks, server.foreign]).toEqual([[], []])
})
