import type { NodeFacts } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Suite } from './suite.ts'

export function testResolve({ sample, subject }: Suite): void {
  const readFaults = sample.faults.filter((fault) => fault !== 'hanging' && fault !== 'busy')
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
      const { routing, signal, run } = context
      const { unit, servers } = createScene(context, { held: true })
      const nodes = servers.map(({ node }) => node)
      const [holder, other] = await run(routing.resolve(nodes, { signal }))
      if (holder?.kind !== 'matched' || other?.kind !== 'matched') expect.fail('both nodes have a server')
      if (holder.units !== undefined) expect(holder.units).toContain(unit)
      if (other.units !== undefined) expect(other.units).not.toContain(unit)
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
      cloud.fail('reads', 'serverError')
      expect(await states()).toEqual(['unknown', 'unknown'])
    })
  })
}
