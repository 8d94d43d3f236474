import {
  abandonAnnotation,
  eventResource,
  failoverIPClassResource,
  failoverIPResource,
  namespaceResource,
  nodeResource,
  parseConditions,
  secretResource,
} from '@failover-ip/kubernetes'
import type { Condition } from '@failover-ip/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { failoverIPResources } from '../api/resources/failover-ip-resources.ts'
import { failoverIPObject, operatorNamespace } from '../operator-cluster/cluster-object.ts'
import { address, classOf, createEmbeddedCluster, secretOf } from './embedded-cluster.ts'
import type { Replica } from '../operator-cluster/replica.ts'
import type { EmbeddedCluster } from './embedded-cluster.ts'

const signal = new AbortController().signal
let cluster: EmbeddedCluster
let replica: Replica
beforeEach(async () => {
  cluster = await createEmbeddedCluster()
  await cluster.install()
  replica = cluster.start()
  await cluster.until(async () => (await cluster.condition('Ready'))?.status === 'True', 20)
})
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})

const expectUnharmed = async (): Promise<void> => {
  expect(await cluster.condition('Ready')).toMatchObject({ status: 'True' })
  expect(cluster.cloud.mutations()).toHaveLength(1)
}
const reasonComes = (reason: string, name: string): Promise<void> =>
  cluster.until(async () => (await cluster.condition('Ready', name))?.reason === reason, 20)
const classReasonComes = (type: string, reason: string): Promise<void> =>
  cluster.until(async () => (await cluster.classCondition(type))?.reason === reason, 40)

/** Makes the class if there is none of the name. */
const annotateDefault = async (name: string, value: string): Promise<void> => {
  const annotations = { 'failover-ip.dev/is-default-class': value }
  if (name === 'second')
    return cluster.apply('FailoverIPClass', { ...classOf({}, name), metadata: { name, annotations } })
  const body = { metadata: { annotations } }
  await cluster.client.patch(failoverIPClassResource, { name }, { type: 'merge', body }, { signal })
}
const eventsOf = async (name: string): Promise<readonly unknown[]> =>
  (await cluster.client.list(eventResource, { signal })).items.flatMap(({ regarding, reason }) =>
    JSON.stringify(regarding).includes(`"name":"${name}"`) ? [reason] : [],
  )

describe('a FailoverIP', () => {
  it.each([
    ['AddressNotAllowed', failoverIPObject('bad', ['198.51.100.7'])],
    ['ClassNotFound', failoverIPObject('bad', ['51.15.129.40'], { className: 'gold' })],
    ['AddressInUse', failoverIPObject('bad', [address])],
    ['UnitNotFound', failoverIPObject('bad', ['51.15.129.40'])],
    ['NoFitNode', failoverIPObject('bad', ['51.15.129.41'], { nodeSelector: { role: 'edge' } })],
  ])('says %s and harms no other', async (reason, object) => {
    cluster.cloud.addIp({ unit: '51.15.129.41/32' })
    await cluster.apply('FailoverIP', object)
    await reasonComes(reason, 'bad')
    await cluster.clock.advance(60_000)
    expect(await cluster.condition('Ready', 'bad')).toMatchObject({ status: 'False', reason })
    await expectUnharmed()
  })

  it('gives way to the older one in its routed unit', async () => {
    cluster.cloud.addIp({ unit: '2001:bc8:710:3c3b::/64' })
    await cluster.apply('FailoverIP', failoverIPObject('older', ['2001:bc8:710:3c3b::1']))
    await cluster.clock.advance(2000)
    await cluster.apply('FailoverIP', failoverIPObject('younger', ['2001:bc8:710:3c3b::2']))
    await reasonComes('SharesRoutedUnit', 'younger')
    await cluster.until(async () => (await cluster.condition('Ready', 'older'))?.status === 'True', 20)
    const { message = '' } = (await cluster.condition('Ready', 'younger')) ?? {}
    expect(message).toContain('ingress/older')
  })

  it('is served as soon as its problem is gone', async () => {
    await cluster.apply('FailoverIP', failoverIPObject('late', ['51.15.129.40']))
    await reasonComes('UnitNotFound', 'late')
    cluster.cloud.addIp({ unit: '51.15.129.40/32' })
    await cluster.until(async () => (await cluster.condition('Ready', 'late'))?.status === 'True', 90)
  })

  it('waits for one default class when there are two and none has served it, and an Event says so', async () => {
    await annotateDefault('second', 'true')
    await cluster.apply('FailoverIP', failoverIPObject('new', ['51.15.129.40']))
    cluster.cloud.addIp({ unit: '51.15.129.40/32' })
    await reasonComes('SeveralDefaultClasses', 'new')
    expect(await cluster.condition('Ready', 'new')).toMatchObject({ status: 'False' })
    expect(await eventsOf('new')).toContain('SeveralDefaultClasses')
    await cluster.client.delete(failoverIPClassResource, { name: 'second' }, { signal })
    await cluster.until(async () => (await cluster.condition('Ready', 'new'))?.status === 'True', 90)
  })

  it.each([
    ['SeveralDefaultClasses', 'second', 'true'],
    ['NoDefaultClass', 'scaleway', 'false'],
  ])('keeps the class that has served it: %s, also after a restart', async (reason, name, value) => {
    await annotateDefault(name, value)
    await reasonComes(reason, 'web')
    const { message = '' } = (await cluster.condition('Ready')) ?? {}
    expect(message).toMatch(/^On node-\d\. No className is given, .* Until then it stays with the class scaleway\.$/)
    await expectUnharmed()
    expect(await eventsOf('web')).toContain(reason)
    await replica.stop()
    cluster.start()
    await cluster.clock.advance(20_000)
    const before = cluster.holder() ?? ''
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 5)
    await cluster.apply('FailoverIPClass', classOf({ deletionPolicy: 'Release' }))
    await annotateDefault(name, value)
    await cluster.clock.advance(5000)
    await cluster.client.delete(failoverIPResource, { namespace: 'ingress', name: 'web' }, { signal })
    await cluster.until(async () => (await cluster.status()).addresses === undefined, 20)
    expect(cluster.cloud.attachment(`${address}/32`)?.server).toBeNull()
  })

  it('is left alone when its namespace is not selected', async () => {
    await cluster.apply('FailoverIPClass', classOf({ namespaceSelector: { matchLabels: { edge: 'yes' } } }))
    await reasonComes('NamespaceNotAllowed', 'web')
    const body = { metadata: { labels: { edge: 'yes' } } }
    await cluster.client.patch(namespaceResource, { name: 'ingress' }, { type: 'merge', body }, { signal })
    await cluster.until(async () => (await cluster.condition('Ready'))?.status === 'True', 20)
    await expectUnharmed()
  })

  it('of another operator is not looked at', async () => {
    const other = classOf({ controllerName: 'failover-ip.dev/other', futureField: { a: 1 } }, 'other')
    await cluster.apply('FailoverIPClass', other)
    await cluster.apply('FailoverIP', failoverIPObject('theirs', [address], { className: 'other' }))
    await cluster.clock.advance(60_000)
    expect(await cluster.status('theirs')).toEqual({})
    expect(await cluster.classCondition('Accepted', 'other')).toBeUndefined()
    await expectUnharmed()
  })

  it('vanishes with its series, and leaves the address where it is [A60]', async () => {
    const holder = cluster.holder()
    await cluster.client.delete(failoverIPResource, { namespace: 'ingress', name: 'web' }, { signal })
    await cluster.until(async () => (await cluster.status()).addresses === undefined, 20)
    await cluster.until(() => !replica.get('/metrics').body.includes('name="web"'), 5)
    expect(cluster.holder()).toBe(holder)
  })
})

describe('a node without a providerID', () => {
  it('is named with what is missing, gets nothing, and harms no other', async () => {
    const metadata = { name: 'bare', labels: { role: 'edge' } }
    const conditions = [{ type: 'Ready', status: 'True' }]
    const addresses = [{ type: 'InternalIP', address: '10.0.0.99' }]
    const node = await cluster.client.create(nodeResource, { metadata, spec: {} }, { signal })
    const spec = { taints: [] }
    await cluster.client.updateStatus(nodeResource, { ...node, spec, status: { conditions, addresses } }, { signal })
    cluster.cloud.addIp({ unit: '51.15.129.41/32' })
    await cluster.apply('FailoverIP', failoverIPObject('edge', ['51.15.129.41'], { nodeSelector: { role: 'edge' } }))
    await reasonComes('NoFitNode', 'edge')
    const { message = '' } = (await cluster.condition('Ready', 'edge')) ?? {}
    expect(message).toMatch(/ Node bare has no providerID, and no Instance .* Set spec.providerID\./)
    expect(cluster.holder('51.15.129.41/32')).toBeUndefined()
    const before = cluster.holder() ?? ''
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 5)
    expect(cluster.holder()).not.toBe('bare')
  })
})

describe('a deletion with Release', () => {
  const unit = `${address}/32`
  const isGone = async (): Promise<boolean> => (await cluster.status()).addresses === undefined
  beforeEach(async () => {
    await cluster.apply('FailoverIPClass', classOf({ deletionPolicy: 'Release' }))
    await cluster.clock.advance(5000)
  })

  it('waits for a provider that is down, says why, and releases when it is back [A60]', async () => {
    const repair = cluster.cloud.faults.add({ times: 1_000_000, fault: { kind: 'status', status: 503 } })
    await cluster.client.delete(failoverIPResource, { namespace: 'ingress', name: 'web' }, { signal })
    await cluster.clock.advance(120_000)
    expect(await isGone()).toBe(false)
    const ready = await cluster.condition('Ready')
    expect(ready).toMatchObject({ status: 'False', reason: 'ProviderUnavailable' })
    expect(ready?.message).toContain(`set the annotation ${abandonAnnotation} to "true"`)
    repair()
    await cluster.until(isGone, 120)
    expect(cluster.cloud.attachment(unit)?.server).toBeNull()
  })

  it('is ended with the credentials that there were, when namespace and Secret go with it [A60]', async () => {
    await cluster.client.delete(secretResource, { namespace: operatorNamespace, name: 'scaleway' }, { signal })
    await classReasonComes('CredentialsValid', 'SecretNotFound')
    await cluster.client.delete(namespaceResource, { name: 'ingress' }, { signal })
    await cluster.until(isGone, 60)
    expect(cluster.cloud.attachment(unit)?.server).toBeNull()
  })

  it('waits for credentials after a restart, when Secret and namespace went together, and says the way out [A60]', async () => {
    await replica.stop()
    await cluster.client.delete(secretResource, { namespace: operatorNamespace, name: 'scaleway' }, { signal })
    await cluster.client.delete(namespaceResource, { name: 'ingress' }, { signal })
    cluster.start()
    await cluster.until(async () => (await cluster.condition('Ready'))?.reason === 'ClassNotAccepted', 30)
    await cluster.clock.advance(60_000)
    const { message = '' } = (await cluster.condition('Ready')) ?? {}
    expect(message).toMatch(/There is no Secret \S+\/scaleway: create it .* To let it go .* set the annotation/)
    expect(cluster.holder()).toBeDefined()
    await cluster.apply('Secret', secretOf(cluster.cloud))
    await cluster.until(isGone, 60)
    expect(cluster.cloud.attachment(unit)?.server).toBeNull()
  })

  it('is given up where a user says so, though nobody can be asked [A60]', async () => {
    cluster.cloud.faults.add({ times: 1_000_000, fault: { kind: 'status', status: 503 } })
    await cluster.client.delete(failoverIPResource, { namespace: 'ingress', name: 'web' }, { signal })
    await cluster.clock.advance(10_000)
    const body = { metadata: { annotations: { [abandonAnnotation]: 'true' } } }
    await cluster.client.patch(
      failoverIPResource,
      { namespace: 'ingress', name: 'web' },
      { type: 'merge', body },
      { signal },
    )
    await cluster.until(isGone, 20)
  })
})

describe('what a newer version wrote', () => {
  const web = { namespace: 'ingress', name: 'web' }
  const ready = async (): Promise<Condition | undefined> =>
    parseConditions(await cluster.client.get(failoverIPResource, web, { signal }))?.find(({ type }) => type === 'Ready')
  const events = async (): Promise<string> => JSON.stringify(await allObjects())

  beforeEach(() => {
    const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const
    for (const { validate: _validate, ...definition } of failoverIPResources()) {
      cluster.api.serve({ ...definition, schema: { type: 'object', properties: { spec: anything, status: anything } } })
    }
  })

  it('in a spec leaves the last good one at work, and Ready says so [A75]', async () => {
    await cluster.apply('FailoverIP', failoverIPObject('web', [address], { onDrift: 'Sometimes' }))
    await cluster.until(async () => (await ready())?.reason === 'InvalidSpec', 20)
    expect(await ready()).toMatchObject({ status: 'True', observedGeneration: 2 })
    expect((await ready())?.message).toMatch(/^On node-\d\. spec\.onDrift .*\. The last good spec keeps working\.$/)
    const before = cluster.holder() ?? ''
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 5)
    await cluster.apply('FailoverIP', failoverIPObject('web', [address]))
    await cluster.until(async () => (await ready())?.reason === 'Serving', 20)
  })

  it('in a status is left as it is but for a condition, and nothing moves', async () => {
    const object = await cluster.client.get(failoverIPResource, web, { signal })
    const status = { ...Object(object['status']), addresses: [{ ofAnotherShape: true }], shiny: 1 }
    await cluster.client.updateStatus(failoverIPResource, { ...object, status }, { signal })
    await cluster.until(async () => (await ready())?.reason === 'InvalidStatus', 20)
    expect(await ready()).toMatchObject({ status: 'False', observedGeneration: 1 })
    const after = await cluster.client.get(failoverIPResource, web, { signal })
    expect(after['status']).toMatchObject({ addresses: [{ ofAnotherShape: true }], shiny: 1 })
    const { resourceVersion } = after.metadata
    const before = cluster.holder() ?? ''
    cluster.nodes.powerOff(before)
    await cluster.clock.advance(60_000)
    expect(cluster.holder()).toBe(before)
    expect((await cluster.client.get(failoverIPResource, web, { signal })).metadata.resourceVersion).toBe(
      resourceVersion,
    )
    expect(await events()).toContain('"InvalidStatus"')
  })

  it("in another operator's FailoverIP is none of ours", async () => {
    await cluster.apply('FailoverIPClass', classOf({ controllerName: 'failover-ip.dev/other' }, 'other'))
    const spec = { className: 'other', onDrift: 'Sometimes' }
    await cluster.apply('FailoverIP', failoverIPObject('theirs', ['51.15.129.90'], spec))
    await cluster.clock.advance(60_000)
    const theirs = await cluster.client.get(failoverIPResource, { ...web, name: 'theirs' }, { signal })
    expect(theirs['status']).toBeUndefined()
    expect(theirs.metadata.finalizers).toBeUndefined()
    expect(await events()).not.toContain('"InvalidSpec"')
  })
})

describe('a class', () => {
  it('with a wrong parameter says so with the nearest key, and its last good account keeps working [A75]', async () => {
    await cluster.apply('FailoverIPClass', classOf({ parameters: { zone: ['fr-par-1'] } }))
    await classReasonComes('Accepted', 'InvalidParameters')
    const { message = '' } = (await cluster.classCondition('Accepted')) ?? {}
    expect(message).toContain('did you mean "zones"?')
    const before = cluster.holder() ?? ''
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 5)
  })

  it('whose Secret goes keeps its last good account, and says so [A75]', async () => {
    await cluster.client.delete(secretResource, { namespace: operatorNamespace, name: 'scaleway' }, { signal })
    await classReasonComes('Accepted', 'SecretNotFound')
    await cluster.clock.advance(60_000)
    await expectUnharmed()
    await cluster.apply('Secret', secretOf(cluster.cloud))
    await classReasonComes('Accepted', 'Accepted')
  })

  it('whose Secret lacks a key says which', async () => {
    await cluster.apply('Secret', { ...secretOf(cluster.cloud), data: { SCW_ACCESS_KEYS: 'eA==' } })
    await classReasonComes('Accepted', 'InvalidSecret')
    const { message = '' } = (await cluster.classCondition('Accepted')) ?? {}
    expect(message).toContain('"SCW_ACCESS_KEYS" is not known (did you mean "SCW_ACCESS_KEY"?)')
    expect(message).toContain('SCW_SECRET_KEY')
  })

  it('takes rotated credentials at once, and prints neither old nor new ones [A60]', async () => {
    const old = cluster.cloud.account.secretKey
    const rotated = '90000000-0000-4000-8000-0000000000ff'
    cluster.cloud.setAccount({ secretKey: rotated })
    await classReasonComes('CredentialsValid', 'CredentialsRefused')
    await cluster.apply('Secret', secretOf(cluster.cloud))
    await classReasonComes('CredentialsValid', 'Valid')
    const before = cluster.holder() ?? ''
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 5)
    const everything = replica.log.join('') + JSON.stringify(await allObjects())
    expect(everything).not.toContain(old)
    expect(everything).not.toContain(rotated)
  })

  it('without a Secret from the start does not keep another from being served', async () => {
    const poor = classOf({ credentialsSecretRef: { name: 'nothing' } }, 'poor')
    await cluster.apply('FailoverIPClass', poor)
    await cluster.apply('FailoverIP', failoverIPObject('poor', ['51.15.129.50'], { className: 'poor' }))
    await reasonComes('ClassNotAccepted', 'poor')
    const message = `There is no Secret ${operatorNamespace}/nothing: create it with the credentials for scaleway.`
    expect(await cluster.classCondition('Accepted', 'poor')).toMatchObject({ reason: 'SecretNotFound', message })
    await cluster.clock.advance(60_000)
    expect(replica.log.filter((line) => line.includes(message) && line.includes('FailoverIPClass poor'))).toHaveLength(
      1,
    )
    await expectUnharmed()
  })

  it('whose credentials are refused says so in its FailoverIPs too, in the same words', async () => {
    const wrong = '0badc0de-0bad-4bad-8bad-0badc0de0bad'
    const { data } = secretOf(cluster.cloud, { SCW_SECRET_KEY: wrong })
    await cluster.apply('Secret', { metadata: { namespace: operatorNamespace, name: 'refused' }, data })
    await cluster.apply('FailoverIPClass', classOf({ credentialsSecretRef: { name: 'refused' } }, 'refused'))
    await cluster.apply('FailoverIP', failoverIPObject('refused', ['51.15.129.80'], { className: 'refused' }))
    await reasonComes('CredentialsRefused', 'refused')
    await cluster.clock.advance(60_000)
    const ofClass = await cluster.classCondition('CredentialsValid', 'refused')
    const clear = /Scaleway answered 401 .*: it knows no such API key\. Put a valid API key into the Secret\.$/
    expect(ofClass?.message).toMatch(clear)
    const status = { Ready: 'False', Placed: 'Unknown', Assigned: 'Unknown' }
    for (const [type, is] of Object.entries(status)) {
      const condition = await cluster.condition(type, 'refused')
      expect([condition?.status, condition?.reason], type).toEqual([is, 'CredentialsRefused'])
      expect(condition?.message).toMatch(clear)
    }
    await expectUnharmed()
    cluster.cloud.addIp({ unit: '51.15.129.80/32' })
    await cluster.apply('Secret', {
      ...secretOf(cluster.cloud),
      metadata: { namespace: operatorNamespace, name: 'refused' },
    })
    await cluster.until(async () => (await cluster.condition('Ready', 'refused'))?.status === 'True', 5)
    expect(await eventsOf('refused')).not.toContain('ProviderUnavailable')
  })

  it('whose provider was never reached says that nothing is known of its credentials', async () => {
    cluster.cloud.faults.add({ times: 1_000_000, fault: { kind: 'status', status: 503 } })
    await cluster.apply('FailoverIPClass', classOf({ parameters: { zones: ['fr-par-2'] } }, 'far'))
    await cluster.apply('FailoverIP', failoverIPObject('far', ['51.15.129.70'], { className: 'far' }))
    await reasonComes('ProviderUnavailable', 'far')
    await cluster.clock.advance(120_000)
    expect(await cluster.classCondition('CredentialsValid', 'far')).toMatchObject({
      status: 'Unknown',
      reason: 'NotChecked',
    })
    expect(await cluster.condition('Placed', 'far')).toMatchObject({ status: 'Unknown' })
    expect(JSON.stringify(await cluster.status('far'))).not.toContain('no server')
  })
})

async function allObjects(): Promise<unknown> {
  const events = { group: 'events.k8s.io', version: 'v1', kind: 'Event', plural: 'events', namespaced: true }
  const kinds = [failoverIPResource, failoverIPClassResource, events]
  return Promise.all(kinds.map((kind) => cluster.client.list(kind, { signal })))
}

it('does not fight over the conditions of a class with a second operator that serves it', async () => {
  await cluster.client.delete(failoverIPResource, { name: 'web', namespace: 'ingress' }, { signal })
  await cluster.apply('Namespace', { metadata: { name: 'elsewhere' } })
  const second = cluster.start({ namespace: 'elsewhere' }) // it has no Secret there, and finds so
  // Nothing happens on the way; it counts what is written.
  const writes = [replica, second].map(({ transport }) =>
    transport.inject({
      action: { type: 'delay', milliseconds: 1 },
      matches: ({ method, path }) => method === 'PUT' && path.endsWith('/failoveripclasses/scaleway/status'),
    }),
  )
  await cluster.clock.advance(60_000)
  const counts = writes.map(({ hits }) => hits)
  for (const count of counts) expect(count).toBeLessThan(20)
  expect(counts.some((count) => count > 2)).toBe(true)
  expect(replica.log.join('')).toContain('Somebody else rewrites the conditions of FailoverIPClass scaleway.')
})
