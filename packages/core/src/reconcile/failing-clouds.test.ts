import { ProviderError } from '@failover-ip/provider'
import { expect, test } from 'vitest'
import { failoverIP, recorded, v4 } from '../plan/testing/situation.ts'
import { createSmallWorld, nodeState } from './testing/small-world.ts'

const minute = 60_000
const cordoned = (name: string) =>
  ['a', 'b', 'c'].map((each) => nodeState(each, each === name ? { unschedulable: true } : {}))
const onA = [failoverIP({ status: { addresses: [recorded(v4, 'a')] } })]

test('a stranger that got the address while an answer was lost keeps it', async () => {
  const world = createSmallWorld({
    capabilities: { eventualReadSeconds: 5 },
    routedTo: { [v4]: 'a' },
    failoverIPs: onA,
    nodes: cordoned('a'),
    routing: {
      assign: async (unit) => {
        world.routes.set(unit, 'stranger')
        throw new ProviderError('Transient', 'The answer was lost.', { outcome: 'unknown' })
      },
    },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(minute)
  expect([world.count('assign'), world.routes.get(v4)]).toEqual([1, 'stranger'])
  expect(world.status().conditions?.[0]).toMatchObject({ reason: 'ForeignHolder' })
  stop()
  await world.clock.advanceUntil(ended)
})
