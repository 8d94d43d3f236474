import type { ProviderCall } from '@failover-ip/core'
import { parseFailoverIPClass } from '@failover-ip/kubernetes'
import { defineProvider, type Provider, type Routing } from '@failover-ip/provider'
import { systemClock } from '@failover-ip/runtime'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { SecretState } from '../caches/secret-watches.ts'
import type { ServedClass } from '../inputs/served-class.ts'
import { createAccountBook, type AccountBook } from './account-book.ts'

const secretKey = '90000000-0000-4000-8000-000000000001'
const secret: SecretState = { kind: 'present', data: { token: secretKey } }
const never = (): Promise<never> => Promise.reject(new Error('never asked'))
const routing: Routing = {
  observe: never,
  resolve: never,
  assign: never,
  poll: never,
  release: never,
  nodePlan: () => {
    throw new Error('never asked')
  },
}
let trouble: unknown[]
let failing: boolean
/** By token: whom the cloud takes it for, once it was asked. */
let known: Readonly<Record<string, string>>
const acme: Provider<{ zone: string }, { token: string }> = defineProvider({
  specificationVersion: 'v1',
  name: 'acme',
  providerIDPrefix: 'acme://',
  parameters: z.object({ zone: z.string().default('one') }),
  credentials: z.object({ token: z.string('is missing') }),
  capabilities: {
    unitPrefixLength: { ipv4: 32 },
    locationRule: null,
    slotsPerServer: null,
    move: 'direct',
    release: false,
    asynchronous: false,
    eventualReadSeconds: 0,
    coolDownSeconds: 0,
    accountWindows: [],
    node: 'none',
    announce: false,
    ipMode: 'VIP',
  },
  create: ({ credentials }) => {
    if (failing) throw new Error(`cannot work with ${credentials.token}`)
    return { ...routing, accountID: () => known[credentials.token] }
  },
})
let book: AccountBook
beforeEach(() => {
  trouble = []
  failing = false
  known = {}
  book = createAccountBook({
    provider: acme,
    namespace: 'system',
    open: { fetch: () => Promise.reject(new Error('no network')), clock: systemClock(), userAgent: 'test' },
    onSecret: () => undefined,
    saveSecret: () => Promise.resolve(),
    onTrouble: (error) => trouble.push(error),
  })
})

function classOf(name: string, parameters: object = {}, secretName = 'own', status: object = {}): ServedClass {
  const spec = { controllerName: 'failover-ip.dev/acme', credentialsSecretRef: { name: secretName }, parameters }
  const parsed = parseFailoverIPClass({ metadata: { name, uid: name, resourceVersion: '1' }, spec, status })
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return { name, uid: name, value: parsed.value, broken: undefined }
}

const call = (account: string, outcome: ProviderCall['outcome']): ProviderCall => ({
  account,
  operation: 'observe',
  outcome,
  seconds: 0,
})

test('a provider that throws is a problem of that class alone, and its message is in no condition', async () => {
  failing = true
  await book.refresh([classOf('bad')], () => secret)
  failing = false
  await book.refresh([classOf('good', { zone: 'a' })], () => secret)
  failing = true
  const classes = [classOf('bad'), classOf('good', { zone: 'a' })]
  await book.refresh(classes, () => secret)
  expect(book.classAccount('bad')).toMatchObject({ key: undefined, accepted: { reason: 'InvalidParameters' } })
  expect(JSON.stringify(book.classAccount('bad'))).not.toContain(secretKey)
  expect(book.classAccount('good')?.accepted.reason).toBe('Accepted')
  expect(book.accounts(classes).map(({ key }) => key)).toEqual([book.classAccount('good')?.key])
  expect(trouble).toHaveLength(2)
})

test('what was refused once is not held against the account when it comes again', async () => {
  const classes = [classOf('one')]
  await book.refresh(classes, () => secret)
  const key = book.classAccount('one')?.key ?? ''
  book.noteCall(call(key, 'Denied'))
  expect(book.classAccount('one')?.credentialsValid.reason).toBe('CredentialsRefused')
  await book.refresh([], () => secret)
  await book.refresh(classes, () => secret)
  expect(book.classAccount('one')).toMatchObject({ key, credentialsValid: { reason: 'NotChecked' } })
})

test('the last good account is kept when the Secret goes, and a new one is opened when it comes with other keys', async () => {
  const classes = [classOf('one')]
  await book.refresh(classes, () => secret)
  const [before] = book.accounts(classes)
  book.noteCall(call(before?.key ?? '', 'ok'))
  await book.refresh(classes, () => ({ kind: 'absent' }))
  expect(book.accounts(classes)).toEqual([before])
  expect(book.classAccount('one')?.accepted).toEqual({
    status: 'False',
    reason: 'SecretNotFound',
    message:
      'There is no Secret system/own: create it with the credentials for acme. The last good account keeps working.',
  })
  const rotated = { token: '90000000-0000-4000-8000-000000000002' }
  await book.refresh(classes, () => ({ kind: 'present', data: rotated }))
  const [after] = book.accounts(classes)
  expect(after?.key).toBe(before?.key)
  expect(after?.routing).not.toBe(before?.routing)
})

test('an account that never worked is not called good when its Secret goes', async () => {
  const classes = [classOf('one')]
  await book.refresh(classes, () => secret)
  book.noteCall(call(book.classAccount('one')?.key ?? '', 'Denied'))
  await book.refresh(classes, () => ({ kind: 'absent' }))
  expect(book.classAccount('one')?.accepted.message).toBe(
    'There is no Secret system/own: create it with the credentials for acme.',
  )
})

test('what is wrong with a Secret is one sentence that names it, and each key', async () => {
  await book.refresh([classOf('one')], () => ({ kind: 'present', data: { tokn: secretKey } }))
  expect(book.classAccount('one')?.credentialsValid.message).toBe(
    'The Secret system/own cannot be used: "tokn" is not known (did you mean "token"?); "token" is missing.',
  )
})

test('classes that say the same in other words share an account, and equal credentials share what was sent', async () => {
  const at = (second: number) => ({
    recentOperations: [{ unit: '192.0.2.1/32', at: `2026-11-21T00:00:0${second}.000Z` }],
  })
  const served = [
    classOf('plain', {}, 'own', at(2)),
    classOf('spelled', { zone: 'one' }, 'own', at(1)),
    classOf('copied', {}, 'copy', at(3)),
  ]
  await book.refresh(served, () => secret)
  const [first, second, ...more] = book.accounts(served)
  expect([first?.key === second?.key, more]).toEqual([false, []])
  for (const { recentOperations } of [first, second].flatMap((one) => one ?? [])) {
    expect(recentOperations.map((change) => change.at.slice(-6, -5))).toEqual(['1', '2', '3'])
  }
})

test('different credentials share what was sent once the cloud takes them for one account', async () => {
  const at = (second: number) => ({
    recentOperations: [{ unit: '192.0.2.1/32', at: `2026-11-21T00:00:0${second}.000Z` }],
  })
  const served = [classOf('one', {}, 'one', at(1)), classOf('two', {}, 'two', at(2)), classOf('three', {}, 'three')]
  await book.refresh(served, (name) => ({ kind: 'present', data: { token: `token-${name}` } }))
  const sentBy = () => book.accounts(served).map(({ recentOperations }) => recentOperations.length)
  expect(sentBy()).toEqual([1, 1, 0])
  known = { 'token-one': 'user 1', 'token-two': 'user 1', 'token-three': 'user 3' }
  expect(sentBy()).toEqual([2, 2, 0])
  const owners = book.accounts(served).map(({ owner }) => owner)
  expect(owners).toEqual(['user 1', 'user 1', 'user 3'])
})
