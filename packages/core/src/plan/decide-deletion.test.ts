import { describe, expect, test } from 'vitest'
import { formatInstant } from '../domain/instant.ts'
import type { AddressStatus } from '../domain/failover-ip.ts'
import { decideProblem } from './decide-deletion.ts'
import type { Situation } from './testing/situation.ts'
import {
  contextOf,
  decideIn,
  failoverIP,
  gone,
  monotonic,
  now,
  operation,
  policy,
  recorded,
  seen,
  serverOf,
  unseen,
  v4,
  v6,
} from './testing/situation.ts'

const releasing = { deleting: true, policy: { ...policy, deletionPolicy: 'Release' as const } }
const held: Situation = { addresses: [recorded(v4, 'a')], readings: [seen(v4, 'a')], failoverIP: releasing }
const { to: _to, toNode: _toNode, ...releaseOf } = operation('a', 'b', { kind: 'release' })

describe('deletion', () => {
  test('retains what it has at once, unless a change is on its way', () => {
    const retaining = { ...held, failoverIP: { deleting: true } }
    const decision = decideIn(retaining)
    expect(decision.step).toEqual({ kind: 'unprotect', outcome: 'Retained' })
    expect(decision.events).toMatchObject([{ reason: 'Retained', type: 'Normal' }])
    const calls = new Map([['op', { state: 'calling' as const, settledAt: 0 }]])
    const open = [recorded(v4, 'a', { operation: operation('a', 'b') })]
    expect(decideIn({ ...retaining, addresses: open, calls }).step).toBeUndefined()
  })

  test('waits until its addresses are off the Service, and says so', () => {
    const condition = { status: 'False', reason: 'Deleting', message: 'It is being deleted.' } as const
    const publishedTo = { service: 'traefik', addresses: ['51.15.129.35'] }
    const publication = { condition, publishedTo, keepsObject: true }
    for (const deletionPolicy of ['Retain', 'Release'] as const) {
      const change = { deleting: true, policy: { ...policy, deletionPolicy }, publication }
      const off = [recorded(v4, undefined)]
      const decision = decideIn({ addresses: off, readings: [seen(v4, null)], failoverIP: change })
      expect(decision.step).toBeUndefined()
      expect(decision.status).toMatchObject({
        publishedTo,
        conditions: [
          { type: 'Ready', status: 'False', reason: 'Deleting' },
          { type: 'Published', status: 'False', reason: 'Deleting' },
        ],
      })
      const cleared = { ...change, publication: { ...publication, publishedTo: undefined, keepsObject: false } }
      const { step } = decideIn({ addresses: off, readings: [seen(v4, null)], failoverIP: cleared })
      expect(step).toMatchObject({ kind: 'unprotect' })
    }
  })

  test('releases by an intent, and ends with the read that shows it', () => {
    const first = decideIn(held)
    expect(first.step).toMatchObject({
      kind: 'change',
      changes: [{ server: serverOf('a'), operation: { kind: 'release', epoch: 8 } }],
    })
    expect(first.status.addresses?.[0]?.operation).toMatchObject({ kind: 'release', from: serverOf('a') })
    const calls = new Map([['op', { state: 'done' as const, settledAt: monotonic - 5 }]])
    const sent = { ...held, addresses: [recorded(v4, 'a', { operation: releaseOf })], calls }
    expect(decideIn({ ...sent, readings: [seen(v4, 'a', { age: 10 })] })).toMatchObject({
      step: undefined,
      reads: [{ unit: v4 }],
    })
    expect(decideIn({ ...sent, readings: [seen(v4, null)] }).step).toEqual({ kind: 'unprotect', outcome: 'Released' })
  })

  test('releases no more units than the account has room for', () => {
    const both = {
      ...held,
      addresses: [recorded(v4, 'a'), recorded(v6, 'a')],
      readings: [seen(v4, 'a'), seen(v6, 'a')],
    }
    const sent = (changes: number) => {
      const { step } = decideIn({ ...both, accountRoom: { changes, hold: undefined } })
      return step?.kind === 'change' ? step.changes.map(({ unit }) => unit) : []
    }
    expect([sent(2), sent(1)]).toEqual([[v4, v6], [v4]])
  })

  test('does not end while the provider cannot be read [A60]', () => {
    const decision = decideIn({ ...held, readings: [unseen(v4)] })
    expect(decision.step).toBeUndefined()
    expect(decision.status.conditions).toMatchObject([
      { type: 'Ready', status: 'False', reason: 'ProviderUnavailable' },
    ])
    expect(decideIn({ ...held, readings: [] }).step).toBeUndefined()
  })

  test('ends without the provider when the user gives it up [A60]', () => {
    const decision = decideIn({ ...held, readings: [unseen(v4)], failoverIP: { ...releasing, abandoned: true } })
    expect(decision.step).toEqual({ kind: 'unprotect', outcome: 'Abandoned' })
    expect(decision.events).toMatchObject([{ type: 'Warning' }])
  })

  test('says so when the provider cannot release', () => {
    expect(decideIn({ ...held, capabilities: { release: false } }).step).toEqual({
      kind: 'unprotect',
      outcome: 'ReleaseUnsupported',
    })
  })

  test.each([
    ['gone', gone(v4)],
    ["in a stranger's hands", seen(v4, { id: 'stranger', location: 'z' })],
    ['moved by somebody', seen(v4, 'c')],
    ['taken off by somebody', seen(v4, null)],
  ])('takes nothing that is %s', (_where, reading) => {
    expect(decideIn({ ...held, readings: [reading] }).step).toEqual({ kind: 'unprotect', outcome: 'Released' })
  })

  test('changes nothing in a dry run, and nothing that is not protected [A72]', () => {
    expect(decideIn({ ...held, dryRun: true }).step).toBeUndefined()
    expect(decideIn({ ...held, failoverIP: { ...releasing, protected: false } }).step).toBeUndefined()
  })

  const until = monotonic + 5
  const hold = { reason: 'RateLimited' as const, message: 'Later.', until }
  test.each<[string, Situation]>([
    ['a failure', { hold }],
    ["the account's window", { accountRoom: { changes: 0, hold } }],
    [
      'the cool-down',
      {
        addresses: [recorded(v4, 'a', { changedAt: formatInstant(now - 60_000) })],
        capabilities: { coolDownSeconds: 58.005 },
      },
    ],
  ])('waits for %s, and wakes up when it is over', (_what, situation) => {
    const decision = decideIn({ ...held, ...situation })
    expect([decision.step, decision.lookAgainAt]).toEqual([undefined, until])
  })
})

describe('a FailoverIP that has a problem', () => {
  const problem = { reason: 'SecretNotFound' as const, message: 'There is no Secret.' }
  const addresses = [recorded(v4, 'a')]
  const decideOf = (change: Parameters<typeof failoverIP>[0]) =>
    decideProblem(failoverIP(change), problem, contextOf({}))

  test('keeps its record and says what it is', () => {
    const { status, step } = decideOf({ status: { addresses } })
    expect(step).toBeUndefined()
    expect(status).toMatchObject({
      addresses,
      conditions: [{ type: 'Ready', status: 'False', reason: 'SecretNotFound' }, {}],
    })
    expect(decideOf({ status }).status).toEqual(status)
  })

  test.each([
    ['AddressInUse', {}, false],
    ['SharesRoutedUnit', {}, false],
    ['SecretNotFound', {}, true],
    ['AddressInUse', { dryRun: true }, true],
    ['AddressInUse', { paused: true }, true],
  ] as const)('is carried on unless the address is another one’s: %s %j', (reason, facts, isCarried) => {
    const { dryRun = false, paused = false }: { readonly dryRun?: boolean; readonly paused?: boolean } = facts
    const nodePlan: AddressStatus['nodePlan'] = {
      carriedBy: 'Holder',
      prefixLength: 32,
      device: { rule: 'defaultRoute', family: 'ipv4' },
      scope: 'global',
      announce: 'none',
    }
    const stored = [recorded(v4, 'a', { nodePlan })]
    const change = { policy: { ...policy, paused }, status: { addresses: stored } }
    const { status } = decideProblem(failoverIP(change), { reason, message: 'No.' }, contextOf({ dryRun }))
    expect(status.addresses).toEqual(isCarried ? stored : addresses)
  })

  test('goes with its Secret when nothing is to be released [A60]', () => {
    expect(decideOf({ deleting: true, status: { addresses } }).step).toMatchObject({ outcome: 'Retained' })
    expect(decideOf({ ...releasing, status: {} }).step).toMatchObject({ outcome: 'Retained' })
    expect(decideOf({ ...releasing, status: { addresses } }).step).toBeUndefined()
    expect(decideOf({ ...releasing, abandoned: true, status: { addresses } }).step).toMatchObject({
      outcome: 'Abandoned',
    })
  })
})
