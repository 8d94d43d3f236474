import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, ipv4, ipv6, unitV4, unitV6, type FailoverScene } from '../harness/failover-scene.ts'
import { imitatedNode, imitateNodes, type ImitatedNodes } from '../harness/imitated-nodes.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig, power } = apiUnderTest()
const servers = [1, 2].map((number) => imitatedNode(number, 'fr-par-1'))
const serviceShape = z.object({
  spec: z.object({ ipFamilies: z.array(z.string()) }),
  status: z.object({
    loadBalancer: z.object({
      ingress: z.array(z.object({ ip: z.string().optional(), ipMode: z.string().optional() })).default([]),
    }),
  }),
})
const vip = (...ips: readonly string[]) => ips.map((ip) => ({ ip, ipMode: 'VIP' }))

describe.skipIf(power === undefined)('a Service that a FailoverIP names', () => {
  let scene: FailoverScene
  let nodes: ImitatedNodes

  beforeAll(async () => {
    scene = await createFailoverScene({ kubeconfig, name: 'service', servers })
    nodes = await imitateNodes(createApiClient(kubeconfig), servers)
    await scene.prepare()
    await scene.start('replica')
  })
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
  })

  const services = (): string => `/api/v1/namespaces/${scene.namespace}/services`
  const createService = async (name: string, spec: object = {}): Promise<void> => {
    const full = { type: 'LoadBalancer', ports: [{ port: 80 }], ipFamilyPolicy: 'PreferDualStack', ...spec }
    await scene.api.create(services(), { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: full })
  }
  const ingress = async (name: string) =>
    (await scene.api.get(`${services()}/${name}`, serviceShape)).status.loadBalancer.ingress
  const setIngress = async (name: string, entries: readonly object[]): Promise<void> =>
    void (await scene.api.merge(`${services()}/${name}/status`, { status: { loadBalancer: { ingress: entries } } }))
  const untilShows = async (name: string, entries: readonly object[]): Promise<void> => {
    await until(`the Service ${name} to show ${JSON.stringify(entries)}`, async () => {
      expect(await ingress(name)).toEqual(entries)
      return true
    })
  }
  const published = async (name = 'web') =>
    (await scene.status(name)).conditions.find(({ type }) => type === 'Published')
  const untilPublished = async (status: string, reason: string, name = 'web') =>
    await until(`${name} to be Published=${status} ${reason}`, async () => {
      const condition = await published(name)
      if (condition?.status === status && condition.reason === reason) return true
      throw new Error(JSON.stringify(condition ?? 'no Published'))
    })

  it('gets its addresses, of the families it has, once a node has them [A1]', async () => {
    await createService('traefik')
    const { spec } = await scene.api.get(`${services()}/traefik`, serviceShape)
    await scene.createFailoverIP('web', {
      className: 'scaleway',
      addresses: [ipv4, ipv6],
      serviceRef: { name: 'traefik' },
    })
    await scene.untilReady('web')
    await untilPublished('True', 'Published')
    const { node } = await scene.status('web')
    expect([scene.holder(unitV4), scene.holder(unitV6)]).toEqual([node, node])
    const both = spec.ipFamilies.includes('IPv6')
    await untilShows('traefik', both ? vip(ipv4, ipv6) : vip(ipv4))
    expect((await published())?.message.includes(ipv6)).toBe(!both)
    expect(await scene.kubectl(['get', 'service', 'traefik'])).toMatch(
      new RegExp(`traefik +LoadBalancer +\\S+ +${ipv4}`, 'u'),
    )
  })

  it('keeps them over a move, in the mode of the provider, whoever changes that', async () => {
    const shown = await ingress('traefik')
    const holder = scene.holder() ?? ''
    await scene.kubectl(['cordon', holder])
    await until('the move', () => Promise.resolve(scene.holder() !== holder && scene.holder(unitV6) === scene.holder()))
    await scene.untilReady('web')
    await scene.kubectl(['uncordon', holder])
    expect(await ingress('traefik')).toEqual(shown)
    const proxied = shown.map((entry) => ({ ...entry, ipMode: 'Proxy' }))
    await setIngress('traefik', proxied)
    expect(await ingress('traefik')).toEqual(proxied)
    // It waits a minute, in case that was another controller.
    await untilPublished('False', 'ServiceTaken')
    await until(
      'the mode to be put right',
      async () => JSON.stringify(await ingress('traefik')) === JSON.stringify(shown),
      {
        deadline: 90_000,
      },
    )
  })

  it('loses them when the FailoverIP names another, and gets them back', async () => {
    await createService('nginx')
    const shown = await ingress('traefik')
    await scene.patchFailoverIP('web', { spec: { serviceRef: { name: 'nginx' } } })
    await untilShows('nginx', shown)
    await untilShows('traefik', [])
    await scene.patchFailoverIP('web', { spec: { serviceRef: { name: 'traefik' } } })
    await untilShows('traefik', shown)
    await untilShows('nginx', [])
    await untilPublished('True', 'Published')
  })

  it('that others serve is left to them, by their entries and by its class, and they are named', async () => {
    await scene.createFailoverIP('other', {
      className: 'scaleway',
      addresses: ['51.15.129.36'],
      serviceRef: { name: 'traefik' },
    })
    scene.cloud.addIp({ unit: '51.15.129.36/32' })
    await untilPublished('False', 'ServiceTaken', 'other')
    expect((await published('other'))?.message).toContain(`The older FailoverIP ${scene.namespace}/web`)
    await createService('theirs', { loadBalancerClass: 'example.com/lb' })
    await scene.patchFailoverIP('other', { spec: { serviceRef: { name: 'theirs' } } })
    await until(
      'the class to be named',
      async () => (await published('other'))?.message.includes('example.com/lb') === true,
    )
    await createService('taken')
    const strange = vip('198.51.100.7')
    await setIngress('taken', strange)
    await scene.patchFailoverIP('other', { spec: { serviceRef: { name: 'taken' } } })
    await until('the writer to be named', async () => {
      const { message = '' } = (await published('other')) ?? {}
      return /shows 198\.51\.100\.7, written by (?!somebody)\S+;/u.test(message)
    })
    await scene.deleteFailoverIP('other')
    await scene.untilGone('other')
    expect([await ingress('theirs'), await ingress('taken')]).toEqual([[], strange])
  })

  it('says why it shows nothing: not there, of another type', async () => {
    await createService('internal', { type: 'ClusterIP' })
    await scene.createFailoverIP('other', {
      className: 'scaleway',
      addresses: ['51.15.129.36'],
      serviceRef: { name: 'nowhere' },
    })
    await untilPublished('False', 'ServiceNotFound', 'other')
    await scene.patchFailoverIP('other', { spec: { serviceRef: { name: 'internal' } } })
    await untilPublished('False', 'NotLoadBalancer', 'other')
    await scene.untilReady('other')
    await scene.kubectl(['patch', 'service', 'internal', '--type=merge', '-p', '{"spec":{"type":"LoadBalancer"}}'])
    await untilPublished('True', 'Published', 'other')
    await scene.kubectl(['patch', 'service', 'internal', '--type=merge', '-p', '{"spec":{"type":"ClusterIP"}}'])
    await untilPublished('False', 'NotLoadBalancer', 'other')
    await scene.deleteFailoverIP('other')
    await scene.untilGone('other')
  })

  it('is cleared before the FailoverIP is gone, whose address stays where it is', async () => {
    const holder = scene.holder()
    expect(await ingress('traefik')).not.toEqual([])
    await scene.deleteFailoverIP('web')
    await scene.untilGone('web')
    expect(await ingress('traefik')).toEqual([])
    expect(scene.holder()).toBe(holder)
  })
})
