import type { NodeFacts } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Suite } from './suite.ts'
import type { TestFault } from './test-cloud.ts'

export function testResolve({ sample, subject }: Suite): void {
  const silentFaults: readonly TestFault[] = ['hanging', 'trickling', 'busy']
  const readFaults = sample.faults.filter((fault) => !silentFaults.includes(fault))
  const stranger: NodeFacts = {
    name: 'stranger',
    providerID: 'elsewhere://1',
    addresses: [],
    labels: {},
    annotations: {},
  }

  describe('resolve', () => {
    it('matches nodes to servers, in the order asked, in every location', async () => {
      const { cloud, routing, signal, run } = await subject()
      const servers = cloud.locations.map((location) => cloud.addServer(location))
      const nodes = [stranger, ...servers.map(({ node }) => node)]
      const [first, ...matches] = await run(routing.resolve(nodes, { signal }))
      expect(first).toMatchObject({
        kind: 'unmatched',
        node: 'stranger',
        message: expect.stringMatching(/\w/) as string,
      })
      expect(matches).toMatchObject(servers.map(({ server, node }) => ({ kind: 'matched', node: node.name, server })))
    })

    it('names the units that a server carries, or says that it does not know', async () => {
      const context = await subject()
      const { routing, signal, families, run } = context
      for (const family of families) {
        const { unit, servers } = createScene(context, { held: true, family })
        const nodes = servers.map(({ node }) => node)
        const [holder, other] = await run(routing.resolve(nodes, { signal }))
        if (holder?.kind !== 'matched' || other?.kind !== 'matched') expect.fail('both nodes have a server')
        if (holder.units !== undefined) expect(holder.units).toContain(unit)
        if (other.units !== undefined) expect(other.units).not.toContain(unit)
      }
    })

    it('says why of what it does not match, in a sentence, and matches the same node twice the same way', async () => {
      const context = await subject()
      const { routing, signal, run } = context
      const [{ node }] = createScene(context, { held: false }).servers
      const [first, none, second] = await run(routing.resolve([node, stranger, node], { signal }))
      expect(first).toEqual(second)
      expect(none).toMatchObject({ kind: 'unmatched', message: expect.stringMatching(/\w .*\.$/s) as string })
    })

    it('believes the providerID and no name: neither one of another cloud nor one that the cloud does not know', async () => {
      const context = await subject()
      const { cloud, routing, signal, run } = context
      const [{ node }, { node: gone, server }] = createScene(context, { held: false }).servers
      if (node.providerID === undefined || gone.providerID === undefined) return expect(node.providerID).toBeUndefined()
      cloud.removeServer(server)
      const elsewhere = { ...node, providerID: 'elsewhere://1' }
      const unknown = { ...node, providerID: gone.providerID }
      const matches = await run(routing.resolve([elsewhere, unknown], { signal }))
      expect(matches.map(({ kind }) => kind)).toEqual(['unmatched', 'unmatched'])
    })

    it('answers nothing to nothing', async () => {
      const { routing, signal, run } = await subject()
      expect(await run(routing.resolve([], { signal }))).toEqual([])
    })

    it('says that a server is gone', async () => {
      const context = await subject()
      const { cloud, routing, signal, run } = context
      const { servers, from } = createScene(context, { held: false })
      cloud.removeServer(from)
      const matches = await run(
        routing.resolve(
          servers.map(({ node }) => node),
          { signal },
        ),
      )
      expect(matches.map(({ kind }) => kind)).toEqual(['unmatched', 'matched'])
    })

    it.each(readFaults)('never calls a node unmatched because reads are %s', async (fault) => {
      const context = await subject()
      const { cloud, routing, signal, run } = context
      const { servers } = createScene(context, { held: false })
      cloud.fail('reads', fault)
      const matches = await run(
        routing.resolve(
          servers.map(({ node }) => node),
          { signal },
        ),
      )
      expect(matches.map(({ kind }) => kind)).not.toContain('unmatched')
    })

    const [here, there] = sample.locations
    if (sample.failLocation !== undefined && there !== undefined && sample.faults.includes('hanging')) {
      it('matches the others in time when a location is hanging, and calls its nodes unknown', async () => {
        const { cloud, clock, routing, signal, run } = await subject()
        const nodes = [here, there].map((location) => cloud.addServer(location).node)
        cloud.failLocation?.(there, 'hanging')
        const began = clock.monotonic()
        const matches = await run(routing.resolve(nodes, { signal }))
        expect(matches.map(({ kind }) => kind)).toEqual(['matched', 'unknown'])
        expect(clock.monotonic() - began).toBeLessThan(10_000)
      })
    }
  })

  describe('serverStates', () => {
    it('is absent, or proves what is alive and what is dead, and guesses nothing', async () => {
      const context = await subject()
      const { cloud, routing, signal, run } = context
      if (routing.serverStates === undefined) return expect(routing).not.toHaveProperty('serverStates')
      const { servers, from, to } = createScene(context, { held: false })
      const states = (): Promise<readonly string[]> =>
        run(routing.serverStates?.([from, to], { signal }) ?? Promise.resolve([]))
      expect(servers).toHaveLength(2)
      expect(await states()).toEqual(['running', 'running'])
      cloud.stopServer?.(from)
      expect(await states()).toEqual([cloud.stopServer === undefined ? 'running' : 'stopped', 'running'])
      cloud.removeServer(from)
      expect(await states()).toEqual(['gone', 'running'])
      expect(await run(routing.serverStates([to, from], { signal }))).toEqual(['running', 'gone'])
      for (const fault of ['serverError', 'missingPage'] as const) {
        if (!sample.faults.includes(fault)) continue
        cloud.heal()
        cloud.fail('reads', fault)
        expect(await states()).toEqual(['unknown', 'unknown'])
      }
    })
  })
}
