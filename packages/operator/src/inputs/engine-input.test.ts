import type { FailoverIPSpec } from '@failover-ip/core'
import {
  finalizer,
  parseFailoverIPClass,
  type KubernetesObject,
  type ParsedFailoverIPClass,
} from '@failover-ip/kubernetes'
import { describe, expect, test } from 'vitest'
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
    agent: () => undefined,
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

describe('one that names no class, while no one class is the default', () => {
  const web = (served?: string): KubernetesObject =>
    object('web', { addresses: ['192.0.2.1'] }, served === undefined ? {} : { className: served })
  const other = (name: string, status: object = {}): KubernetesObject => ({
    metadata: { ...classObject().metadata, name, uid: name },
    spec: { controllerName: 'x.dev/other' },
    status,
  })
  const told = {
    conditions: [
      { type: 'Accepted', status: 'True', reason: 'Accepted', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ],
  }
  const lookAmong = (failoverIP: KubernetesObject, others: readonly KubernetesObject[]) => {
    const classes = [...others, classObject()].map((each) => classRecordOf(each, controllerName))
    return look([failoverIP], { classes }).input.failoverIPs
  }

  test('stays with the class that served it, whoever else has one', () => {
    const [kept] = lookAmong(web('acme'), [other('aaa', told)])
    expect(kept).toMatchObject({ account: 'account', className: 'acme', warning: { reason: 'SeveralDefaultClasses' } })
    expect(kept).not.toHaveProperty('problem')
    expect(lookAmong(web('aaa'), [other('aaa')])).toEqual([])
    expect(lookAmong(web('gone'), [other('zzz')])).toMatchObject([{ problem: { reason: 'SeveralDefaultClasses' } }])
  })

  test('is not called served while its class cannot serve it', () => {
    const listed = object('web', { addresses: ['198.51.100.1'] }, { className: 'acme' })
    const [refused] = lookAmong(listed, [other('aaa', told)])
    expect(refused).toMatchObject({ problem: { reason: 'AddressNotAllowed' } })
    expect(refused?.warning?.message).toMatch(/to one of them\. Until then it stays with the class acme\.$/)
  })

  test("stays another operator's, also with a status that only that one understands", () => {
    const newer = object('web', { addresses: ['192.0.2.1'] }, { className: 'aaa', addresses: 'of another kind' })
    const classes = [other('aaa'), classObject()].map((each) => classRecordOf(each, controllerName))
    expect(look([newer], { classes }).unreadable).toEqual([])
  })

  test('is told of by one operator: that of the first class that has one', () => {
    expect(lookAmong(web(), [other('aaa')])).toMatchObject([{ problem: { reason: 'SeveralDefaultClasses' } }])
    expect(lookAmong(web(), [other('aaa', told)])).toEqual([])
    expect(lookAmong(web(), [other('zzz', told)])).toMatchObject([{ problem: { reason: 'SeveralDefaultClasses' } }])
  })

  test('says the way out while it is deleted, whatever else is wrong', () => {
    const leaving = web('acme')
    const metadata = { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [finalizer] }
    expect(lookAmong({ ...leaving, metadata }, [other('aaa')])).toMatchObject([{ warning: { reason: 'Deleting' } }])
  })

  test('goes to the default one once there is one alone', () => {
    expect(lookAmong(web('gone'), [])).toMatchObject([{ className: 'acme' }])
  })
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
