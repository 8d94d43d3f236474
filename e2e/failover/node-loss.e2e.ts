import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createApiClient } from '../harness/api-client.ts'
import { nodeSigns } from '../harness/node-signs.ts'
import { clusterUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'
import './global-setup.ts'
import { observeMove, recordMove } from './observe-move.ts'
import { startLogind } from './logind.ts'
import { setStage, type Stage } from './stage.ts'
import { openWayThroughHolder } from './way-to-api.ts'

const cluster = clusterUnderTest()
const names = cluster.nodes.map(({ name }) => name)
const { readReady } = nodeSigns(createApiClient(cluster.kubeconfig))

describe('a holder that is lost, or to leave', () => {
  let stage: Stage
  const others = (...nodes: readonly string[]): readonly string[] => names.filter((name) => !nodes.includes(name))

  beforeAll(async () => {
    stage = await setStage(cluster, { name: 'node-loss', programs: inject('programs') })
  })
  afterAll(async () => await stage?.[Symbol.asyncDispose]())

  it('loses its addresses to a healthy node when its power goes, before Kubernetes misses it [A30]', async () => {
    const [from = ''] = others(await stage.leader())
    await stage.place(from)
    const move = await observeMove(stage, async () => await stage.powerOff(from))
    try {
      expect(await readReady(from)).toBe('True')
      await recordMove('power off', move)
    } finally {
      await stage.restore(from)
    }
    expect(stage.holder()).toBe(move.to)
  })

  it('loses them when no frame reaches it, and does not get them back with the old addresses on it [A31]', async () => {
    const [from = ''] = others(await stage.leader())
    await stage.place(from)
    const move = await observeMove(stage, async () => await cluster.isolate(from))
    expect(await readReady(from)).toBe('True')
    await recordMove('isolated', move)
    await cluster.heal(from)
    await stage.untilCalm()
    expect(stage.holder()).toBe(move.to)
  })

  it('loses them when its cable is out [A34]', async () => {
    const [from = ''] = others(await stage.leader())
    await stage.place(from)
    const move = await observeMove(stage, async () => await cluster.cut(from))
    expect(await readReady(from)).toBe('True')
    await recordMove('cable out', move)
    await cluster.heal(from)
    await stage.untilCalm()
    expect(stage.holder()).toBe(move.to)
  })

  it('loses them together with the leader on it [A43]', async () => {
    const leader = await stage.leader()
    await stage.place(leader)
    const move = await observeMove(stage, async () => await stage.powerOff(leader))
    try {
      expect(await readReady(leader)).toBe('True')
      expect(await stage.leader()).not.toBe(leader)
      await recordMove('leader and holder off', move)
    } finally {
      await stage.restore(leader)
    }
    expect(stage.holder()).toBe(move.to)
  })

  it('loses them to the last one when the node that they go to dies during the move [A35] [A65]', async () => {
    await stage.place('n3')
    let second = ''
    const move = await observeMove(stage, async (from) => {
      await stage.powerOff(from)
      const target = async (): Promise<string | undefined> =>
        [stage.holder()].find((node) => node !== undefined && node !== from)
      second = await until('the cloud to accept the move', target, { interval: 2 })
      await stage.powerOff(second)
      // It may have answered for a moment, and is not where they end.
      await until('it to answer no more', async () => (await stage.traffic.of('host4')).silentMs > 200, {
        interval: 20,
      })
    })
    try {
      expect(others('n3', second)).toEqual([move.to])
      await recordMove('two of three nodes off, one after the other', move)
    } finally {
      await stage.restore('n3', second)
    }
  })

  it('loses them to the last one when two die at once [A66]', async () => {
    const leader = await stage.leader()
    const [first = '', second = ''] = others(leader)
    await stage.place(first)
    const move = await observeMove(stage, async () => await stage.powerOff(first, second))
    try {
      expect(move.to).toBe(leader)
      await recordMove('two of three nodes off at once', move)
    } finally {
      await stage.restore(first, second)
    }
  })

  it('loses them of two to the one that has just been back [A64]', async () => {
    for (const node of ['n2', 'n3']) await stage.scene.kubectl(['label', 'node', node, 'pair=yes'])
    await stage.place('n3')
    await stage.scene.patchFailoverIP('web', { spec: { nodeSelector: { pair: 'yes' } } })
    try {
      const first = await observeMove(stage, async (from) => await cluster.isolate(from))
      expect(first.to).toBe('n2')
      await cluster.heal('n3')
      await until('the leader to hear it', async () => (await stage.pathState(await stage.leader(), 'n3')) === 'proven')
      const second = await observeMove(stage, async (from) => await cluster.isolate(from))
      expect(second.to).toBe('n3')
      await recordMove('the other one of two, back for a moment', second)
    } finally {
      await cluster.heal('n2')
      await stage.scene.patchFailoverIP('web', { spec: { nodeSelector: null } })
      for (const node of ['n2', 'n3']) await stage.scene.kubectl(['label', 'node', node, 'pair-'])
      await stage.untilCalm()
    }
  })

  it('loses them when it was the way to the API server, so that no Lease is renewed [A61]', async () => {
    const from = 'n3'
    await stage.place(from)
    const way = await openWayThroughHolder(cluster, stage)
    try {
      await way.untilLeasesAreRenewed(names)
      const move = await observeMove(stage, async () => await stage.powerOff(from))
      await recordMove('power off of the way to the API server', move)
      await way.untilLeasesAreRenewed(others(from))
    } finally {
      await way.close()
      await stage.restore(from)
    }
  })

  it.each([['cordon'], ['drain', '--ignore-daemonsets']])(
    'loses them at %s, and nobody is left unserved [A78]',
    async (...verb) => {
      const move = await observeMove(stage, async (from) => void (await stage.scene.kubectl([...verb, from])), {
        isPlanned: true,
      })
      await stage.scene.kubectl(['uncordon', move.from])
      await recordMove(`${verb[0]}`, move)
      await stage.untilCalm()
      expect(stage.holder()).toBe(move.to)
    },
  )

  it('loses them as soon as its machine is being shut down, before it is off [A78]', async () => {
    const from = 'n3'
    await stage.place(from)
    try {
      await using logind = await startLogind(cluster, from, inject('programs').traffic)
      await stage.untilCalm()
      const move = await observeMove(stage, async () => logind.shutDown(), { isPlanned: true })
      await recordMove('graceful shutdown, whose pods end at once', move)
      expect((await stage.scene.status('web')).lastMove).toMatchObject({ from, reason: 'NodeLeaving' })
      expect(await readReady(from)).toBe('False')
      await logind.untilReleased()
    } finally {
      await stage.powerOff(from)
      await stage.restore(from)
    }
  })

  it('keeps them when all nodes are off, and serves again when they are back [A36]', async () => {
    const holder = stage.holder()
    const changes = stage.cloud.changes()
    await stage.powerOff(...names)
    await until('nobody to answer', async () => (await stage.traffic.of('host4')).silentMs > 3_000)
    await stage.restore(...names)
    expect(stage.holder()).toBe(holder)
    expect(stage.cloud.changes()).toBe(changes)
  })
})
