import { failoverIPClassResource, failoverIPResource } from '@failover-ip/kubernetes'
import { afterEach, describe, expect, it } from 'vitest'
import { classOf, createEmbeddedCluster, secretOf } from './testing/embedded-cluster.ts'
import type { EmbeddedCluster, EmbeddedClusterOptions } from './testing/embedded-cluster.ts'

const v4 = '45.55.96.47'
const v6 = '2409:40d0:f7:1017:74b4:3a96:105e:4c6e'
const [unitV4, unitV6] = [`${v4}/32`, `${v6}/128`]

let cluster: EmbeddedCluster
const setUp = async (
  options: EmbeddedClusterOptions = {},
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<EmbeddedCluster> => {
  cluster = await createEmbeddedCluster(options)
  await cluster.install(parameters)
  return cluster
}
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})
const isBoth = (): string | undefined => {
  const [first, second] = [cluster.holder(unitV4), cluster.holder(unitV6)]
  return first === second ? first : undefined
}
const reasonComes = (reason: string, name?: string): Promise<void> =>
  cluster.until(async () => (await cluster.condition('Ready', name))?.reason === reason, 90)

describe('an IPv4 and an IPv6 address', () => {
  it.each([
    ['whose actions exclude each other on a Droplet', { dropletActionsExclude: true }, {}],
    ['whose actions run side by side', { dropletActionsExclude: false }, {}],
    ['seen at their target from the start of the action', { shownAt: 'start' as const }, {}],
    ['asked for by the older name of the API', { reservedIps: 'gone' as const }, { ipv4Api: 'floating_ips' }],
    ['that must be unassigned first', { moveNeedsUnassign: true }, { move: 'tryThenUnassign' }],
  ])('%s, are assigned to one node and leave it together [A4]', async (_, switches, parameters) => {
    const { cloud, nodes, clock } = await setUp({ switches }, parameters)
    cloud.addAddress({ unit: unitV4 })
    cloud.addAddress({ unit: unitV6 })
    await cluster.applyFailoverIP('web', [v4, v6])
    cluster.start()
    await cluster.untilReady('web', 90)
    const { node: before = '' } = await cluster.status()
    expect(isBoth()).toBe(before)
    await clock.advance(30_000)
    nodes.powerOff(before)
    await cluster.until(() => ![undefined, before].includes(isBoth()), 120)
    await cluster.untilReady()
    expect((await cluster.status()).node).toBe(isBoth())
    const changes = cloud.mutations().filter(({ effect }) => effect?.startsWith('assigned') === true)
    expect(changes).toHaveLength(4)
  })

  it('wait for each other at a Droplet: nothing is sent in vain, and no time is lost [A4]', async () => {
    const { cloud, clock } = await setUp({ droplets: [{}] })
    cloud.addAddress({ unit: unitV4 })
    cloud.addAddress({ unit: unitV6 })
    await cluster.applyFailoverIP('web', [v4, v6])
    const begin = clock.monotonic()
    const { log } = cluster.start()
    await cluster.untilReady()
    expect(isBoth()).toBe('node-1')
    // Two actions of 10 s, one after the other.
    expect(clock.monotonic() - begin).toBeLessThan(25_000)
    const sent = cloud.requests.filter(({ method }) => method === 'POST')
    expect(sent.map(({ status }) => status)).toEqual([201, 201])
    expect(log.join('')).not.toMatch(/pending event|ChangeFailed|Busy/)
  })

  it('are both resolved when the operator dies between them [A4] [A69]', async () => {
    const { cloud } = await setUp()
    cloud.addAddress({ unit: unitV4 })
    cloud.addAddress({ unit: unitV6 })
    await cluster.applyFailoverIP('web', [v4, v6])
    const first = cluster.start()
    await cluster.until(() => cloud.mutations().length > 0)
    await first.stop()
    cluster.start()
    await cluster.untilReady('web', 120)
    expect(isBoth()).toBe((await cluster.status()).node)
    expect(cloud.mutations()).toHaveLength(2)
  })
})

describe('the firewall of a class', () => {
  const clusterID = 'bd5f5959-5e1e-4205-a714-a914373942af'
  const name = `failover-ip-${clusterID}`
  const rules = (): unknown =>
    [...cluster.cloud.firewalls.all.values()].find((one) => one.name === name)?.inbound_rules?.map(({ ports }) => ports)

  it('opens its ports with the first FailoverIP and goes with the last, and a refusal keeps no address waiting [A4]', async () => {
    const { cloud, client } = await setUp(
      { droplets: [{ tags: [`k8s:${clusterID}`] }, {}] },
      { firewall: { clusterID, ports: ['443', '80/tcp'] } },
    )
    for (const unit of [unitV4, unitV6]) cloud.addAddress({ unit })
    const refused = {
      kind: 'status',
      status: 403,
      body: { id: 'forbidden', message: 'You are not authorized.' },
    } as const
    cloud.faults.add({ path: '/v2/firewalls', fault: refused })
    const { log } = cluster.start()
    await cluster.applyFailoverIP('web', [v4])
    await cluster.applyFailoverIP('mail', [v6])
    await cluster.untilReady()
    expect((await cluster.classCondition('CredentialsValid'))?.status).toBe('True')
    await cluster.until(() => rules() !== undefined, 70)
    expect(rules()).toEqual(['80', '443'])
    expect(log.join('')).toContain('not authorized')
    const remove = (web: string): Promise<unknown> =>
      client.delete(failoverIPResource, { namespace: 'ingress', name: web }, { signal: new AbortController().signal })
    await remove('web')
    await cluster.clock.advance(60_000)
    expect(rules()).toBeDefined()
    await remove('mail')
    await cluster.until(() => rules() === undefined, 60)
  })
})

describe('slots', () => {
  it('let one address of each family onto a Droplet: the fourth of four finds none [A4]', async () => {
    const { cloud } = await setUp()
    const names = ['a', 'b', 'c', 'd']
    for (const [index, name] of names.entries()) {
      cloud.addAddress({ unit: `45.55.0.${index + 1}/32` })
      await cluster.applyFailoverIP(name, [`45.55.0.${index + 1}`])
      await cluster.clock.advance(1500)
    }
    cluster.start()
    await reasonComes('NoFitNode', 'd')
    for (const name of names.slice(0, 3)) await cluster.untilReady(name)
    const holders = names.map((_, index) => cluster.holder(`45.55.0.${index + 1}/32`))
    expect(new Set(holders)).toEqual(new Set(['node-1', 'node-2', 'node-3', undefined]))
    expect(cloud.mutations()).toHaveLength(3)
  })

  it('are taken by a stranger too, which is left alone [A4]', async () => {
    const { cloud } = await setUp({ droplets: [{}, {}] })
    const [one] = cloud.snapshot().servers
    cloud.addAddress({ unit: '192.0.2.9/32', droplet: one?.id ?? '' })
    cloud.addAddress({ unit: unitV4 })
    await cluster.applyFailoverIP('web', [v4])
    cluster.start()
    await cluster.untilReady()
    expect([cluster.holder(unitV4), cluster.holder('192.0.2.9/32')]).toEqual(['node-2', 'node-1'])
    cluster.nodes.powerOff('node-2')
    await cluster.clock.advance(70_000)
    expect([cluster.holder(unitV4), cluster.holder('192.0.2.9/32')]).toEqual(['node-2', 'node-1'])
    expect(cloud.mutations()).toHaveLength(1)
  })

  it('of one address in all, where the class says so, hold no pair [A4]', async () => {
    const { cloud } = await setUp({ switches: { slots: 'together' } }, { slots: 'together' })
    cloud.addAddress({ unit: unitV4 })
    cloud.addAddress({ unit: unitV6 })
    await cluster.applyFailoverIP('web', [v4, v6])
    cluster.start()
    await reasonComes('NoFitNode')
    expect(cloud.mutations()).toHaveLength(0)
  })

  it('that are fewer than the class says leave the pair apart, with a condition that names the refusal', async () => {
    const { cloud } = await setUp({ switches: { slots: 'together' } })
    cloud.addAddress({ unit: unitV4 })
    cloud.addAddress({ unit: unitV6 })
    await cluster.applyFailoverIP('web', [v4, v6])
    const { log } = cluster.start()
    await cluster.until(() => log.join('').includes('already has a reserved IP'), 60)
    await cluster.clock.advance(60_000)
    expect(await cluster.condition('Ready')).toMatchObject({ status: 'False' })
  })
})

describe('an action', () => {
  it('on the Droplet that is not ours is waited out [A4]', async () => {
    const { cloud, clock } = await setUp({ droplets: [{ pendingEvent: true }] })
    const [only] = cloud.snapshot().servers
    cloud.addAddress({ unit: unitV4 })
    await cluster.applyFailoverIP('web', [v4])
    const { log } = cluster.start()
    await cluster.until(() => log.join('').includes('pending event'), 30)
    await reasonComes('Busy')
    await clock.advance(10_000)
    // Every two seconds, and no oftener.
    const asked = cloud.requests.filter(({ method }) => method === 'POST').length
    expect(asked).toBeGreaterThanOrEqual(5)
    expect(asked).toBeLessThanOrEqual(8)
    cloud.changeDroplet(only?.id ?? '', { pendingEvent: false })
    // What is left of the wait, and the action of 10 s.
    await cluster.untilReady('web', 14)
    expect(cloud.mutations()).toHaveLength(1)
    expect(log.join('')).toContain('"reason":"Busy"')
    expect(log.join('')).not.toContain('ChangeFailed')
  })

  it('on one Droplet that does not end leaves the address to another [A4]', async () => {
    const { cloud } = await setUp()
    cloud.addAddress({ unit: unitV4 })
    for (const { id, name } of cloud.snapshot().servers) {
      if (name !== 'node-3') cloud.changeDroplet(id, { pendingEvent: true })
    }
    await cluster.applyFailoverIP('web', [v4])
    cluster.start()
    await cluster.untilReady('web', 180)
    expect(cluster.holder(unitV4)).toBe('node-3')
  })

  it('is followed to its end: accepted is not done [A4]', async () => {
    const { cloud } = await setUp({ switches: { actionSeconds: 40 } })
    cloud.addAddress({ unit: unitV4 })
    await cluster.applyFailoverIP('web', [v4])
    cluster.start()
    await cluster.until(() => cloud.mutations().length === 1)
    await cluster.clock.advance(35_000)
    expect(await cluster.condition('Ready')).toMatchObject({ status: 'False' })
    await cluster.untilReady('web', 20)
    expect(cloud.mutations()).toHaveLength(1)
  })

  it('that DigitalOcean knows no more is resolved by reading the address [A4]', async () => {
    const { cloud } = await setUp({ switches: { actionSeconds: 40 } })
    cloud.addAddress({ unit: unitV4 })
    await cluster.applyFailoverIP('web', [v4])
    cluster.start()
    await cluster.until(() => cloud.mutations().length === 1)
    cloud.forgetActions(unitV4)
    await cluster.untilReady('web', 90)
    expect(cloud.mutations()).toHaveLength(1)
  })

  it('that goes wrong is told, and another follows', async () => {
    const { cloud } = await setUp()
    cloud.setActionEnd('failed')
    cloud.addAddress({ unit: unitV4 })
    await cluster.applyFailoverIP('web', [v4])
    const { log } = cluster.start()
    await cluster.until(() => log.join('').includes('went wrong'), 30)
    cloud.setActionEnd('done')
    await cluster.untilReady('web', 400)
  })
})

describe('what an address may not do', () => {
  it('leave its region: a node elsewhere is no fit one [A4]', async () => {
    const { cloud } = await setUp({ droplets: [{ location: 'fra1' }, {}] })
    cloud.addAddress({ unit: unitV4, region: 'nyc3' })
    cloud.addAddress({ unit: unitV6, region: 'sgp1' })
    await cluster.applyFailoverIP('web', [v4])
    await cluster.applyFailoverIP('far', [v6])
    cluster.start()
    await cluster.untilReady()
    expect(cluster.holder(unitV4)).toBe('node-2')
    await reasonComes('NoFitNode', 'far')
    const { message = '' } = (await cluster.condition('Ready', 'far')) ?? {}
    expect(message).toContain('node-2 is in nyc3, the addresses can only go to sgp1')
    expect(cloud.mutations()).toHaveLength(1)
  })

  it('belong to another project than the class names [A4]', async () => {
    const { cloud } = await setUp({}, { projectId: '70000000-0000-4000-8000-000000000000' })
    cloud.addAddress({ unit: unitV4 })
    await cluster.applyFailoverIP('web', [v4])
    cluster.start()
    await reasonComes('UnitNotFound')
  })

  it('be taken from a Droplet outside the cluster [A4]', async () => {
    const { cloud } = await setUp()
    const stranger = cloud.addDroplet({ name: 'stranger' })
    cloud.addAddress({ unit: unitV4, droplet: stranger.id })
    await cluster.applyFailoverIP('web', [v4])
    cluster.start()
    await reasonComes('ForeignHolder')
    expect(cluster.holder(unitV4)).toBe('stranger')
  })
})

describe('release', () => {
  it('unassigns at deletion where the policy says so, also while an action is under way [A4]', async () => {
    const { cloud, client } = await setUp()
    const { signal } = new AbortController()
    cloud.addAddress({ unit: unitV4 })
    await cluster.applyFailoverIP('web', [v4], { deletionPolicy: 'Release' })
    cluster.start()
    await cluster.until(() => cloud.mutations().length === 1)
    await client.delete(failoverIPResource, { namespace: 'ingress', name: 'web' }, { signal })
    await cluster.until(async () => (await cluster.status()).addresses === undefined, 120)
    expect(cloud.holding(unitV4)).toEqual({ server: null, phase: 'settled' })
  })
})

describe('the token', () => {
  it('that is refused, and the right one that follows, are told and never printed [A60]', async () => {
    const { cloud, client } = await setUp()
    const { signal } = new AbortController()
    const wrong = 'dop_v1_wrong_00000000000000000000000000'
    const rotated = 'dop_v1_rotated_000000000000000000000000'
    const old = cloud.account.token
    cloud.addAddress({ unit: unitV4 })
    await cluster.apply('Secret', secretOf(wrong))
    await cluster.applyFailoverIP('web', [v4])
    const { log } = cluster.start()
    await cluster.until(async () => (await cluster.classCondition('CredentialsValid'))?.reason === 'CredentialsRefused')
    const { message = '' } = (await cluster.condition('Ready')) ?? {}
    expect(message).toContain('Unable to authenticate you')
    await cluster.apply('Secret', secretOf(old))
    await cluster.untilReady('web', 120)
    cloud.setAccount({ token: rotated })
    await cluster.until(async () => (await cluster.classCondition('CredentialsValid'))?.reason === 'CredentialsRefused')
    await cluster.apply('Secret', secretOf(rotated))
    await cluster.until(async () => (await cluster.classCondition('CredentialsValid'))?.reason === 'Valid')
    const events = { group: 'events.k8s.io', version: 'v1', kind: 'Event', plural: 'events', namespaced: true }
    const kinds = [failoverIPResource, failoverIPClassResource, events]
    const objects = await Promise.all(kinds.map((kind) => client.list(kind, { signal })))
    const everything = log.join('') + JSON.stringify(objects)
    for (const secret of [wrong, old, rotated]) expect(everything).not.toContain(secret)
    expect(cloud.mutations()).toHaveLength(1)
  })

  it.each([
    [classOf({ parameters: { projectID: 'x' } }), 'InvalidParameters', 'did you mean "projectId"?'],
    [classOf({ parameters: { ipv4Api: 'ips' } }), 'InvalidParameters', 'ipv4Api'],
    [classOf({ credentialsSecretRef: { name: 'none' } }), 'SecretNotFound', 'none'],
  ])('and parameters that are wrong give one clear sentence', async (object, reason, text) => {
    const { cloud } = await setUp()
    cloud.addAddress({ unit: unitV4 })
    await cluster.apply('FailoverIPClass', object)
    cluster.start()
    await cluster.until(async () => (await cluster.classCondition('Accepted'))?.reason === reason)
    expect((await cluster.classCondition('Accepted'))?.message).toContain(text)
  })
})
