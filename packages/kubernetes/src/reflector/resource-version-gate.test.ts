import { beforeEach, expect, test } from 'vitest'
import type { KubernetesObject } from '../client/kubernetes-object.ts'
import { nodeResource } from '../client/resource-type.ts'
import { createFakeApi, type FakeApi } from '../testing/fake-api.ts'
import { createVirtualClock, type VirtualClock } from '../testing/virtual-clock.ts'
import { createReflector, type Reflector } from './reflector.ts'
import { createResourceVersionGate, type ResourceVersionGate } from './resource-version-gate.ts'

const path = '/api/v1/nodes'
const { signal } = new AbortController()
let api: FakeApi
let clock: VirtualClock
let reflector: Reflector<unknown>
let gate: ResourceVersionGate

beforeEach(async () => {
  api = createFakeApi()
  clock = createVirtualClock()
  api.put(path, { name: 'a', spec: 1 })
  const { transport } = api
  reflector = createReflector({ transport, clock, random: () => 0, resource: nodeResource, select: () => 1 })
  gate = createResourceVersionGate(reflector, clock)
  void reflector.run(signal)
  await clock.advance(1000)
})

/** The server has it; the watch will say so later. */
function writeUnseen(name: string, spec: number): { object: KubernetesObject; arrive: () => void; reset: () => void } {
  const watches = api.watches.splice(0)
  const object = api.put(path, { name, spec })
  return {
    object,
    reset: () => watches.forEach(({ stream }) => stream.fail(new Error('reset'))),
    arrive: () => {
      api.watches.push(...watches)
      for (const { stream } of watches) stream.write(`${JSON.stringify({ type: 'MODIFIED', object })}\n`)
    },
  }
}

test('an object that nobody wrote is current', () => {
  expect(gate.isCurrent('a')).toBe(true)
})

test.each(['a', 'created'])('waits until the cache has our write of %s', async (name) => {
  const { object, arrive } = writeUnseen(name, 2)
  gate.wrote(object)
  expect(gate.isCurrent(name)).toBe(false)
  await clock.advance(1000)
  expect(gate.isCurrent(name)).toBe(false)
  arrive()
  await clock.settle()
  expect(gate.isCurrent(name)).toBe(true)
})

test('a later version than ours will do', async () => {
  const { object, reset } = writeUnseen('a', 2)
  api.put(path, { name: 'a', spec: 3 })
  gate.wrote(object)
  expect(gate.isCurrent('a')).toBe(false)
  reset()
  await clock.advance(1000)
  expect(reflector.cache.get('a')?.resourceVersion).toBe('4')
  expect(gate.isCurrent('a')).toBe(true)
})

test('forgets on demand', () => {
  gate.wrote(writeUnseen('gone-before-the-answer', 2).object)
  expect(gate.isCurrent('gone-before-the-answer')).toBe(false)
  gate.forget('gone-before-the-answer')
  expect(gate.isCurrent('gone-before-the-answer')).toBe(true)
})

test('an object that is gone is current', async () => {
  const { object } = writeUnseen('a', 2)
  gate.wrote(object)
  api.remove(path, 'a')
  await clock.advance(200_000)
  expect(reflector.cache.get('a')).toBeUndefined()
  expect(gate.isCurrent('a')).toBe(true)
})

test('a list begun after the write is enough, although its version is lower', async () => {
  const restore = api.snapshot()
  const { object, reset } = writeUnseen('a', 2)
  gate.wrote(object)
  expect(gate.isCurrent('a')).toBe(false)
  restore()
  reset()
  await clock.advance(1000)
  expect(gate.isCurrent('a')).toBe(true)
})
