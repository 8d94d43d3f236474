import { beforeEach, expect, test } from 'vitest'
import { createKubernetesClient } from '../client/kubernetes-client.ts'
import { failoverIPClassResource, failoverIPResource } from '../resources/resource-types.ts'
import { createFakeApi, statusBody, type FakeApi } from '../testing/fake-api.ts'
import { createVirtualClock, type VirtualClock } from '../testing/virtual-clock.ts'
import { createEventWriter, type EventRecord, type EventWriter } from './event-writer.ts'

let api: FakeApi
let clock: VirtualClock
let writer: EventWriter
let stop: AbortController

beforeEach(() => {
  api = createFakeApi()
  clock = createVirtualClock()
  stop = new AbortController()
  let draws = 0
  writer = createEventWriter({
    client: createKubernetesClient({ transport: api.transport, clock }),
    clock,
    random: () => (draws++ % 1000) / 1000,
    controller: 'failover-ip.dev/scaleway',
    instance: 'operator-0',
  })
  void writer.run(stop.signal)
})

const moved: EventRecord = {
  regarding: { type: failoverIPResource, name: 'web', namespace: 'ingress', uid: 'u1' },
  type: 'Normal',
  reason: 'Moved',
  action: 'Move',
  note: 'node-1 -> node-3 in 1.0s',
}

function bodies(): Record<string, unknown>[] {
  return api.requests.map(({ body }) => JSON.parse(body ?? '{}') as Record<string, unknown>)
}

test('writes what kubectl describe shows', async () => {
  writer.emit(moved)
  await clock.settle()
  expect(api.requests.map(({ method, path }) => [method, path])).toEqual([
    ['POST', '/apis/events.k8s.io/v1/namespaces/ingress/events'],
  ])
  expect(bodies()[0]).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    eventTime: '2026-11-21T00:00:00.000000Z',
    reportingController: 'failover-ip.dev/scaleway',
    reportingInstance: 'operator-0',
    regarding: {
      apiVersion: 'failover-ip.dev/v1alpha1',
      kind: 'FailoverIP',
      name: 'web',
      namespace: 'ingress',
      uid: 'u1',
    },
    type: 'Normal',
    reason: 'Moved',
    action: 'Move',
    note: 'node-1 -> node-3 in 1.0s',
  })
})

test('an event about a cluster-wide object lies in default', async () => {
  writer.emit({ ...moved, regarding: { type: failoverIPClassResource, name: 'c', uid: 'u2' } })
  await clock.settle()
  expect(api.requests[0]?.path).toBe('/apis/events.k8s.io/v1/namespaces/default/events')
})

test('equal events are one with a count, written at most once a minute', async () => {
  for (let second = 0; second < 120; second++) {
    writer.emit(moved)
    await clock.advance(1000)
  }
  await clock.advance(60_000)
  const counts = bodies().flatMap(({ series }) => (series === undefined ? [] : [(series as { count: number }).count]))
  expect(counts.at(-1)).toBe(120)
  expect(api.requests.filter(({ method }) => method === 'POST').length).toBe(1)
  expect(counts.length).toBeLessThanOrEqual(4)
  expect(writer.dropped).toBe(0)
})

test('an event that comes again after ten minutes is a new one', async () => {
  writer.emit(moved)
  await clock.advance(600_000)
  writer.emit(moved)
  await clock.settle()
  expect(api.requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
})

test('one object that never stops is cut off, others are heard', async () => {
  for (let count = 0; count < 100; count++) writer.emit({ ...moved, note: `note ${count}` })
  writer.emit({ ...moved, regarding: { ...moved.regarding, name: 'other', uid: 'u2' } })
  await clock.advance(1000)
  expect(api.requests.length).toBe(26)
  expect(writer.dropped).toBe(75)
  await clock.advance(10_000)
  writer.emit({ ...moved, note: 'later' })
  await clock.settle()
  expect(api.requests.length).toBe(27)
})

test('holds a bounded number while the API is away, and counts the rest', async () => {
  api.intercept = () => 'hang'
  for (let count = 0; count < 5000; count++) {
    writer.emit({ ...moved, regarding: { ...moved.regarding, name: `ip-${count}`, uid: `u-${count}` } })
  }
  expect(writer.dropped).toBeGreaterThanOrEqual(4000)
})

test('a refusal is counted, and never thrown', async () => {
  api.intercept = () => ({ status: 403, body: statusBody(403, 'Forbidden', 'no') })
  writer.emit(moved)
  await clock.settle()
  expect(writer.dropped).toBe(1)
  api.intercept = () => undefined
  writer.emit(moved)
  await clock.settle()
  expect(api.requests.length).toBe(2)
})

test('a lost answer makes no second event', async () => {
  const faults = ['lose-response' as const]
  api.intercept = () => faults.shift()
  writer.emit(moved)
  await clock.advance(1000)
  expect(writer.dropped).toBe(0)
  expect(new Set(bodies().map(({ metadata }) => (metadata as { name: string }).name)).size).toBe(1)
})

test('cuts a note that is too long', async () => {
  writer.emit({ ...moved, note: 'x'.repeat(5000) })
  await clock.settle()
  expect(String(bodies()[0]?.['note']).length).toBe(1024)
})

test('cuts by bytes and between characters, as the API server counts', async () => {
  writer.emit({ ...moved, note: `x${'ü'.repeat(600)}` })
  await clock.settle()
  expect(bodies()[0]?.['note']).toBe(`x${'ü'.repeat(511)}`)
})

test('is named so that the API server takes it, whatever the name of the object', async () => {
  const regarding = { ...moved.regarding, name: `${'a'.repeat(218)}-.b` }
  writer.emit({ ...moved, regarding })
  await clock.settle()
  const [name] = bodies().map(({ metadata }) => (metadata as { name: string }).name)
  expect(name).toMatch(/^a{218}\.[a-z0-9]+$/)
})

test('tells when nothing waits to be written, whatever became of it', async () => {
  const { signal } = stop
  await writer.flush({ signal })
  writer.emit(moved)
  api.intercept = () => 'hang'
  let flushed = false
  const flush = writer.flush({ signal }).then(() => (flushed = true))
  await clock.settle()
  expect(flushed).toBe(false)
  api.intercept = () => undefined
  await clock.advance(5000)
  await flush
  api.intercept = () => ({ status: 403, body: statusBody(403, 'Forbidden', 'no') })
  writer.emit({ ...moved, note: 'another' })
  await Promise.all([writer.flush({ signal }), clock.settle()])
  api.intercept = () => 'hang'
  writer.emit({ ...moved, note: 'a third' })
  const unanswered = writer.flush({ signal })
  stop.abort(new Error('enough'))
  await expect(unanswered).rejects.toThrow('enough')
})
