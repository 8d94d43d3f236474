import { createStandingProber, type Prober } from '@failover-ip/core'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { startJudge, type Judge } from './testing/judge.ts'
import {
  createSimulatedCluster,
  nobody,
  type SimulatedCluster,
  type SimulatedLeader,
  type SimulatedNode,
} from './testing/simulated-cluster.ts'

const names = ['holder', 'n2', 'n3']
let cluster: SimulatedCluster
let nodes: Map<string, SimulatedNode>
let leader: SimulatedLeader

const begin = (): void => {
  cluster = createSimulatedCluster()
  nodes = new Map(names.map((name) => [name, cluster.node(name)]))
  leader = cluster.leader()
}
beforeEach(begin)

const node = (name: string): SimulatedNode => nodes.get(name) ?? expect.fail(name)
const holder = (): SimulatedNode => node('holder')
const advance = (milliseconds: number): Promise<void> => cluster.clock.advance(milliseconds)
const lead = (by: { readonly prober: Prober } = leader): Judge => startJudge(cluster, by, names, 'holder')
const powerOff = (name: string): void => {
  cluster.network.fate.set(node(name).host, 'lost')
  for (const { host } of nodes.values()) cluster.network.fate.set(`${node(name).host} ${host}`, 'lost')
}

/** Milliseconds until the judge calls it dead. */
async function untilDead(judge: Judge, name: string, within = 30_000): Promise<number> {
  const began = cluster.clock.monotonic()
  await cluster.clock.advanceUntil(() => judge.verdict(name)?.verdict === 'dead', { withinMilliseconds: within })
  return cluster.clock.monotonic() - began
}

describe('dead', () => {
  test.each([0, 30, 60, 90, 120, 150, 180])(
    'a holder that loses power, within four intervals and a round trip (%s ms into a round)',
    async (into) => {
      const judge = lead()
      await advance(5000 + into)
      powerOff('holder')
      expect(await untilDead(judge, 'holder')).toBeLessThanOrEqual(810)
      expect(judge.verdict('holder')).toMatchObject({
        reason: 'ProbesSilent',
        message: 'holder silent at the leader and at n2, n3',
      })
      expect(judge.history('n2')).toEqual(['healthy Healthy'])
      judge.stop()
    },
  )

  test.each([2500, 7000, 20_000])(
    'a holder that loses power together with the leader, in half a second of the next term, %s ms later [A43]',
    async (later) => {
      const { prober } = cluster.leader()
      const standby = createStandingProber(prober, cluster.clock)
      standby.standBy([cluster.target('holder', 2000)])
      for (const witness of ['n2', 'n3']) node(witness).station.watch([cluster.target('holder', 2000)])
      await advance(7000)
      powerOff('holder')
      await advance(later)
      const judge = lead({ prober: standby })
      expect(await untilDead(judge, 'holder')).toBeLessThanOrEqual(500)
      judge.stop()
    },
  )

  test('a holder that a leader without a past never heard, but two witnesses have, in the first second of its term', async () => {
    for (const witness of ['n2', 'n3']) node(witness).station.watch([cluster.target('holder', 2000)])
    await advance(7000)
    powerOff('holder')
    await advance(5000)
    const judge = lead()
    expect(await untilDead(judge, 'holder')).toBeLessThanOrEqual(1000)
    expect(judge.verdict('holder')?.message).toContain('silent at n2, n3, which had heard it')
    judge.stop()
  })

  test('a holder and one of its witnesses together, in under 1 s', async () => {
    const judge = lead()
    await advance(5000)
    powerOff('holder')
    powerOff('n2')
    expect(await untilDead(judge, 'holder')).toBeLessThan(1000)
    judge.stop()
  })

  test('a holder that loses power behind something that shakes hands for everybody [A63]', async () => {
    cluster.handshakes.set(holder().host, 'connected').set(nobody, 'connected')
    const judge = lead()
    await advance(5000)
    powerOff('holder')
    expect(await untilDead(judge, 'holder')).toBeLessThanOrEqual(810)
    judge.stop()
  })
})

describe('not dead', () => {
  const stays = async (judge: Judge, milliseconds = 30_000): Promise<void> => {
    await advance(milliseconds)
    for (const name of names) expect(judge.history(name).filter((verdict) => verdict.startsWith('dead'))).toEqual([])
    judge.stop()
  }

  test('a node whose agent has ended, while its kernel refuses [A33]', async () => {
    const judge = lead()
    await advance(5000)
    holder().kill()
    await stays(judge)
    expect(judge.verdict('holder')?.verdict).toBe('suspect')
  })

  test('a node whose agent hangs, while its kernel shakes hands [A33]', async () => {
    cluster.handshakes.set(holder().host, 'connected')
    const judge = lead()
    await advance(5000)
    holder().kill()
    cluster.network.open({ host: holder().host, port: 7476 }, () => undefined)
    await stays(judge)
  })

  test('a node whose agent is replaced by a new one [A33]', async () => {
    const judge = lead()
    await advance(5000)
    holder().kill()
    await advance(3000)
    nodes.set('holder', cluster.node('holder'))
    await stays(judge, 5000)
    expect(judge.verdict('holder')?.verdict).toBe('healthy')
  })

  test('a node that the leader alone cannot reach [A32]', async () => {
    const judge = lead()
    await advance(5000)
    for (const { packet, from } of cluster.network.carried.slice(0, 1)) {
      expect(packet.length).toBeGreaterThan(0)
      cluster.network.fate.set(`${from.host} ${holder().host}`, 'lost')
    }
    await stays(judge)
    expect(judge.history('holder')).toContain('suspect WitnessDisagrees')
  })

  test('a node whose probe port was blocked from the start [A62]', async () => {
    cluster.network.fate.set(holder().host, 'lost')
    const judge = lead()
    await stays(judge)
    expect(judge.history('holder')).toEqual(['healthy Healthy'])
  })

  test('a node that a leader without a past never heard, whatever the one witness says who has', async () => {
    node('n2').station.watch([cluster.target('holder', 2000)])
    await advance(7000)
    powerOff('holder')
    await advance(5000)
    const judge = lead()
    await stays(judge)
    expect(judge.history('holder')).toEqual(['healthy Healthy'])
  })

  test('a node that the leader cannot reach, nor the one witness since it has booted behind another firewall', async () => {
    const closeWayFrom = (host: string): void => void cluster.network.fate.set(`${host} ${holder().host}`, 'lost')
    closeWayFrom(node('n3').host)
    const judge = lead()
    await advance(5000)
    node('n2').kill()
    await advance(1000)
    closeWayFrom(cluster.node('n2', { bootID: 'another boot of n2' }).host)
    await advance(5000)
    for (const { from } of cluster.network.carried.slice(0, 1)) closeWayFrom(from.host)
    await stays(judge)
    expect(judge.verdict('holder')).toMatchObject({ verdict: 'suspect', reason: 'ProbesMissed' })
  })

  test('any node, when all fall silent at once [A36]', async () => {
    const judge = lead()
    await advance(5000)
    for (const name of names) powerOff(name)
    await stays(judge)
    expect(judge.history('holder')).toContain('suspect Held')
  })

  test('any node, on a network that loses one packet in thirty', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.noBias(fc.nat({ max: 29 }))), async (dice) => {
        begin()
        cluster.network.isLost = () => dice.next().value === 0
        await stays(lead(), 20_000)
      }),
      { numRuns: 10 },
    )
  })
})
