import { expect, test } from 'vitest'
import type { AddressStatus, FailoverIPStatus } from '../domain/failover-ip.ts'
import { failoverIP } from '../plan/testing/situation.ts'
import { standByTargets } from './stand-by-targets.ts'
import { nodeState } from './testing/small-world.ts'

const address = { address: '51.15.129.35', unit: '51.15.129.35/32', epoch: 1 }
const to = (toNode: string): readonly AddressStatus[] => [
  {
    ...address,
    node: 'a',
    operation: { id: '1', kind: 'assign', epoch: 2, reason: 'NodeDead', toNode, startedAt: '', callTimeoutSeconds: 5 },
  },
]

test('are those that hold something or are about to, slowly, as far as they can be probed', () => {
  const nodes = ['a', 'b', 'c', 'd'].map((name) => nodeState(name, { probeAddress: `10.0.0.${name}` }))
  const statuses: readonly FailoverIPStatus[] = [
    { addresses: to('c') },
    { addresses: [{ ...address, node: 'e' }] },
    { node: 'd' },
  ]
  const failoverIPs = statuses.map((status, index) => failoverIP({ key: `ingress/${index}`, status }))
  expect(standByTargets({ nodes: [...nodes, nodeState('e')], failoverIPs })).toEqual([
    { node: 'a', address: '10.0.0.a', interval: 2000 },
    { node: 'c', address: '10.0.0.c', interval: 2000 },
  ])
})
