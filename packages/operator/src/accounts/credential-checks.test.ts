import type { ProviderCall } from '@failover-ip/core'
import { ProviderError } from '@failover-ip/provider'
import { beforeEach, expect, test } from 'vitest'
import { createCredentialChecks, type CredentialChecks } from './credential-checks.ts'

let checks: CredentialChecks
beforeEach(() => {
  checks = createCredentialChecks()
})
const call = (operation: ProviderCall['operation'], outcome: string, message?: string): ProviderCall => ({
  account: 'cloud',
  operation,
  outcome,
  seconds: 0,
  ...(message === undefined ? {} : { error: new ProviderError('Denied', message, { outcome: 'not-applied' }) }),
})
const finding = () => checks.finding('cloud', 'The Secret system/cloud')

test.each<ProviderCall>([
  call('observe', 'Transient'),
  call('resolve', 'Transient'),
  call('observe', 'cancelled'),
  // Also a provider that is away knows the state of no server.
  call('serverStates', 'ok'),
])('$operation that ends as $outcome says nothing of the credentials', (one) => {
  checks.note(one)
  expect(finding()).toMatchObject({ status: 'Unknown', reason: 'NotChecked' })
  expect(checks.wereAccepted('cloud')).toBe(false)
})

test('an answer shows that they are valid, whatever fails later', () => {
  expect(checks.note(call('observe', 'ok'))).toBe(true)
  expect(checks.note(call('observe', 'Transient'))).toBe(false)
  expect(finding()).toMatchObject({ status: 'True', reason: 'Valid' })
  expect(checks.wereAccepted('cloud')).toBe(true)
})

test('a refusal is told with what was refused, whose credentials they are, and what the provider advises', () => {
  checks.note(call('resolve', 'ok'))
  expect(checks.note(call('observe', 'Denied', 'No such key. Put a valid one into the Secret.'))).toBe(true)
  expect(finding()).toEqual({
    status: 'False',
    reason: 'CredentialsRefused',
    message: 'The Secret system/cloud is refused for reading addresses: No such key. Put a valid one into the Secret.',
  })
})

test('a refusal again in other words changes nothing, and one that is over is not told any more', () => {
  checks.note(call('assign', 'Denied', 'Not to 51.15.129.1.'))
  expect(checks.note(call('assign', 'Denied', 'Not to 51.15.129.2.'))).toBe(false)
  checks.note(call('observe', 'Denied', 'Not at all.'))
  expect(finding().message).toBe(
    'The Secret system/cloud is refused for assigning an address, reading addresses: Not to 51.15.129.1.',
  )
  checks.note(call('assign', 'ok'))
  expect(finding().message).toBe('The Secret system/cloud is refused for reading addresses: Not at all.')
  checks.note(call('observe', 'ok'))
  expect(finding()).toMatchObject({ status: 'True' })
})

test('new credentials have not been tried', () => {
  checks.note(call('observe', 'ok'))
  checks.forget('cloud')
  expect(finding()).toMatchObject({ status: 'Unknown', reason: 'NotChecked' })
})
