import { createScalewayEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { nodeOf, setUp, v6 } from './testing/set-up.ts'

describe('resolve', () => {
  it('matches by providerID, old form and new, with the units that each carries [A1]', async () => {
    const { cloud, routing, signal, run } = setUp()
    const a = cloud.addServer({ dynamicAddress: '51.158.96.95' })
    const b = cloud.addServer({ zone: 'nl-ams-2' })
    const v4 = cloud.addIp({ server: a.id }).unit
    cloud.addIp({ unit: v6, server: a.id })
    const nodes = [
      nodeOf('a', { providerID: a.providerID }),
      nodeOf('b', { providerID: `scaleway://${b.id}`, labels: { 'topology.kubernetes.io/zone': 'nl-ams-2' } }),
    ]
    expect(await run(routing.resolve(nodes, { signal }))).toEqual([
      { kind: 'matched', node: 'a', server: { id: a.id, location: 'fr-par-1' }, units: ['51.158.96.95/32', v4, v6] },
      { kind: 'matched', node: 'b', server: { id: b.id, location: 'nl-ams-2' }, units: [] },
    ])
    expect(cloud.requests).toHaveLength(2)
  })

  it('matches as ever when a project or zone is named twice', async () => {
    const project = createScalewayEmulator({ clock: createVirtualClock() }).account.project
    const projectIds = [project, project.toUpperCase(), project]
    const { cloud, routing, signal, run } = setUp({}, { projectIds, zones: ['fr-par-1', 'fr-par-1'] })
    const { name } = cloud.addServer()
    expect(await run(routing.resolve([nodeOf(name)], { signal }))).toMatchObject([{ kind: 'matched' }])
  })

  it('finds the zone of an old providerID without a label', async () => {
    const { cloud, routing, signal, run } = setUp()
    const server = cloud.addServer({ zone: 'pl-waw-3' })
    const [match] = await run(routing.resolve([nodeOf('a', { providerID: `scaleway://${server.id}` })], { signal }))
    expect(match).toMatchObject({ kind: 'matched', server: { id: server.id, location: 'pl-waw-3' } })
  })

  it('says why a node has no server', async () => {
    const { cloud, routing, signal, run } = setUp()
    const gone = cloud.addServer()
    cloud.removeServer(gone.id)
    const nodes = [
      nodeOf('metal', { providerID: `scaleway://baremetal/fr-par-1/${gone.id}` }),
      nodeOf('alien', { providerID: 'aws:///eu-west-3a/i-0' }),
      nodeOf('gone', { providerID: gone.providerID }),
      nodeOf('nobody'),
    ]
    const matches = await run(routing.resolve(nodes, { signal }))
    expect(matches.map((match) => (match.kind === 'unmatched' ? match.message : match.kind))).toEqual([
      'Node metal is a Scaleway baremetal server; routed addresses go to Instances only.',
      'Node alien has providerID "aws:///eu-west-3a/i-0", which is no Instance of Scaleway\'s.',
      `Node gone is Instance ${gone.id}, which is not in zone fr-par-1 of the Secret's project. Check the project.`,
      'Node nobody has no providerID, and no Instance in any of the zones looked at has its name or one of its addresses. Set spec.providerID.',
    ])
  })

  it('matches a node without providerID by name, else by address, when exactly one Instance fits', async () => {
    const { cloud, routing, signal, run } = setUp()
    const named = cloud.addServer({ name: 'worker-1' })
    const addressed = cloud.addServer({ dynamicAddress: '51.158.96.95' })
    cloud.addServer({ name: 'twin' })
    cloud.addServer({ name: 'twin', zone: 'nl-ams-1' })
    const nodes = [nodeOf('worker-1'), nodeOf('x', { addresses: ['10.0.0.1', '51.158.96.95'] }), nodeOf('twin')]
    expect(await run(routing.resolve(nodes, { signal }))).toMatchObject([
      { kind: 'matched', server: { id: named.id } },
      { kind: 'matched', server: { id: addressed.id } },
      { kind: 'unmatched', message: expect.stringContaining('2 Instances fit') as string },
    ])
  })

  it('does not match by name while a zone cannot be read, and says unknown for nodes of that zone', async () => {
    const { cloud, routing, signal, run } = setUp()
    cloud.addServer({ name: 'worker-1' })
    const far = cloud.addServer({ zone: 'nl-ams-1' })
    const near = cloud.addServer()
    cloud.faults.add({ path: 'nl-ams-1', times: Infinity, fault: { kind: 'status', status: 502 } })
    const nodes = [
      nodeOf('worker-1'),
      nodeOf('far', { providerID: far.providerID }),
      nodeOf('near', { providerID: near.providerID }),
    ]
    const matches = await run(routing.resolve(nodes, { signal }))
    expect(matches.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'matched'])
  })
})
