import type { FailoverIPSpec } from '@failover-ip/core'
import { parseFailoverIPClass, type KubernetesObject, type ParsedFailoverIPClass } from '@failover-ip/kubernetes'
import { expect, test } from 'vitest'
import { classRecordOf } from '../caches/class-record.ts'
import { failoverIPRecordOf } from '../caches/failover-ip-record.ts'
import { engineInputOf, type ClusterView, type EngineInputResult } from './engine-input.ts'
import { createLastGood } from './last-good.ts'
import { servedClasses } from './served-classes.ts'

const controllerName = 'failover-ip.dev/acme'

function classObject(spec: object = {}): KubernetesObject {
  const annotations = { 'failover-ip.dev/is-default-class': 'true' }
  return {
    metadata: { name: 'acme', uid: 'c1', resourceVersion: '1', annotations },
    spec: {
      controllerName,
      addresses: ['192.0.2.0/24'],
      onDrift: 'Revert',
      maintenance: { onCordon: 'Ignore' },
      ...spec,
    },
  }
}

function object(name: string, spec: object, status: object = {}): KubernetesObject {
  const metadata = { name, namespace: 'ingress', uid: name, resourceVersion: '1', generation: 2 }
  return { metadata, spec, status }
}

const accepted = { status: 'True', reason: 'Accepted', message: '' } as const
const lastGoodSpecs = (): ClusterView['lastGoodSpecs'] => createLastGood<FailoverIPSpec>()

function look(objects: readonly KubernetesObject[], change: Partial<ClusterView> = {}): EngineInputResult {
  const classes = [classRecordOf(classObject(), controllerName)]
  const parsed = parseFailoverIPClass(classObject())
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return engineInputOf({
    nodes: [],
    lease: () => undefined,
    sighting: () => undefined,
    failoverIPs: objects.map(failoverIPRecordOf),
    classes,
    served: servedClasses(classes, createLastGood<ParsedFailoverIPClass>()),
    namespaceLabels: () => ({}),
    accounts: [],
    classAccount: () => ({ key: 'account', accepted, credentialsValid: accepted }),
    prefixLength: { ipv4: 32, ipv6: 64 },
    defaultPolicy: parsed.value.spec,
    lastGoodSpecs: lastGoodSpecs(),
    ...change,
  })
}

test("merges the class's policy with the overrides of a FailoverIP, group by group", () => {
  const { input } = look([object('web', { addresses: ['192.0.2.1'], maintenance: { delay: '5m' }, priority: 3 })])
  expect(input.failoverIPs).toMatchObject([
    {
      key: 'ingress/web',
      account: 'account',
      priority: 3,
      policy: { onDrift: 'Revert', maintenance: { onCordon: 'Ignore', delay: 300_000 } },
    },
  ])
  expect(input.failoverIPs[0]?.problem).toBeUndefined()
})

test('hands on what is liked and what keeps apart, the latter within its namespace', () => {
  const nodePreferences = [{ weight: 5, nodeSelector: { disk: 'ssd' } }]
  const spread = { group: 'web', maxPerNode: 1 }
  const { input } = look([object('web', { addresses: ['192.0.2.1'], nodePreferences, spread })])
  expect(input.failoverIPs).toMatchObject([{ nodePreferences, spread: { group: 'ingress/web', maxPerNode: 1 } }])
  expect(input.failoverIPs[0]?.policy).not.toHaveProperty('spread')
})

test('keeps its hands off a status that it does not understand, and says so', () => {
  const { input, unreadable } = look([object('web', { addresses: ['192.0.2.1'] }, { addresses: 'of another kind' })])
  expect(input.failoverIPs).toEqual([])
  expect(unreadable).toMatchObject([{ identity: { name: 'web' }, reason: 'InvalidStatus' }])
})

test('goes on with the last good spec of a FailoverIP, and without one keeps its status', () => {
  const remembered = lastGoodSpecs()
  const status = { addresses: [{ address: '192.0.2.1', unit: '192.0.2.1/32', epoch: 4 }] }
  look([object('web', { addresses: ['192.0.2.1'] }, status)], { lastGoodSpecs: remembered })
  const broken = object('web', { addresses: ['nonsense'] }, status)
  const good = look([broken], { lastGoodSpecs: remembered })
  expect(good.input.failoverIPs).toMatchObject([{ addresses: ['192.0.2.1'], account: 'account', status }])
  expect(good.input.failoverIPs[0]?.problem).toBeUndefined()
  expect(good.input.failoverIPs[0]?.warning).toMatchObject({ reason: 'InvalidSpec' })
  expect(good.input.failoverIPs[0]?.warning?.message).toContain('The last good spec keeps working.')
  expect(good.unreadable).toHaveLength(1)
  const fresh = look([broken])
  expect(fresh.input.failoverIPs).toMatchObject([
    { addresses: ['192.0.2.1'], status, problem: { reason: 'InvalidSpec' } },
  ])
})

test("is silent about another operator's object, whatever is wrong with it", () => {
  const other = {
    metadata: { name: 'other', uid: 'c2', resourceVersion: '1' },
    spec: { controllerName: 'x.dev/other' },
  }
  const classes = [classObject(), other].map((each) => classRecordOf(each, controllerName))
  const remembered = lastGoodSpecs()
  const was = object('moved', { addresses: ['192.0.2.1'] })
  expect(look([was], { classes, lastGoodSpecs: remembered }).input.failoverIPs).toHaveLength(1)
  const theirs = [
    object('spec', { addresses: ['nonsense'], className: 'other' }),
    object('status', { addresses: ['192.0.2.1'], className: 'other' }, { addresses: 'of another kind' }),
    object('moved', { addresses: ['nonsense'], className: 'other' }),
  ]
  const { input, unreadable } = look(theirs, { classes, lastGoodSpecs: remembered })
  expect(input.failoverIPs).toEqual([])
  expect(unreadable).toEqual([])
})

test('keeps a class that became unreadable as it was', () => {
  const lastGood = createLastGood<ParsedFailoverIPClass>()
  servedClasses([classRecordOf(classObject(), controllerName)], lastGood)
  const classes = [classRecordOf(classObject({ onDrift: 'Sometimes' }), controllerName)]
  const served = servedClasses(classes, lastGood)
  expect(served.get('acme')).toMatchObject({ value: { spec: { onDrift: 'Revert' } } })
  const status = { recentOperations: [{ unit: '192.0.2.1/32', at: '2026-11-21T00:00:00.000Z' }] }
  const later = [classRecordOf({ ...classObject({ onDrift: 'Sometimes' }), status }, controllerName)]
  expect(servedClasses(later, lastGood).get('acme')?.value).toMatchObject({ spec: { onDrift: 'Revert' }, status })
  const unknown = [classRecordOf({ ...classObject({ onDrift: 'Sometimes' }), status: 7 }, controllerName)]
  expect(servedClasses(unknown, lastGood).size).toBe(0)
  expect(served.get('acme')?.broken).toContain('onDrift')
  expect(servedClasses(classes, createLastGood<ParsedFailoverIPClass>()).size).toBe(0)
  const { input } = look([object('web', { addresses: ['192.0.2.1'] })], { classes, served })
  expect(input.failoverIPs).toMatchObject([{ account: 'account', policy: { onDrift: 'Revert' } }])
})

test.each([
  [{ addresses: ['198.51.100.1'] }, 'AddressNotAllowed'],
  [{ addresses: ['192.0.2.1'], className: 'none' }, 'ClassNotFound'],
  [{ addresses: [] }, 'InvalidSpec'],
])('%j has the problem %s and the status it had', (spec, reason) => {
  const { input } = look([object('web', spec, { moves: 3 })])
  expect(input.failoverIPs).toMatchObject([{ problem: { reason }, status: { moves: 3 } }])
})

test('has a class that is not usable named with the reason', () => {
  const why = { status: 'False', reason: 'SecretNotFound', message: 'There is no Secret s.' } as const
  const classAccount = (): ReturnType<ClusterView['classAccount']> => ({
    key: undefined,
    accepted: why,
    credentialsValid: why,
  })
  const { input } = look([object('web', { addresses: ['192.0.2.1'] })], { classAccount })
  expect(input.failoverIPs[0]?.problem).toEqual({
    reason: 'ClassNotAccepted',
    message: 'The class acme is not usable: There is no Secret s.',
  })
})
