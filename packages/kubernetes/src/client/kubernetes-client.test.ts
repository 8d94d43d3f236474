import { beforeEach, expect, test } from 'vitest'
import { createFakeApi, statusBody, type FakeApi, type Fault } from '../testing/fake-api.ts'
import { createVirtualClock, type VirtualClock } from '../testing/virtual-clock.ts'
import { DeadlineExceededError } from '@failover-ip/core'
import { ApiError } from './api-error.ts'
import { createKubernetesClient, type KubernetesClient } from './kubernetes-client.ts'
import { nodeResource } from './resource-type.ts'

const nodes = '/api/v1/nodes'
const { signal } = new AbortController()
let api: FakeApi
let clock: VirtualClock
let client: KubernetesClient

beforeEach(() => {
  api = createFakeApi()
  clock = createVirtualClock()
  client = createKubernetesClient({ transport: api.transport, clock })
  api.put(nodes, { name: 'a', spec: { providerID: 'x://1' } })
})

function faults(...sequence: (Fault | undefined)[]): void {
  api.intercept = () => sequence.shift()
}

async function settled<T>(promise: Promise<T>, milliseconds: number): Promise<T | Error> {
  const result = promise.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
  await clock.advance(milliseconds)
  return result
}

test('reads an object and keeps fields that it does not know', async () => {
  expect(await client.get(nodeResource, { name: 'a' }, { signal })).toMatchObject({
    metadata: { name: 'a', resourceVersion: '2' },
    spec: { providerID: 'x://1' },
  })
})

test('lists in pages', async () => {
  for (const name of ['b', 'c', 'd', 'e']) api.put(nodes, { name })
  const list = await client.list(nodeResource, { signal, pageSize: 2 })
  expect(list.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(list.resourceVersion).toBe('6')
  expect(api.requests.length).toBe(3)
})

test('a write without an answer is tried again after a second, on a fresh connection', async () => {
  const node = await client.get(nodeResource, { name: 'a' }, { signal })
  api.requests.length = 0
  faults('hang')
  const written = await settled(client.update(nodeResource, node, { signal }), 1000)
  expect(written).toMatchObject({ metadata: { resourceVersion: '3' } })
  expect(api.requests.map(({ freshConnection }) => freshConnection)).toEqual([undefined, true])
})

test('a conflict after a lost answer is marked as possibly its echo', async () => {
  const node = await client.get(nodeResource, { name: 'a' }, { signal })
  faults('lose-response')
  const error = await settled(client.update(nodeResource, node, { signal }), 1000)
  expect(error).toMatchObject({ name: 'ApiError', reason: 'Conflict', ambiguous: true })
})

test('a conflict after a refused connection is a plain one', async () => {
  const node = await client.get(nodeResource, { name: 'a' }, { signal })
  api.put(nodes, { name: 'a' })
  faults('refuse')
  const error = await settled(client.update(nodeResource, node, { signal }), 1000)
  expect(error).toMatchObject({ reason: 'Conflict', ambiguous: false })
})

test('gives up after its tries', async () => {
  faults('hang', 'hang', 'hang')
  const error = await settled(client.delete(nodeResource, { name: 'a' }, { signal }), 2000)
  expect(error).toBeInstanceOf(DeadlineExceededError)
  expect(api.requests.length).toBe(2)
})

test('a refusal is not tried again and says code, reason and when to come back', async () => {
  faults({ status: 429, body: statusBody(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '7' } })
  const error = await settled(client.get(nodeResource, { name: 'a' }, { signal }), 0)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ code: 429, reason: 'TooManyRequests', retryAfterSeconds: 7, message: 'slow down' })
  expect(api.requests.length).toBe(1)
})

test('an error page of a gateway is an ApiError too', async () => {
  faults({ status: 503, body: '<html>bad gateway</html>' })
  const error = await settled(client.get(nodeResource, { name: 'a' }, { signal }), 0)
  expect(error).toMatchObject({ code: 503, reason: 'ServiceUnavailable', message: '<html>bad gateway</html>' })
})

test('an answer that is no object is an error, not an object', async () => {
  faults({ status: 200, body: { metadata: { name: 'a' } } }, { status: 200, body: 'OK' })
  const error = await settled(client.get(nodeResource, { name: 'a' }, { signal }), 0)
  expect(error).toMatchObject({ code: 'MALFORMED_RESPONSE' })
})

test('an abort ends a call with its reason and without a retry', async () => {
  const controller = new AbortController()
  faults('hang', 'hang')
  const call = client.get(nodeResource, { name: 'a' }, { signal: controller.signal })
  await clock.settle()
  controller.abort(new Error('shutting down'))
  await expect(call).rejects.toThrow('shutting down')
  expect(api.requests.length).toBe(1)
})
