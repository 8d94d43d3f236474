import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import { expectNoSecrets } from './subject.ts'
import type { Suite } from './suite.ts'
import { rateLimitSeconds } from './test-cloud.ts'
import type { TestFault } from './test-cloud.ts'

/** What no read can show: answers that do not come, and locks that only changes meet. */
const silentFaults: readonly TestFault[] = ['hanging', 'trickling', 'busy']

/** What the engine gives a read. */
const readSeconds = 10

export function testObserve({ provider, sample, subject }: Suite): void {
  const { capabilities } = provider
  const readFaults = sample.faults.filter((fault) => !silentFaults.includes(fault))
  /** How a unit that does not exist looks. */
  const gone = capabilities.seesFreeUnits === false ? { kind: 'found', server: null } : { kind: 'absent' }

  describe('observe', () => {
    it('says of each unit, in the order asked, who holds it and where, or that it is absent', async () => {
      const { cloud, routing, signal, families, run } = await subject()
      const location = cloud.locations.at(-1) ?? cloud.locations[0]
      const { server } = cloud.addServer(location)
      for (const family of families) {
        const [free, held, none] = [1, 2, 3].map(() => cloud.addUnit(family, location))
        if (free === undefined || held === undefined || none === undefined) expect.fail('three units')
        cloud.place(held, server)
        cloud.removeUnit(none)
        const common = { location, inFlight: false, locked: false }
        expect(await run(routing.observe([none, held, free], { signal }))).toEqual([
          expect.objectContaining({ ...gone, unit: none }),
          expect.objectContaining({ kind: 'found', unit: held, server, ...common }),
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
      expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ ...gone, unit }])
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
      const { cloud, routing, signal, run, sent } = context
      const { unit } = createScene(context, { held: true })
      const missing = createScene(context, { held: false }).unit
      cloud.removeUnit(missing)
      await run(routing.observe([unit], { signal }))
      cloud.fail('reads', fault)
      const sentBefore = sent.length
      for (const observation of await run(routing.observe([unit, missing], { signal }))) {
        if (observation.kind !== 'unknown') expect.fail(`a read that is ${fault} is not ${observation.kind}`)
        expect(observation.error).toMatchObject({ outcome: 'not-applied' })
        expectNoSecrets(observation.error, cloud)
        if (fault !== 'rateLimited') continue
        expect(observation.error).toMatchObject({ code: 'RateLimited', retryAfterSeconds: rateLimitSeconds })
      }
      const repeated = sent.slice(sentBefore)
      expect(repeated.toSorted()).toEqual([...new Set(repeated)].toSorted())
      cloud.heal()
      expect(await run(routing.observe([unit, missing], { signal }))).toMatchObject([{ kind: 'found' }, gone])
    })

    it('changes nothing, and neither does any other read', async () => {
      const context = await subject()
      const { cloud, routing, signal, run } = context
      const { unit, from, servers } = createScene(context, { held: true })
      await run(routing.observe([unit], { signal }))
      const nodes = servers.map(({ node }) => node)
      await run(routing.resolve(nodes, { signal }))
      if (routing.serverStates !== undefined) await run(routing.serverStates([from], { signal }))
      expect([cloud.holder(unit), cloud.effects()]).toEqual([from, 0])
    })

    it('holds for the first read of a process as for a later one', async () => {
      const context = await subject()
      const { cloud, signal, run, open } = context
      const { unit, from, to } = createScene(context, { held: true })
      for (const server of [from, to]) {
        cloud.place(unit, server)
        expect(await run((await open()).observe([unit], { signal }))).toMatchObject([{ kind: 'found', server }])
      }
    })

    if (sample.afterNextRead !== undefined) {
      it('never calls a unit absent because a list changed between two pages', async () => {
        const { cloud, routing, signal, families, run } = await subject()
        const units = Array.from({ length: 250 }, () => cloud.addUnit(families[0] ?? 'ipv4', cloud.locations[0]))
        await run(routing.observe(units, { signal }))
        const [first = '', ...rest] = units
        cloud.afterNextRead?.(() => cloud.removeUnit(first))
        const kinds = (await run(routing.observe(rest, { signal }))).map(({ kind }) => kind)
        expect(kinds).not.toContain('absent')
        expect(await run(routing.observe([first], { signal }))).toMatchObject([{ ...gone, unit: first }])
      })
    }

    const [here, there] = sample.locations
    if (sample.failLocation !== undefined && there !== undefined) {
      const placeFaults = (['serverError', 'hanging'] as const).filter((fault) => sample.faults.includes(fault))
      describe.each(placeFaults)('says in time what it knows when another location is %s', (fault) => {
        it.each(['the first', 'a later'])('in %s read of a process', async (which) => {
          const { cloud, clock, routing, signal, families, run } = await subject()
          const [known = '', unread = ''] = [here, there].map((one) => cloud.addUnit(families[0] ?? 'ipv4', one))
          if (which !== 'the first') await run(routing.observe([known, unread], { signal }))
          const unseen = cloud.addUnit(families[0] ?? 'ipv4', here)
          cloud.failLocation?.(there, fault)
          const began = clock.monotonic()
          expect(await run(routing.observe([unread, known, unseen], { signal }))).toMatchObject([
            { kind: 'unknown', unit: unread },
            { kind: 'found', unit: known },
            { kind: 'found', unit: unseen },
          ])
          expect(clock.monotonic() - began).toBeLessThan(readSeconds * 1000)
        })
      })
    }

    if (sample.lock !== undefined) {
      it('says that a unit is locked, and a change is refused as long as it is', async () => {
        const context = await subject()
        const { cloud, routing, signal, run, fail } = context
        const { unit, from, to } = createScene(context, { held: true })
        cloud.lock?.(unit)
        expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ locked: true, server: from }])
        const error = await fail(routing.assign(unit, to, { signal }))
        expect(['Busy', 'Conflict', 'Denied', 'Invalid']).toContain(error.code)
        expect([error.outcome, cloud.holder(unit), cloud.effects()]).toEqual(['not-applied', from, 0])
      })
    }

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
    const when = eventualReadSeconds > 0 ? `at the latest after ${eventualReadSeconds} s, though reads lag` : 'at once'
    it(`sees a change ${when}`, async () => {
      const context = await subject()
      const { cloud, clock, routing, signal, run, finish } = context
      const { unit, to } = createScene(context, { held: false })
      cloud.lagReads?.(Math.max(eventualReadSeconds, cloud.readLagSeconds ?? 0))
      await finish(routing.assign(unit, to, { signal }))
      await clock.advance(eventualReadSeconds * 1000)
      expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', server: to }])
    })
  })
}
