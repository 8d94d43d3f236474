import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Suite } from './suite.ts'

export function testObserve({ provider, sample, subject }: Suite): void {
  const { capabilities } = provider
  const readFaults = sample.faults.filter((fault) => fault !== 'hanging' && fault !== 'busy')

  describe('observe', () => {
    it('says of each unit, in the order asked, who holds it and where, or that it is absent', async () => {
      const { cloud, routing, signal, families, run } = await subject()
      const location = cloud.locations.at(-1) ?? cloud.locations[0]
      const { server } = cloud.addServer(location)
      for (const family of families) {
        const [free, held, gone] = [1, 2, 3].map(() => cloud.addUnit(family, location))
        if (free === undefined || held === undefined || gone === undefined) expect.fail('three units')
        cloud.place(held, server)
        cloud.removeUnit(gone)
        const common = { location, inFlight: false, locked: false }
        expect(await run(routing.observe([gone, held, free], { signal }))).toEqual([
          { kind: 'absent', unit: gone },
          { kind: 'found', unit: held, server, ...common },
          { kind: 'found', unit: free, server: null, ...common },
        ])
      }
    })

    it('answers nothing to nothing, and twice to twice', async () => {
      const context = await subject()
      const { routing, signal, run } = context
      const { unit } = createScene(context, { held: true })
      expect(await run(routing.observe([], { signal }))).toEqual([])
      const [first, second] = await run(routing.observe([unit, unit], { signal }))
      expect(first).toEqual(second)
    })

    it('sees what a human did in the meantime', async () => {
      const context = await subject()
      const { cloud, routing, signal, run } = context
      const { unit, from, to } = createScene(context, { held: true })
      for (const server of [from, to, null]) {
        cloud.place(unit, server)
        expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', server }])
      }
      cloud.removeUnit(unit)
      expect(await run(routing.observe([unit], { signal }))).toEqual([{ kind: 'absent', unit }])
    })

    it('finds all of many', async () => {
      const { cloud, routing, signal, families, run } = await subject()
      const units = Array.from({ length: 120 }, () => cloud.addUnit(families[0] ?? 'ipv4', cloud.locations[0]))
      const observations = await run(routing.observe(units, { signal }))
      expect(observations.map(({ kind, unit }) => ({ kind, unit }))).toEqual(
        units.map((unit) => ({ kind: 'found', unit })),
      )
    })

    it.each(readFaults)('says unknown, never absent, and rejects for none when reads are %s', async (fault) => {
      const context = await subject()
      const { cloud, routing, signal, run } = context
      const { unit } = createScene(context, { held: true })
      const missing = createScene(context, { held: false }).unit
      cloud.removeUnit(missing)
      await run(routing.observe([unit], { signal }))
      cloud.fail('reads', fault)
      for (const observation of await run(routing.observe([unit, missing], { signal }))) {
        expect(observation).toMatchObject({ kind: 'unknown', error: { outcome: 'not-applied' } })
      }
      cloud.heal()
      expect(await run(routing.observe([unit, missing], { signal }))).toMatchObject([
        { kind: 'found' },
        { kind: 'absent' },
      ])
    })

    it('says unknown when the credentials are refused', async () => {
      const context = await subject()
      const { cloud, signal, run, open } = context
      const { unit } = createScene(context, { held: true })
      const routing = await open(cloud.wrongCredentials)
      expect(await run(routing.observe([unit], { signal }))).toMatchObject([
        { kind: 'unknown', error: { code: 'Denied' } },
      ])
    })

    const { eventualReadSeconds } = capabilities
    if (eventualReadSeconds > 0) {
      it(`sees a change at the latest after ${eventualReadSeconds} s, though reads lag`, async () => {
        const context = await subject()
        const { cloud, clock, routing, signal, run, finish } = context
        const { unit, to } = createScene(context, { held: false })
        cloud.lagReads?.(eventualReadSeconds)
        await finish(routing.assign(unit, to, { signal }))
        await clock.advance(eventualReadSeconds * 1000)
        expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', server: to }])
      })
    }
  })
}
