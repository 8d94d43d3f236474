import { reasons } from '@failover-ip/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { createKubernetesClient } from '../client/kubernetes-client.ts'
import type { KubernetesObject } from '../client/kubernetes-object.ts'
import { failoverIPResource } from '../resources/resource-types.ts'
import { createFakeApi, statusBody, type FakeApi } from '../testing/fake-api.ts'
import { createVirtualClock, type VirtualClock } from '../testing/virtual-clock.ts'
import { setCondition, type ConditionUpdate } from './condition.ts'
import { createStatusWriter, type StatusTarget, type StatusWriter, type StatusWriteResult } from './status-writer.ts'

describe('conditions', () => {
  const ready: ConditionUpdate = {
    type: 'Accepted',
    status: 'True',
    reason: 'Accepted',
    message: 'All is well.',
    observedGeneration: 1,
  }
  const at = (seconds: number): number => Date.parse('2026-11-21T00:00:00Z') + seconds * 1000

  test('the time of transition changes with the status alone', () => {
    const first = setCondition([], ready, at(0.4))
    expect(first).toEqual([{ ...ready, lastTransitionTime: '2026-11-21T00:00:00Z' }])
    const reworded = setCondition(first, { ...ready, reason: 'Valid', observedGeneration: 2 }, at(5))
    expect(reworded[0]).toMatchObject({ reason: 'Valid', lastTransitionTime: '2026-11-21T00:00:00Z' })
    const moving = setCondition(reworded, { ...ready, status: 'False', reason: 'InvalidParameters' }, at(9))
    expect(moving[0]).toMatchObject({ status: 'False', lastTransitionTime: '2026-11-21T00:00:09Z' })
  })

  test('others keep their places', () => {
    const both = setCondition(
      setCondition([], ready, at(0)),
      { ...ready, type: 'CredentialsValid', reason: 'Valid' },
      at(1),
    )
    expect(setCondition(both, { ...ready, status: 'Unknown' }, at(2)).map(({ type }) => type)).toEqual([
      'Accepted',
      'CredentialsValid',
    ])
  })

  test('reasons are names that Kubernetes takes, each with a sentence', () => {
    for (const [reason, sentence] of Object.entries(reasons)) {
      expect(reason).toMatch(/^[A-Z][A-Za-z]+$/)
      expect(sentence).toMatch(/^[A-Z].*\.$/)
    }
  })
})

describe('status writer', () => {
  const collection = '/apis/failover-ip.dev/v1alpha1/namespaces/ingress/failoverips'
  const { signal } = new AbortController()
  let api: FakeApi
  let clock: VirtualClock
  let writer: StatusWriter
  let seen: KubernetesObject[]
  let target: StatusTarget

  beforeEach(() => {
    api = createFakeApi()
    clock = createVirtualClock()
    seen = []
    const client = createKubernetesClient({ transport: api.transport, clock })
    writer = createStatusWriter({ client, onWritten: (object) => seen.push(object) })
    const { metadata } = api.put(collection, { name: 'web', namespace: 'ingress', status: { node: 'a', moves: 1 } })
    target = {
      name: 'web',
      namespace: 'ingress',
      uid: metadata.uid,
      resourceVersion: '2',
      status: { node: 'a', moves: 1 },
    }
  })

  async function write(status: object, milliseconds = 0): Promise<StatusWriteResult | Error> {
    const result = writer.write(failoverIPResource, target, status, { signal })
    const outcome = result.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
    await clock.advance(milliseconds)
    return outcome
  }

  test('writes nothing when nothing has changed, whatever the order of fields', async () => {
    expect(await write({ moves: 1, node: 'a', standbys: undefined })).toEqual({ result: 'unchanged' })
    expect(api.requests).toEqual([])
  })

  test('writes through the status subresource, at the version that it was worked out from', async () => {
    expect(await write({ node: 'b' })).toMatchObject({ result: 'written', object: { status: { node: 'b' } } })
    expect(api.requests[0]).toMatchObject({ method: 'PUT', path: `${collection}/web/status` })
    expect(seen.map(({ metadata }) => metadata.resourceVersion)).toEqual(['3'])
  })

  test("somebody else's change is a conflict, and nothing is overwritten", async () => {
    api.put(collection, { name: 'web', namespace: 'ingress', status: { node: 'x' } })
    expect(await write({ node: 'b' })).toEqual({ result: 'conflict' })
    expect(api.read(collection, 'web')?.['status']).toEqual({ node: 'x' })
    expect(seen).toEqual([])
  })

  test('an own write whose answer was lost is found again', async () => {
    const faults = ['lose-response' as const]
    api.intercept = () => faults.shift()
    expect(await write({ node: 'b' }, 1000)).toMatchObject({ result: 'written', object: { status: { node: 'b' } } })
    expect(api.read(collection, 'web')?.metadata.resourceVersion).toBe('3')
    expect(seen.length).toBe(1)
  })

  test('a write is over within 3 s, whatever hangs', async () => {
    const faults = ['lose-response' as const]
    api.intercept = ({ method }) => (method === 'GET' ? 'hang' : faults.shift())
    const started = clock.monotonic()
    const outcome = write({ node: 'b' })
    let over: number | undefined
    void outcome.then(() => (over = clock.monotonic()))
    await clock.advance(60_000)
    expect(await outcome).toMatchObject({ name: 'DeadlineExceededError' })
    expect((over ?? Infinity) - started).toBeLessThanOrEqual(3000)
  })

  test("a lost write that somebody else's followed is a conflict", async () => {
    let count = 0
    api.intercept = () => {
      if (count++ === 1) api.put(collection, { name: 'web', namespace: 'ingress', status: { node: 'x' } })
      return count === 1 ? 'lose-response' : undefined
    }
    expect(await write({ node: 'b' }, 1000)).toEqual({ result: 'conflict' })
  })

  test('an object that is gone is said to be', async () => {
    api.remove(collection, 'web')
    expect(await write({ node: 'b' })).toEqual({ result: 'gone' })
  })

  test('what is not known is an error', async () => {
    api.intercept = () => 'hang'
    expect(await write({ node: 'b' }, 2000)).toMatchObject({ name: 'DeadlineExceededError' })
    api.intercept = () => ({ status: 422, body: statusBody(422, 'Invalid', 'no') })
    expect(await write({ node: 'b' })).toMatchObject({ name: 'ApiError', reason: 'Invalid' })
  })
})
