import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeResource } from '../client/resource-type.ts'
import { createFakeApi, type FakeApi, type Watch } from '../testing/fake-api.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'
import { createReflector } from './reflector.ts'

const path = '/api/v1/nodes'

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('put' as const), name: fc.constantFrom('a', 'b', 'c'), value: fc.nat(9) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), name: fc.constantFrom('a', 'b', 'c') }) },
  fc.record({
    do: fc.constantFrom(
      'break' as const,
      'end' as const,
      'mute' as const,
      'compact' as const,
      'down' as const,
      'up' as const,
    ),
  }),
  fc.record({ do: fc.constant('restore' as const) }),
  fc.record({ do: fc.constant('wait' as const), milliseconds: fc.nat(40_000) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function apply(api: FakeApi, muted: Watch[], action: Exclude<Step, { do: 'wait' | 'restore' }>): void {
  switch (action.do) {
    case 'put':
      api.put(path, { name: action.name, spec: action.value })
      return
    case 'remove':
      return api.remove(path, action.name)
    case 'break':
      return api.watches.pop()?.stream.fail(new Error('reset'))
    case 'end':
      return api.watches.pop()?.stream.end()
    case 'mute':
      muted.push(...api.watches.splice(0))
      return
    case 'compact':
      api.compacted = api.version
      return
    case 'down':
      api.intercept = () => 'refuse'
      return
    case 'up':
      api.intercept = () => undefined
      return
  }
}

test('whatever happens on the way, the cache ends equal to the collection, and its changes lead there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const api = createFakeApi()
      const clock = createVirtualClock()
      const muted: Watch[] = []
      const stop = new AbortController()
      api.put(path, { name: 'a', spec: 0 })
      const restore = api.snapshot()
      const reflector = createReflector({
        transport: api.transport,
        clock,
        random: () => 0.5,
        resource: nodeResource,
        select: (object) => object['spec'],
      })
      const told = new Map<string, unknown>()
      reflector.subscribe((changes) => {
        for (const { key, previous, current } of changes) {
          expect(previous?.value).toEqual(told.get(key))
          if (current === undefined) told.delete(key)
          else told.set(key, current.value)
        }
      })
      const run = reflector.run(stop.signal)
      for (const action of steps) {
        if (action.do === 'wait') await clock.advance(action.milliseconds)
        else if (action.do !== 'restore') apply(api, muted, action)
        else {
          // A restored server is a restarted one: no connection survives it, and it is away for a while.
          api.intercept = () => 'refuse'
          for (const { stream } of [...muted.splice(0), ...api.watches.splice(0)]) stream.fail(new Error('reset'))
          await clock.advance(1000)
          restore()
          api.intercept = () => undefined
        }
      }
      api.intercept = () => undefined
      await clock.advance(130_000)
      const wanted = ['a', 'b', 'c'].flatMap((name) => {
        const object = api.read(path, name)
        return object === undefined ? [] : [[name, object['spec']] as const]
      })
      expect(new Map([...reflector.cache.entries()].map(({ key, value }) => [key, value]))).toEqual(new Map(wanted))
      expect(told).toEqual(new Map(wanted))
      stop.abort()
      await run
    }),
    { numRuns: 100 },
  )
})
