import type { NodePlan } from '@failover-ip/provider'
import fc from 'fast-check'
import type { CarriedAddress, NetworkState, Route, Translation, TranslationTable } from '../network/network-state.ts'
import type { Anchors } from '../target/resolve-target.ts'
import type { Wanted, WantedAddress } from '../wanted/wanted-address.ts'

/** Small worlds, so that everything collides with everything: what is wanted, what there is, what is known. */
export interface Situation {
  readonly wanted: Wanted
  readonly state: NetworkState
  readonly anchors: Anchors
}

const devices = ['lo', 'eth0', 'eth1'] as const
const urls = ['http://169.254.169.254/a', 'http://169.254.169.254/b'] as const
const ours4 = ['203.0.113.1', '203.0.113.2', '203.0.113.3']
const ours6 = ['2001:db8::1', '2001:db8::2']
const anchors4 = ['10.17.0.5', '10.17.0.6']
const anchors6 = ['fd00:17::5']
const destinations = ['198.51.100.0/24', '198.51.100.7/32']

const address = fc.constantFrom(...ours4, ...ours6)
const device = fc.constantFrom(...devices)
const anchorOf = (target: string): fc.Arbitrary<string> =>
  fc.constantFrom(...(target.includes(':') ? anchors6 : anchors4))

const rule: fc.Arbitrary<NodePlan['device']> = fc.oneof(
  fc.constantFrom('ipv4', 'ipv6').map((family) => ({ rule: 'defaultRoute', family }) as const),
  fc.constantFrom('02:00:00:00:00:01', '02:00:00:00:00:09').map((mac) => ({ rule: 'mac', mac }) as const),
  fc.constantFrom(...devices, 'none').map((name) => ({ rule: 'name', name }) as const),
  fc.constantFrom('10.17.0.0/16', '203.0.113.0/24').map((cidr) => ({ rule: 'subnet', cidr }) as const),
)

const wanted: fc.Arbitrary<WantedAddress> = address.chain((text) =>
  fc.record({
    plan: fc.record(
      {
        address: fc.constant(text),
        prefixLength: fc.constantFrom(...(text.includes(':') ? [64, 128] : [32])),
        device: rule,
        scope: fc.constantFrom('global', 'host', 'link'),
        routes: fc.array(
          fc.record(
            { destination: fc.constantFrom(...destinations), via: fc.constant('10.17.0.1') },
            { requiredKeys: ['destination'] },
          ),
          { maxLength: 2 },
        ),
        translateFrom: fc.oneof(anchorOf(text), fc.record({ metadataUrl: fc.constantFrom(...urls) })),
        announce: fc.constant('none'),
      },
      { requiredKeys: ['address', 'prefixLength', 'device', 'scope', 'routes', 'announce'] },
    ),
    role: fc.constantFrom('holder', 'candidate'),
  }),
)

const carried: fc.Arbitrary<CarriedAddress> = fc.oneof(
  address.chain((text) =>
    fc.record({
      device,
      address: fc.constant(text),
      prefixLength: fc.constantFrom(...(text.includes(':') ? [64, 128] : [24, 32])),
      scope: text.includes(':') ? fc.constant('global') : fc.constantFrom('global', 'host', 'link'),
      ours: fc.boolean(),
      settled: fc.boolean(),
    }),
  ),
  fc.record({
    device,
    address: fc.constantFrom(...anchors4, ...anchors6),
    prefixLength: fc.constant(16),
    scope: fc.constant('global'),
    ours: fc.constant(false),
    settled: fc.boolean(),
  }),
)

const route: fc.Arbitrary<Route> = fc.record(
  { destination: fc.constantFrom(...destinations), device, via: fc.constant('10.17.0.1') },
  { requiredKeys: ['destination', 'device'] },
)

const translation: fc.Arbitrary<Translation> = address.chain((to) =>
  fc.record({ device, from: anchorOf(to), to: fc.constant(to) }),
)

const table: fc.Arbitrary<TranslationTable> = fc.oneof(
  fc.constant({ kind: 'absent' } as const),
  fc.record({
    kind: fc.constant('present' as const),
    intact: fc.boolean(),
    entries: fc.uniqueArray(translation, { maxLength: 3, selector: ({ from }) => from }),
  }),
  fc.constant({ kind: 'unreadable', reason: 'nft is missing' } as const),
)

/** The kernel's own rule: an IPv6 address is once on a device, an IPv4 one once with each prefix length. */
const place = ({ device: on, address: text, prefixLength }: CarriedAddress): string =>
  text.includes(':') ? `${on} ${text}` : `${on} ${text} ${prefixLength}`

export const situation: fc.Arbitrary<Situation> = fc.record({
  wanted: fc.record({ carry: fc.array(wanted, { maxLength: 6 }), leave: fc.array(address, { maxLength: 2 }) }),
  state: fc.record({
    links: fc.constant([
      { name: 'lo', enslaved: false },
      { name: 'eth0', mac: '02:00:00:00:00:01', enslaved: false },
      { name: 'eth1', mac: '02:00:00:00:00:02', enslaved: false },
    ]),
    addresses: fc.uniqueArray(carried, { maxLength: 8, selector: place }),
    defaultDevice: fc.record({ ipv4: device, ipv6: device }, { requiredKeys: [] }),
    routes: fc.uniqueArray(route, { maxLength: 2, selector: ({ destination }) => destination }),
    translations: table,
  }),
  anchors: fc
    .array(fc.tuple(fc.constantFrom(...urls), fc.constantFrom(...anchors4, ...anchors6)), { maxLength: 2 })
    .map((entries) => new Map(entries)),
})
