import type { ProbeEvidence } from '@failover-ip/core'
import { beforeEach, expect, test } from 'vitest'
import { createSimulatedCluster, type SimulatedCluster, type SimulatedNode } from '../testing/simulated-cluster.ts'

const signal = new AbortController().signal
let cluster: SimulatedCluster
let holder: SimulatedNode
let witness: SimulatedNode

beforeEach(() => {
  cluster = createSimulatedCluster()
  holder = cluster.node('holder')
  witness = cluster.node('witness')
})

const leader = () => {
  const made = cluster.leader()
  made.prober.watch([cluster.target('holder'), cluster.target('witness', 2000), cluster.target('third', 2000)])
  return made
}
const ask = (made: ReturnType<typeof leader>, ...names: readonly string[]): Promise<readonly ProbeEvidence[]> =>
  cluster.clock.advanceUntil(made.prober.askWitnesses(cluster.target('holder'), names, { signal }))

test('a witness probes afresh and says at once what it hears', async () => {
  const made = leader()
  await cluster.clock.advance(1000)
  expect(await ask(made, 'witness')).toEqual([
    {
      node: 'holder',
      vantage: 'witness',
      vantageBootID: 'boot of witness',
      kind: 'reply',
      sentAt: 1002,
      at: 1004,
      bootID: 'boot of holder',
    },
  ])
})

test('a witness that hears nothing says so, and whether its path had worked', async () => {
  const made = leader()
  await ask(made, 'witness')
  cluster.network.fate.set(holder.host, 'lost')
  await cluster.clock.advance(1000)
  const [before, now] = await ask(made, 'witness')
  const witnessed = { vantage: 'witness', vantageBootID: 'boot of witness' }
  expect(before).toMatchObject({ ...witnessed, kind: 'reply', bootID: 'boot of holder' })
  expect(now).toMatchObject({ ...witnessed, kind: 'silence' })
  expect([before?.at, now?.sentAt]).toEqual([4, 1006])
  const unproven = cluster.leader()
  unproven.prober.watch([cluster.target('third', 2000)])
  cluster.node('third')
  await cluster.clock.advance(10)
  const heard = cluster.clock.advanceUntil(
    unproven.prober.askWitnesses(cluster.target('holder'), ['third'], { signal }),
  )
  expect((await heard).map(({ kind }) => kind)).toEqual(['silence'])
})

test('a standing witness keeps its path proven without being asked', async () => {
  witness.station.watch([cluster.target('holder', 2000)])
  await cluster.clock.advance(5000)
  cluster.network.fate.set(holder.host, 'lost')
  await cluster.clock.advance(4000)
  const [before, now] = await ask(leader(), 'witness')
  expect([before?.kind, before?.at]).toEqual(['reply', 4003])
  expect(now).toMatchObject({ kind: 'silence' })
  witness.station.watch([])
})

test('a witness is not believed to have heard what is long past', async () => {
  witness.station.watch([cluster.target('holder', 2000)])
  await cluster.clock.advance(1000)
  cluster.network.fate.set(holder.host, 'lost')
  await cluster.clock.advance(31_000)
  expect((await ask(leader(), 'witness')).map(({ kind }) => kind)).toEqual(['silence'])
  witness.station.watch([])
})

test('a witness tells of a refusal', async () => {
  holder.kill()
  expect(await ask(leader(), 'witness')).toMatchObject([{ vantage: 'witness', kind: 'refused' }])
})

test('a witness that is dead, unknown or too slow is missing, and holds up nobody for long', async () => {
  cluster.node('third').kill()
  const made = leader()
  const began = cluster.clock.monotonic()
  const heard = await ask(made, 'witness', 'third', 'stranger')
  expect(heard.map(({ vantage }) => vantage)).toEqual(['witness'])
  expect(cluster.clock.monotonic() - began).toBeLessThanOrEqual(301)
  expect(await ask(made, 'stranger')).toEqual([])
})

test('the question ends with its signal, and leaves nothing behind', async () => {
  const made = leader()
  made.prober.watch([cluster.target('third', 2000)])
  const stop = new AbortController()
  const asked = made.prober.askWitnesses(cluster.target('holder'), ['third'], { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(asked).rejects.toThrow('enough')
  made.prober.watch([])
  await cluster.clock.advance(1000)
  expect(cluster.clock.sleepers).toBe(0)
})

test('more questions than a witness can look into are counted and left', async () => {
  cluster.network.fate.set(holder.host, 'lost')
  const made = leader()
  const asked = Array.from({ length: 600 }, () =>
    made.prober.askWitnesses(cluster.target('holder'), ['witness'], { signal }),
  )
  const heard = await cluster.clock.advanceUntil(Promise.all(asked))
  expect(heard.filter((evidence) => evidence.length > 0)).toHaveLength(512)
  expect(witness.counters.read().dropped).toEqual({ busy: 88 })
  made.prober.watch([])
})
