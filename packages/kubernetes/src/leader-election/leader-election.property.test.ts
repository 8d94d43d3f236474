import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leaders, leaseCollection, overlapWhile, startContender, type Contender } from '../testing/contender.ts'
import { createFakeApi, type FakeApi } from '../testing/fake-api.ts'
import { createVirtualClock } from '../testing/virtual-clock.ts'

const who = fc.nat(2)
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), milliseconds: fc.nat(6000) }) },
  fc.record({ do: fc.constantFrom('pause' as const, 'wake' as const, 'mend' as const), who }),
  fc.record({ do: fc.constant('break' as const), who, fault: fc.constantFrom('hang', 'refuse', 'lose-response') }),
  fc.record({ do: fc.constantFrom('delete' as const, 'clear' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function apply(api: FakeApi, contenders: readonly Contender[], action: Exclude<Step, { do: 'wait' }>): void {
  if (!('who' in action)) {
    if (action.do === 'delete') return api.remove(leaseCollection, 'test')
    const spec = api.read(leaseCollection, 'test')?.['spec']
    if (typeof spec !== 'object') return
    api.put(leaseCollection, { name: 'test', namespace: 'failover-ip', spec: { ...spec, holderIdentity: '' } })
    return
  }
  const contender = contenders[action.who]
  if (contender === undefined) return
  if (action.do === 'pause' && !contender.paused) contender.pause()
  if (action.do === 'wake') contender.wake()
  if (action.do === 'mend') contender.fault = () => undefined
  if (action.do === 'break') contender.fault = () => action.fault
}

test('whatever is paused, cut off, deleted or cleared: never two leaders, and afterwards one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const api = createFakeApi()
      const clock = createVirtualClock()
      const contenders = ['a', 'b', 'c'].map((identity) => startContender({ api, clock }, identity))
      await clock.advance(1000)
      for (const action of steps) {
        if (action.do === 'wait') expect(await overlapWhile(clock, contenders, action.milliseconds)).toBe(0)
        else apply(api, contenders, action)
      }
      for (const contender of contenders) {
        contender.wake()
        contender.fault = () => undefined
      }
      expect(await overlapWhile(clock, contenders, 12_000)).toBe(0)
      expect(leaders(contenders).length).toBe(1)
      for (const { stop, ended } of contenders) {
        stop.abort()
        await clock.advance(100)
        await ended
      }
    }),
    { numRuns: 25 },
  )
}, 60_000)
