import type { NodePlan, Routing, ServerReference } from '@failover-ip/provider'
import { expect, test } from 'vitest'
import type { AddressStatus } from '../domain/failover-ip.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { withNodePlans } from './node-plans.ts'
import { publishNodePlan } from './publish-node-plan.ts'
import {
  account,
  failoverIP,
  monotonic,
  now,
  operation,
  policy,
  recorded,
  seen,
  serverOf,
  serversOf,
  unseen,
  v4,
} from './testing/situation.ts'
import { reviewFailoverIP } from '../snapshot/failover-ip-review.ts'
import { addressStatuses, reviewUnits } from '../snapshot/unit-review.ts'

const address = '51.15.129.35'
/** Delivered to where the reading says, else to the server's own. */
const nodePlan: Routing['nodePlan'] = (_unit, carried, server, deliveredTo) => ({
  address: carried,
  prefixLength: 32,
  device: { rule: 'mac', mac: server.id.slice(0, 17) },
  scope: 'global',
  routes: [],
  announce: 'none',
  ...(deliveredTo === undefined ? {} : { translateFrom: deliveredTo }),
})

interface Facts {
  readonly record?: AddressStatus
  readonly stored?: AddressStatus
  readonly node?: 'none' | 'holder' | 'candidates'
  readonly plan?: Routing['nodePlan']
  readonly reading?: ReturnType<typeof seen>
  readonly nodeConfiguration?: 'Agent' | 'Manual'
  readonly paused?: boolean
}

function published(facts: Facts, dryRun = false): AddressStatus['nodePlan'] {
  const { record = recorded(v4, 'a'), stored = record, node = 'holder', plan = nodePlan } = facts
  const { nodeConfiguration = 'Agent', paused = false } = facts
  const base = account({ node })
  const input = failoverIP({ policy: { ...policy, nodeConfiguration, paused }, status: { addresses: [stored] } })
  const review: FailoverIPReview = reviewFailoverIP(input, {
    account: { ...base, routing: { ...base.routing, nodePlan: plan } },
    servers: serversOf(['a', 'b']),
    readings: new Map([[v4, facts.reading ?? seen(v4, 'a')]]),
    now,
    monotonic,
  })
  return withNodePlans([record], review, { dryRun })[0]?.nodePlan
}
const macOf = (plan: AddressStatus['nodePlan']): string | undefined => plan?.device.mac

test('the plan is of who has the address, and of who is about to get it from the intent on', () => {
  expect(macOf(published({}))).toBe('server-a')
  expect(macOf(published({ record: recorded(v4, 'a', { operation: operation('a', 'b') }) }))).toBe('server-b')
  const release = operation('a', 'b', { kind: 'release' })
  expect(macOf(published({ record: recorded(v4, 'a', { operation: release }) }))).toBe('server-a')
  expect(published({ record: recorded(v4, undefined) })).toBeUndefined()
})

test('who carries it is the provider’s, and nobody does where nodes are none of its business, or of the agents’', () => {
  expect(published({})?.carriedBy).toBe('Holder')
  expect(published({ node: 'candidates' })?.carriedBy).toBe('Candidates')
  expect(published({ node: 'none' })).toBeUndefined()
  expect(published({ nodeConfiguration: 'Manual' })).toBeUndefined()
})

test('paused, or in a dry run, nothing is published anew and nothing taken back', () => {
  const plan = publishNodePlan(nodePlan(v4, address, serverOf('c')), 'Holder')
  for (const [paused, dryRun] of [
    [true, false],
    [false, true],
  ] as const) {
    expect(published({ paused }, dryRun)).toBeUndefined()
    expect(macOf(published({ paused, record: recorded(v4, 'a', { nodePlan: plan }) }, dryRun))).toBe('server-c')
  }
})

test('where a cloud delivers to is taken from a read of this server, and kept while a read says nothing of it', () => {
  const read = (node: string) => {
    const reading = seen(v4, node)
    return {
      ...reading,
      observation: { ...reading.observation, deliveredTo: '10.0.0.5' } as typeof reading.observation,
    }
  }
  const known = published({ reading: read('a') })
  expect(known?.translateFrom).toEqual({ address: '10.0.0.5' })
  const record = recorded(v4, 'a', { nodePlan: known })
  expect(published({ record, reading: unseen(v4) })).toEqual(known)
  expect(published({ record, reading: read('b') })).toEqual(known)
  const moving = recorded(v4, 'a', { nodePlan: known, operation: operation('a', 'b') })
  const stored = recorded(v4, 'a', { nodePlan: known })
  expect(published({ record: moving, stored, reading: read('a') })).not.toHaveProperty('translateFrom')
})

test.each<[string, (plan: NodePlan, server: ServerReference) => NodePlan]>([
  ['throws', () => expect.fail('a defect of the provider')],
  ['gives what is no plan', () => ({}) as NodePlan],
  [
    'gives more routes than the schema takes',
    (plan) => ({ ...plan, routes: Array.from({ length: 17 }, () => ({ destination: '::/0' })) }),
  ],
  ['gives a prefix that is none', (plan) => ({ ...plan, prefixLength: 0 })],
  ['gives a long name', (plan) => ({ ...plan, device: { rule: 'name', name: 'x'.repeat(16) } })],
])('a provider that %s keeps nothing else from being stored, and takes no address off its node', (_, break_) => {
  const plan: Routing['nodePlan'] = (unit, carried, server) => break_(nodePlan(unit, carried, server), server)
  expect(published({ plan })).toBeUndefined()
  const known = publishNodePlan(nodePlan(v4, address, serverOf('a')), 'Holder')
  expect(published({ plan, record: recorded(v4, 'a', { nodePlan: known }) })).toEqual(known)
})

test('two addresses of one unit have a plan each, also while nothing is published', () => {
  const plan = publishNodePlan(nodePlan(v4, address, serverOf('a')), 'Holder')
  const other = '51.15.129.36'
  const unit = '51.15.129.0/24'
  const stored = [recorded(v4, 'a', { unit, nodePlan: plan }), recorded(v4, 'a', { unit, address: other })]
  const input = failoverIP({ addresses: [address, other], status: { addresses: stored } })
  const [review] = reviewUnits(input, {
    capabilities: { ...account().capabilities, unitPrefixLength: { ipv4: 24 } },
    eventualReadSeconds: 0,
    readings: new Map(),
    servers: serversOf(['a']),
    now,
    monotonic,
  })
  const records = addressStatuses(input, review === undefined ? [] : [review])
  expect(records.map(({ address: of, nodePlan: has }) => [of, has])).toEqual([
    [address, plan],
    [other, undefined],
  ])
})
