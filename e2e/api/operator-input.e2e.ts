import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, ipv4, ipv6, unitV4, unitV6, type FailoverScene } from '../harness/failover-scene.ts'
import { imitatedNode, imitateNodes, type ImitatedNodes } from '../harness/imitated-nodes.ts'
import type { OperatorProcess } from '../harness/operator-process.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig, power } = apiUnderTest()
const servers = [1, 2, 3, 4].map((number) => imitatedNode(number, 'fr-par-1'))
const defaultClass = 'failover-ip.dev/is-default-class'

describe.skipIf(power === undefined)('input that is wrong', () => {
  let scene: FailoverScene
  let nodes: ImitatedNodes
  let operator: OperatorProcess

  beforeAll(async () => {
    scene = await createFailoverScene({ kubeconfig, name: 'input', servers })
    nodes = await imitateNodes(createApiClient(kubeconfig), servers)
    await scene.prepare()
    operator = await scene.start('replica')
    await scene.createFailoverIP('good', { className: 'scaleway', addresses: [ipv4, ipv6] })
    await scene.untilReady('good')
  })
  // Whatever is wrong with one object: the good one is served, and still moves.
  afterEach(async () => {
    const before = scene.holder() ?? ''
    await scene.kubectl(['cordon', before])
    try {
      await until('the good one to move', async () => scene.holder() !== before && scene.holder(unitV6) !== before)
      await scene.untilReady('good')
    } finally {
      await scene.kubectl(['uncordon', before])
    }
  })
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
  })

  /** A FailoverIP with an address of its own at the provider. */
  const create = async (name: string, address: string, spec: object = {}) => {
    scene.cloud.addIp({ unit: `${address}/32` })
    await scene.createFailoverIP(name, { addresses: [address], ...spec })
  }

  it('is refused by the API server where the schema can say it', async () => {
    const refused = (name: string, spec: object) => scene.createFailoverIP(name, spec)
    await expect(refused('none', { addresses: [] })).rejects.toThrow('spec.addresses')
    await expect(refused('twice', { addresses: [ipv4, ipv4] })).rejects.toThrow('Duplicate value')
    await expect(refused('word', { addresses: ['localhost'] })).rejects.toThrow('spec.addresses[0]')
    await expect(scene.patchClass('scaleway', { spec: { controllerName: 'example.com/other' } })).rejects.toThrow(
      'cannot be changed',
    )
  })

  it('is said in a condition: no class of the name, until there is one', async () => {
    await create('classless', '51.15.129.50', { className: 'later' })
    await scene.untilReady('classless', 'False', 'ClassNotFound')
    await scene.createClass('later')
    await scene.untilReady('classless')
    await scene.deleteFailoverIP('classless')
    await scene.deleteClass('later')
  })

  it('is said in a condition: no default class, and several', async () => {
    await create('defaulted', '51.15.129.51')
    await scene.untilReady('defaulted', 'False', 'NoDefaultClass')
    await scene.deleteFailoverIP('defaulted')
    await scene.untilGone('defaulted')
    await scene.createClass('one', {}, { [defaultClass]: 'true' })
    await scene.createClass('two', {}, { [defaultClass]: 'true' })
    await scene.createFailoverIP('defaulted', { addresses: ['51.15.129.51'] })
    await scene.untilReady('defaulted', 'False', 'SeveralDefaultClasses')
    await scene.deleteClass('two')
    await scene.untilReady('defaulted')
    await scene.createClass('two', {}, { [defaultClass]: 'true' })
    await scene.untilReady('defaulted', 'True', 'SeveralDefaultClasses')
    await scene.deleteClass('two')
    await scene.untilReady('defaulted', 'True', 'Serving')
    await scene.deleteFailoverIP('defaulted')
    await scene.untilGone('defaulted')
    await scene.deleteClass('one')
  })

  it('is said in a condition: an address that the class does not list, and one that the cloud does not have', async () => {
    await create('outside', '51.15.130.1', { className: 'scaleway' })
    await scene.createFailoverIP('unknown', { addresses: ['51.15.129.99'], className: 'scaleway' })
    await scene.untilReady('outside', 'False', 'AddressNotAllowed')
    await scene.untilReady('unknown', 'False', 'UnitNotFound')
    expect(scene.holder('51.15.130.1/32')).toBeUndefined()
    await scene.deleteFailoverIP('outside')
    await scene.deleteFailoverIP('unknown')
    await scene.untilGone('unknown')
  })

  it('is said in a condition: an address of an older one, which keeps it; and one in the same routed unit', async () => {
    await scene.createFailoverIP('younger', { addresses: [ipv4], className: 'scaleway' })
    await scene.createFailoverIP('neighbour', { addresses: ['2001:bc8:710:3c3b::2'], className: 'scaleway' })
    await scene.untilReady('younger', 'False', 'AddressInUse')
    await scene.untilReady('neighbour', 'False', 'SharesRoutedUnit')
    const { node } = await scene.untilReady('good')
    expect([scene.holder(unitV4), scene.holder(unitV6)]).toEqual([node, node])
    await scene.deleteFailoverIP('younger')
    await scene.deleteFailoverIP('neighbour')
    await scene.untilGone('neighbour')
  })

  it('is said of a class: parameters that the provider does not know', async () => {
    await scene.createClass('mistyped', { parameters: { zones: ['paris'] } })
    await create('of-mistyped', '51.15.129.52', { className: 'mistyped' })
    await untilClass('mistyped', 'Accepted', 'False', 'InvalidParameters')
    await scene.untilReady('of-mistyped', 'False', 'ClassNotAccepted')
    await scene.deleteFailoverIP('of-mistyped')
    await scene.deleteClass('mistyped')
  })

  it('is said of a class that was right: its last good parameters stay at work, and its addresses still move [A75]', async () => {
    await scene.patchClass('scaleway', { spec: { parameters: { zone: ['fr-par-1'] } } })
    await untilClass('scaleway', 'Accepted', 'False', 'InvalidParameters')
    const before = scene.holder() ?? ''
    await scene.kubectl(['cordon', before])
    try {
      await until('both units to leave', async () => scene.holder() !== before && scene.holder(unitV6) !== before)
    } finally {
      await scene.kubectl(['uncordon', before])
      await scene.patchClass('scaleway', { spec: { parameters: { zone: null } } })
    }
    await untilClass('scaleway', 'Accepted', 'True', 'Accepted')
  })

  it('is said of a class: a Secret that is missing, lacks a key, is refused, and then is right', async () => {
    await scene.createClass('secretive', { credentialsSecretRef: { name: 'own' } })
    await create('of-secretive', '51.15.129.53', { className: 'secretive' })
    await untilClass('secretive', 'CredentialsValid', 'False', 'SecretNotFound')
    await scene.untilReady('of-secretive', 'False')
    await scene.createSecret('own', { SCW_SECRET_KEY: undefined })
    await untilClass('secretive', 'CredentialsValid', 'False', 'InvalidSecret')
    const wrong = '0badc0de-0bad-4bad-8bad-0badc0de0bad'
    await scene.replaceSecret('own', { SCW_SECRET_KEY: wrong })
    await untilClass('secretive', 'CredentialsValid', 'False', 'CredentialsRefused')
    await scene.untilReady('of-secretive', 'False')
    await scene.replaceSecret('own')
    await untilClass('secretive', 'CredentialsValid', 'True', 'Valid')
    await scene.untilReady('of-secretive')
    expect(await everythingSaid()).not.toContain(wrong)
    await scene.deleteFailoverIP('of-secretive')
    await scene.untilGone('of-secretive')
    await scene.deleteClass('secretive')
  })

  it('passes when a key was rotated at the cloud and then in the Secret, and no key is ever repeated [A60]', async () => {
    const old = scene.cloud.account.secretKey
    const rotated = '90000000-0000-4000-8000-0000000000ff'
    scene.cloud.setAccount({ secretKey: rotated })
    await untilClass('scaleway', 'CredentialsValid', 'False', 'CredentialsRefused', 60_000)
    const { node } = await scene.status('good')
    await scene.replaceSecret('scaleway')
    await untilClass('scaleway', 'CredentialsValid', 'True', 'Valid')
    expect(await scene.untilReady('good')).toMatchObject({ node })
    const said = await everythingSaid()
    expect(said).not.toContain(old)
    expect(said).not.toContain(rotated)
  })

  const untilClass = async (name: string, type: string, status: string, reason: string, deadline = 30_000) => {
    const look = async () => {
      const seen = await scene.classCondition(name, type)
      if (seen?.status === status && seen.reason === reason) return true
      throw new Error(JSON.stringify(seen ?? `no ${type}`))
    }
    await until(`${name} to be ${type}=${status} ${reason}`, look, { deadline, interval: 100 })
  }
  const everythingSaid = async () => {
    const written = ['fip', 'fipc', 'events.events.k8s.io'].map((kind) =>
      scene.kubectl(['get', kind, '--all-namespaces', '-o', 'json']),
    )
    return [await operator.log(), await operator.metrics(), ...(await Promise.all(written))].join('\n')
  }
})
