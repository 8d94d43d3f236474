import type { FailoverIPInput } from '@failover-ip/core'
import { expect, test } from 'vitest'
import { planPublication, type PublicationFacts } from './plan-publication.ts'
import type { ServiceRecord } from './service-record.ts'

const [v4, v6, old] = ['192.0.2.1', '2001:db8::1', '192.0.2.9']
const server = { id: 's', location: 'z' }
const record = (address: string) => ({ address, unit: `${address}/32`, epoch: 7, server, node: 'a' })
const web = {
  key: 'ingress/web',
  uid: 'uid',
  addresses: [v4, v6],
  deleting: false,
  protected: true,
  policy: { paused: false },
  status: { addresses: [record(v4), record(v6)] },
} as unknown as FailoverIPInput
const service = (change: Partial<ServiceRecord> = {}): ServiceRecord => ({
  isLoadBalancer: true,
  loadBalancerClass: undefined,
  families: ['IPv4', 'IPv6'],
  ingress: [],
  writer: undefined,
  ...change,
})
const noted = (service = 'traefik', addresses = [v4, v6]) => ({ ...web.status, publishedTo: { service, addresses } })

const plan = (
  shown: Partial<ServiceRecord> | undefined,
  failoverIP: Partial<FailoverIPInput> = {},
  facts: Partial<PublicationFacts> = {},
) =>
  planPublication(
    { ...web, ...failoverIP },
    {
      service: 'traefik',
      olderClaim: undefined,
      ipMode: 'VIP',
      services: {
        kind: 'known',
        find: (name) => (shown !== undefined && name === 'traefik' ? service(shown) : undefined),
      },
      mayShowSoon: () => false,
      dryRun: false,
      ...facts,
    },
  )
const entries = (ips: readonly string[], ipMode = 'VIP') => ips.map((ip) => ({ ip, ipMode }))

test('nothing is said or done for one that names none', () => {
  expect(plan({}, {}, { service: undefined })).toBeUndefined()
})

test('it is noted where they go before they go there', () => {
  const first = plan({})
  expect(first).toMatchObject({ condition: { reason: 'Pending' }, publishedTo: noted().publishedTo })
  expect(first).not.toHaveProperty('change')
  expect(plan({}, { status: noted() })?.change).toEqual({ service: 'traefik', ingress: entries([v4, v6]) })
})

test.each(['VIP', 'Proxy'] as const)('the mode is the provider’s: %s', (ipMode) => {
  const change = plan(
    { ingress: entries([v4, v6], ipMode === 'VIP' ? 'Proxy' : 'VIP') },
    { status: noted() },
    { ipMode },
  )?.change
  expect(change?.ingress).toEqual(entries([v4, v6], ipMode))
  const shown = plan({ ingress: entries([v6, v4], ipMode) }, { status: noted() }, { ipMode })
  expect(shown?.condition).toMatchObject({ status: 'True', reason: 'Published' })
  expect(shown).not.toHaveProperty('change')
})

test('a Service of one family gets the addresses of that family, and the rest is named', () => {
  expect(plan({ families: ['IPv4'] }, { status: noted() })?.change?.ingress).toEqual(entries([v4]))
  const shown = plan({ families: ['IPv4'], ingress: entries([v4]) }, { status: noted() })
  expect(shown?.condition?.message).toContain(`not ${v6}`)
})

test('addresses that were changed are replaced, those of strangers are not', () => {
  const status = noted('traefik', [old])
  const before = plan({ ingress: entries([old]) }, { status })
  expect([before?.publishedTo?.addresses, before?.change]).toEqual([[v4, v6, old], undefined])
  const ready = { status: noted('traefik', [v4, v6, old]) }
  expect(plan({ ingress: entries([old]) }, ready)?.change?.ingress).toEqual(entries([v4, v6]))
  const taken = plan({ ingress: [...entries([v4]), { hostname: 'lb.example.com' }], writer: 'other' }, ready)
  expect(taken).toMatchObject({ condition: { reason: 'ServiceTaken' }, publishedTo: undefined })
  expect(taken?.condition?.message).toContain('lb.example.com, written by other')
  expect(taken).not.toHaveProperty('change')
})

test.each([
  ['it is deleted', { deleting: true }, {}, true],
  ['it names none any more', {}, { service: undefined }, true],
  ['an older one names the Service', {}, { olderClaim: 'ingress/older' }, true],
  ['it is paused and names another', { policy: { ...web.policy, paused: true } }, { service: 'nginx' }, false],
  ['in a dry run', { deleting: true }, { dryRun: true }, false],
] as const)('the addresses are taken off, or not: %s', (_, change, facts, isTaken) => {
  const planned = plan({ ingress: entries([v4, v6]) }, { status: noted(), ...change }, facts)
  expect(planned?.change).toEqual(isTaken ? { service: 'traefik', ingress: [] } : undefined)
  expect(planned?.publishedTo).toEqual(noted().publishedTo)
})

test.each([
  ['nobody has them yet', { status: {} }, {}, 'Pending'],
  ['it is not protected', { protected: false }, {}, 'Pending'],
  ['it is paused', { policy: { ...web.policy, paused: true } }, {}, 'Paused'],
  ['in a dry run', {}, { dryRun: true }, 'DryRun'],
  ['an older one has its address', { problem: { reason: 'AddressInUse', message: 'No.' } }, {}, 'AddressInUse'],
  ['it has no account', {}, { ipMode: undefined }, 'ClassNotAccepted'],
] as const)('nothing is published when %s', (_, change, facts, reason) => {
  const planned = plan({}, change, facts)
  expect(planned).toMatchObject({ condition: { status: 'False', reason }, publishedTo: undefined })
  expect(planned).not.toHaveProperty('change')
})

test.each([
  ['is not there', undefined, 'ServiceNotFound'],
  ['is of another type', { isLoadBalancer: false }, 'NotLoadBalancer'],
  ['is of another controller’s class', { loadBalancerClass: 'example.com/lb' }, 'ServiceTaken'],
  ['has none of the families', { families: ['IPv5'] }, 'FamilyMismatch'],
] as const)('a Service that %s is not written', (_, shown, reason) => {
  const planned = plan(shown)
  expect(planned).toMatchObject({ condition: { status: 'False', reason }, publishedTo: undefined })
  expect(planned).not.toHaveProperty('change')
})

test('one whose Service may still come to show it does not go before that', () => {
  const leaving = { status: noted(), deleting: true }
  expect(plan({}, leaving)).toMatchObject({ publishedTo: undefined, keepsObject: false })
  const awaiting = plan({}, leaving, { mayShowSoon: (name) => name === 'traefik' })
  expect(awaiting).toMatchObject({ publishedTo: noted().publishedTo, keepsObject: true })
  expect(awaiting).not.toHaveProperty('change')
})

test('a class of ours is no obstacle', () => {
  expect(plan({ loadBalancerClass: 'failover-ip.dev/web' }, { status: noted() })?.change?.service).toBe('traefik')
})

test('what is not known keeps what was known, and an object that is deleted', () => {
  const conditions = [
    { type: 'Published', status: 'True', reason: 'Published', message: 'x', lastTransitionTime: '' },
  ] as const
  const status = { ...noted(), conditions }
  const unread = plan({}, { status, deleting: true }, { services: { kind: 'unread' } })
  expect(unread).toEqual({
    condition: { status: 'True', reason: 'Published', message: 'x' },
    publishedTo: noted().publishedTo,
    keepsObject: true,
  })
  const finding = { reason: 'MissingRight', message: 'No.' } as const
  const unreadable = plan({}, { status, deleting: true }, { services: { kind: 'unreadable', finding } })
  expect(unreadable).toMatchObject({ condition: { status: 'Unknown', ...finding }, keepsObject: false })
})
