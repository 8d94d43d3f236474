import { parseFailoverIP, type ParsedFailoverIP } from '@failover-ip/kubernetes'
import { expect, test } from 'vitest'
import { checkReady } from './ready-check.ts'

function told(status: 'True' | 'False', reason: string): ParsedFailoverIP {
  const ready = { type: 'Ready', status, reason, message: 'On n1.', lastTransitionTime: '2026-01-01T00:00:00Z' }
  const metadata = { name: 'web', namespace: 'ingress', uid: 'web', resourceVersion: '1', generation: 1 }
  const spec = { addresses: ['192.0.2.1'] }
  const parsed = parseFailoverIP({ metadata, spec, status: { conditions: [ready] } })
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return parsed.value
}

test.each([
  ['True', 'Serving', 'ok'],
  ['True', 'Paused', 'warn'],
  ['True', 'DryRun', 'warn'],
  ['True', 'SeveralDefaultClasses', 'warn'],
  ['False', 'Moving', 'warn'],
  ['False', 'CredentialsRefused', 'FAIL'],
] as const)('Ready=%s %s: %s', (status, reason, verdict) => {
  expect(checkReady(told(status, reason))).toEqual({ subject: 'ready', verdict, message: `${reason}: On n1.` })
})
