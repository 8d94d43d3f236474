import { expect, test } from 'vitest'
import { failoverIP, recorded, serverOf, v4 } from '../plan/testing/situation.ts'
import { createSmallWorld, nodeState, type SmallWorld } from './testing/small-world.ts'

const minute = 60_000
/** The Node object that the renamed machine has left behind, and those of others. */
const away = { ready: 'Unknown', taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] } as const

/** One machine that was `old` and is `a-new`, and others of their own. */
function worldOf(old: string, home: string): SmallWorld {
  const machine = (name: string) => serverOf(name === old || name === 'a-new' ? 'machine' : name)
  const world = createSmallWorld({
    nodeReader: {
      read: async (node) => ({
        kind: 'present',
        uid: `uid-${node}`,
        ready: node === 'b' ? 'True' : 'Unknown',
        leaseRenewed: node === 'b',
      }),
    },
    routing: {
      resolve: async (nodes) => nodes.map(({ name }) => ({ kind: 'matched', node: name, server: machine(name) })),
    },
    failoverIPs: [failoverIP({ status: { addresses: [recorded(v4, home, { server: machine(home) })] } })],
    nodes: [nodeState(old), nodeState('b'), nodeState('c')],
  })
  world.routes.set(v4, machine(home).id)
  return world
}

test.each(['a', 'z'])(
  'a renamed machine (it was %s) keeps its address, and the record follows the name',
  async (old) => {
    const world = worldOf(old, old)
    const { ended, stop } = world.run()
    await world.clock.advance(5000)
    world.setNodes([nodeState(old, away), nodeState('a-new'), nodeState('b')])
    await world.clock.advance(10 * minute)
    expect([world.sent, world.status().node]).toEqual([[], 'a-new'])
    expect(world.status().conditions?.[0]).toMatchObject({ type: 'Ready', status: 'True', reason: 'Serving' })
    stop()
    await world.clock.advanceUntil(ended)
  },
)

test.each(['a', 'z'])('a stale Node object of a renamed machine (it was %s) stops no failover', async (old) => {
  const world = worldOf(old, 'c')
  const { ended, stop } = world.run()
  await world.clock.advance(5000)
  world.setNodes([nodeState(old, away), nodeState('a-new'), nodeState('b'), nodeState('c', away)])
  await world.clock.advance(minute)
  expect(world.status().node).toMatch(/^(a-new|b)$/)
  stop()
  await world.clock.advanceUntil(ended)
})
