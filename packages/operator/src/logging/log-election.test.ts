import type { LeaderElectionEvent } from '@failover-ip/kubernetes'
import { expect, test } from 'vitest'
import { createLogger } from '@failover-ip/process'
import { logElection } from './log-election.ts'

test.each<[LeaderElectionEvent, string]>([
  [{ type: 'leading', transitions: 3 }, 'INFO  Leading. transitions=3'],
  [{ type: 'lost', reason: 'it is held by other' }, 'WARN  Leadership was lost. reason="it is held by other"'],
  [{ type: 'holder', holder: 'other' }, 'INFO  The Lease has another holder now. holder="other"'],
  [{ type: 'holder', holder: undefined }, 'INFO  Nobody holds the Lease now.'],
])('%j is one line', (event, line) => {
  const lines: string[] = []
  const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() }
  const write = (text: string): void => void lines.push(text.slice('1970-01-01T00:00:00.000Z '.length).trim())
  logElection(createLogger({ clock, level: 'info', format: 'text', write, redact: (text) => text }), event)
  expect(lines).toEqual([line])
})
