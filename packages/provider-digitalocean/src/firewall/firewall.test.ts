import { createDigitalOceanEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { DigitalOceanEmulator } from '@failover-ip/provider-testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { desiredFirewall } from './desired-firewall.ts'
import type { ServicePort } from './desired-firewall.ts'
import { createDigitalOceanFirewall } from './digitalocean-firewall.ts'
import { joinRules } from './firewall-rule.ts'
import type { FirewallRule } from './firewall-rule.ts'

const clusterID = 'bd5f5959-5e1e-4205-a714-a914373942af'
const { signal } = new AbortController()
const https: ServicePort = { protocol: 'TCP', port: 443 }
const desired = (...ports: readonly ServicePort[]): ReturnType<typeof desiredFirewall> =>
  desiredFirewall({ clusterID, ports })

describe('desiredFirewall', () => {
  it('is named after the cluster, aims at its tag, and joins ports', () => {
    const firewall = desired(
      { protocol: 'TCP', port: 443 },
      { protocol: 'UDP', port: 443 },
      { protocol: 'TCP', port: 444 },
      { protocol: 'TCP', port: 80, sourceRanges: ['10.0.0.0/8'] },
      { protocol: 'SCTP', port: 9 },
      { protocol: 'TCP', port: 22, sourceRanges: [] },
    )
    expect(firewall).toEqual({
      name: `failover-ip-${clusterID}`,
      tag: `k8s:${clusterID}`,
      rules: [
        { protocol: 'tcp', ports: [443, 444], sources: ['0.0.0.0/0', '::/0'] },
        { protocol: 'tcp', ports: [80, 80], sources: ['10.0.0.0/8'] },
        { protocol: 'udp', ports: [443, 443], sources: ['0.0.0.0/0', '::/0'] },
      ],
    })
  })

  it('refuses what is no identifier of a cluster', () => {
    expect(() => desiredFirewall({ clusterID: 'a b', ports: [] })).toThrow(TypeError)
  })
})

describe('joinRules', () => {
  const port = fc.integer({ min: 1, max: 30 })
  const rule = fc.record({
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    ports: fc.tuple(port, port).map(([a, b]): readonly [number, number] => [Math.min(a, b), Math.max(a, b)]),
    sources: fc.subarray(['10.0.0.0/8', '192.0.2.0/24'], { minLength: 1 }),
  })
  const lets = (rules: readonly FirewallRule[]): readonly string[] =>
    rules
      .flatMap(({ protocol, ports: [first, last], sources }) =>
        Array.from(
          { length: last - first + 1 },
          (_, index) => `${protocol} ${sources.toSorted().join()} ${first + index}`,
        ),
      )
      .toSorted()

  it('lets the same packets in, each once, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 12 }), (rules) => {
        const joined = joinRules(rules)
        expect(lets(joined)).toEqual([...new Set(lets(rules))].toSorted())
        expect(joinRules(rules.toReversed())).toEqual(joined)
        expect(joinRules(joined)).toEqual(joined)
      }),
    )
  })
})

interface Setup {
  readonly cloud: DigitalOceanEmulator
  /** What a reconciliation says that it did. */
  readonly reconcile: (...ports: readonly ServicePort[]) => Promise<string>
  readonly rulesOf: (name: string) => unknown
}

function setUp(): Setup {
  const clock = createVirtualClock()
  const cloud = createDigitalOceanEmulator({ clock })
  cloud.addDroplet({ tags: [`k8s:${clusterID}`] })
  cloud.firewalls.put({
    name: `k8s-${clusterID}-worker`,
    tags: [`k8s:${clusterID}`],
    inbound_rules: [{ protocol: 'tcp', ports: '30000-32767', sources: { addresses: ['0.0.0.0/0'] } }],
  })
  const firewall = createDigitalOceanFirewall({
    apiUrl: 'https://api.digitalocean.com',
    token: cloud.account.token,
    fetch: cloud.fetch,
    clock,
    userAgent: 'failover-ip/test',
  })
  const all = (): readonly { readonly name: string }[] => [...cloud.firewalls.all.values()]
  return {
    cloud,
    reconcile: (...ports) => clock.advanceUntil(firewall.reconcile(desired(...ports), { signal })),
    rulesOf: (name) => all().find((one) => one.name === name),
  }
}

const ours = `failover-ip-${clusterID}`
const managed = `k8s-${clusterID}-worker`

describe('reconcileFirewall', () => {
  it('follows the ports of Services from the first user to the last, the managed firewall untouched [A4]', async () => {
    const { cloud, reconcile, rulesOf } = setUp()
    const before = rulesOf(managed)
    expect(await reconcile()).toBe('none')
    expect(await reconcile(https)).toBe('created')
    expect(rulesOf(ours)).toMatchObject({
      tags: [`k8s:${clusterID}`],
      inbound_rules: [{ protocol: 'tcp', ports: '443', sources: { addresses: ['0.0.0.0/0', '::/0'] } }],
    })
    expect(await reconcile(https)).toBe('none')
    expect(await reconcile(https, { protocol: 'TCP', port: 80 })).toBe('changed')
    expect(await reconcile({ protocol: 'TCP', port: 80 }, https)).toBe('none')
    expect(await reconcile()).toBe('deleted')
    expect(rulesOf(ours)).toBeUndefined()
    expect(rulesOf(managed)).toEqual(before)
    expect(cloud.mutations().map(({ effect }) => effect)).toEqual([
      `created firewall ${ours}`,
      `changed firewall ${ours}`,
      `deleted firewall ${ours}`,
    ])
  })

  it('puts right what somebody changed', async () => {
    const { cloud, reconcile } = setUp()
    await reconcile(https)
    const [id = ''] = [...cloud.firewalls.all].filter(([, { name }]) => name === ours).map(([key]) => key)
    const asked = cloud.firewalls.all.get(id)
    if (asked === undefined) throw new Error('there is no firewall')
    const rule = { protocol: 'tcp' as const, ports: '443' }
    for (const change of [
      { tags: [] },
      { droplet_ids: [7] },
      { inbound_rules: [{ ...rule, sources: { tags: ['web'] } }] },
      { inbound_rules: [{ ...rule, ports: '1-65535', sources: { addresses: ['0.0.0.0/0', '::/0'] } }] },
      { outbound_rules: [{ ...rule, destinations: { addresses: ['0.0.0.0/0'] } }] },
    ]) {
      cloud.firewalls.put({ ...asked, ...change }, id)
      expect(await reconcile(https)).toBe('changed')
    }
  })

  it('finds its firewall on a later page', async () => {
    const { cloud, reconcile } = setUp()
    for (let count = 0; count < 205; count++) cloud.firewalls.put({ name: `other-${count}` })
    await reconcile(https)
    expect(await reconcile(https)).toBe('none')
  })

  it('creates no second one after an answer that was lost, nor out of a list that cannot be read', async () => {
    const { cloud, reconcile } = setUp()
    cloud.faults.add({ method: 'POST', fault: { kind: 'dropAfter' } })
    await expect(reconcile(https)).rejects.toMatchObject({ outcome: 'unknown' })
    expect(await reconcile(https)).toBe('none')
    for (const fault of [
      { kind: 'truncate' },
      { kind: 'status', status: 200, body: { firewalls: [{ id: 7 }], meta: { total: 1 } } },
      { kind: 'status', status: 500 },
    ] as const) {
      cloud.faults.add({ method: 'GET', fault })
      await expect(reconcile(https)).rejects.toMatchObject({ outcome: 'not-applied' })
    }
    expect(cloud.mutations()).toHaveLength(1)
  })

  it('is done when somebody else deleted it first', async () => {
    const { cloud, reconcile } = setUp()
    await reconcile(https)
    const body = { id: 'not_found', message: 'The resource you requested could not be found.' }
    cloud.faults.add({ method: 'DELETE', fault: { kind: 'status', status: 404, body } })
    expect(await reconcile()).toBe('deleted')
  })

  it('says so when the tag of the cluster does not exist', async () => {
    const { cloud, reconcile } = setUp()
    cloud.faults.add({
      method: 'POST',
      fault: { kind: 'status', status: 422, body: { message: 'Tag does not exist.' } },
    })
    await expect(reconcile(https)).rejects.toMatchObject({
      code: 'Invalid',
      message: expect.stringContaining('Tag does not exist') as string,
    })
  })
})
