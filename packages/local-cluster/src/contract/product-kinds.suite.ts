import { apiGroup, apiVersion as versionName, crds } from '@failover-ip/kubernetes'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { crdsPath, mergePatch, objectOf, refusal } from './contract-context.ts'
import type { ContractContext } from './contract-context.ts'

const apiVersion = `${apiGroup}/${versionName}`

interface Wrong {
  readonly title: string
  readonly spec: object
  /** Fields that the refusal names, in any order. */
  readonly fields: readonly string[]
}

/** The field of the remark that rules were not checked because of what was wrong before them. */
const unchecked = '<nil>'
const good = { addresses: ['51.15.129.35'] }
const wrongFailoverIPs: readonly Wrong[] = [
  { title: 'no addresses', spec: {}, fields: ['spec.addresses', unchecked] },
  { title: 'an empty list', spec: { addresses: [] }, fields: ['spec.addresses'] },
  { title: 'no IP address', spec: { addresses: ['web.example.com'] }, fields: ['spec.addresses[0]'] },
  { title: 'an address with leading zeros', spec: { addresses: ['51.15.129.035'] }, fields: ['spec.addresses[0]'] },
  { title: 'a prefix length', spec: { addresses: ['51.15.129.35/32'] }, fields: ['spec.addresses[0]'] },
  { title: 'a long IPv6', spec: { addresses: ['2001:0bc8:710:3c3b::1'] }, fields: ['spec.addresses[0]'] },
  { title: 'upper case', spec: { addresses: ['2001:BC8:710:3C3B::1'] }, fields: ['spec.addresses[0]'] },
  { title: 'an address twice', spec: { addresses: ['1.2.3.4', '1.2.3.4'] }, fields: ['spec.addresses[1]'] },
  { title: 'an unknown policy', spec: { ...good, onDrift: 'Panic' }, fields: ['spec.onDrift', unchecked] },
  { title: 'a wrong type', spec: { ...good, priority: 'high' }, fields: ['spec.priority', unchecked] },
  { title: 'no duration', spec: { ...good, maintenance: { delay: 'soon' } }, fields: ['spec.maintenance.delay'] },
  { title: 'a Service without a name', spec: { ...good, serviceRef: { name: '' } }, fields: ['spec.serviceRef.name'] },
  { title: 'a short interval', spec: { ...good, detection: { interval: '1ms' } }, fields: ['spec.detection.interval'] },
]
const disk = (nodeSelector: object, weight = 1): object => ({ ...good, nodePreferences: [{ weight, nodeSelector }] })
const spread = (limits: object): object => ({ ...good, spread: { group: 'web', ...limits } })
const wrongPlacement: readonly Wrong[] = [
  { title: 'a weight of 0', spec: disk({ disk: 'ssd' }, 0), fields: ['spec.nodePreferences[0].weight'] },
  { title: 'a liking for all', spec: disk({}), fields: ['spec.nodePreferences[0].nodeSelector'] },
  {
    title: 'a liking for what its selector excludes',
    spec: { ...disk({ disk: 'ssd' }), nodeSelector: { disk: 'hdd' } },
    fields: ['spec.nodePreferences'],
  },
  {
    title: 'an unknown failback',
    spec: { ...good, failback: { mode: 'x' } },
    fields: ['spec.failback.mode', unchecked],
  },
  { title: 'a spread without a limit', spec: spread({}), fields: ['spec.spread'] },
  { title: 'a limit of 0', spec: spread({ maxPerNode: 0 }), fields: ['spec.spread.maxPerNode'] },
  { title: 'limits the wrong way round', spec: spread({ maxPerNode: 2, maxPerZone: 1 }), fields: ['spec.spread'] },
  { title: 'an odd group', spec: spread({ group: 'a b', maxPerNode: 1 }), fields: ['spec.spread.group'] },
]
const class1 = { controllerName: 'failover-ip.dev/scaleway' }
const wrongClasses: readonly Wrong[] = [
  { title: 'no controller', spec: {}, fields: ['spec.controllerName', unchecked] },
  { title: 'a controller without a domain', spec: { controllerName: 'scaleway' }, fields: ['spec.controllerName'] },
  { title: 'bits beyond the prefix', spec: { ...class1, addresses: ['10.0.0.1/24'] }, fields: ['spec.addresses[0]'] },
]

/** The product's own kinds: what its schemas say here has to be what they say, with CEL, on a real server. */
export function describeProductKinds(context: () => ContractContext, side: 'real' | 'local'): void {
  describe('product kinds', () => {
    const classes = `/apis/${apiVersion}/failoveripclasses`
    const nodes = `/apis/${apiVersion}/failovernodes`
    const failoverIPs = (): string => `/apis/${apiVersion}/namespaces/${context().namespace}/failoverips`
    const failoverIP = (spec: object): object => ({ apiVersion, kind: 'FailoverIP', metadata: { name: 'web' }, spec })
    const classOf = (spec: object): object => ({
      apiVersion,
      kind: 'FailoverIPClass',
      metadata: { name: context().namespace },
      spec,
    })

    beforeAll(async () => {
      const { client } = context()
      if (side === 'real') for (const crd of crds()) await client.call('POST', crdsPath, crd)
      const served = async (): Promise<void> => {
        for (const path of [classes, nodes, failoverIPs()]) expect((await client.call('GET', path)).status).toBe(200)
      }
      await vi.waitFor(served, { timeout: 20_000 })
    }, 30_000)
    afterAll(async () => {
      const { client } = context()
      await client.call('DELETE', failoverIPs())
      for (const kind of [classes, nodes]) await client.call('DELETE', `${kind}/${context().namespace}`)
      if (side === 'real')
        for (const { metadata } of crds()) await client.call('DELETE', `${crdsPath}/${metadata.name}`)
    })

    const refuses = async (path: string, body: object, fields: readonly string[]): Promise<void> => {
      const answer = await context().client.call('POST', `${path}?dryRun=All`, body)
      expect(answer).toMatchObject(refusal(422, 'Invalid'))
      const named = JSON.stringify(answer.body).match(/(?<="field":")[^"]+/gu) ?? []
      expect(Array.from(new Set(named))).toEqual(fields)
    }

    it.each([...wrongFailoverIPs, ...wrongPlacement])('refuse a FailoverIP with $title', async ({ spec, fields }) => {
      await refuses(failoverIPs(), failoverIP(spec), fields)
    })

    it.each(wrongClasses)('refuse a class with $title', async ({ spec, fields }) => {
      await refuses(classes, classOf(spec), fields)
    })

    const wishes = {
      nodeSelector: { role: 'edge' },
      nodePreferences: [{ weight: 100, nodeSelector: { role: 'edge', disk: 'ssd' } }],
      spread: { group: 'web', maxPerNode: 1, maxPerZone: 2 },
      failback: { mode: 'Delayed' },
    }

    it('take a good FailoverIP as it is, without defaults', async () => {
      const spec = { addresses: ['51.15.129.35', '2001:bc8:710:3c3b::1'], detection: { interval: '200ms' }, ...wishes }
      const made = objectOf(await context().client.call('POST', failoverIPs(), failoverIP(spec)))
      expect(made.spec).toEqual(spec)
    })

    it('take a FailoverNode without a spec, and its status by the subresource alone', async () => {
      const { client, namespace } = context()
      const status = { addresses: [{ address: '51.15.129.35', epoch: 7, role: 'holder', carried: true }] }
      const metadata = { name: namespace }
      const object = { apiVersion, kind: 'FailoverNode', metadata, status }
      expect(objectOf(await client.call('POST', nodes, object))['status']).toBeUndefined()
      const patched = await client.call('PATCH', `${nodes}/${namespace}/status`, { status }, mergePatch)
      expect(objectOf(patched)['status']).toEqual(status)
    })

    it('fill a class with the same defaults, and never change its controller', async () => {
      const { client } = context()
      const made = objectOf(await client.call('POST', classes, classOf(class1)))
      expect(made.spec).toMatchInlineSnapshot(`
        {
          "addresses": [],
          "controllerName": "failover-ip.dev/scaleway",
          "deletionPolicy": "Retain",
          "detection": {
            "interval": "200ms",
            "misses": 3,
            "witnesses": 1,
          },
          "failback": {
            "delay": "10m",
            "mode": "Never",
          },
          "foreignHolder": "Refuse",
          "maintenance": {
            "delay": "0s",
            "onCordon": "Move",
          },
          "nodeConfiguration": "Agent",
          "onDrift": "Adopt",
          "parameters": {},
          "paused": false,
        }
      `)
      const patch = { spec: { controllerName: 'failover-ip.dev/netcup' } }
      expect(await client.call('PATCH', `${classes}/${made.metadata.name}`, patch, mergePatch)).toMatchObject(
        refusal(422, 'Invalid', { details: { causes: [{ field: 'spec.controllerName' }] } }),
      )
    })
  })
}
