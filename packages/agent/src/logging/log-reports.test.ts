import { createLogger } from '@failover-ip/process'
import { expect, test } from 'vitest'
import type { AddressReport } from '../plane/address-plane.ts'
import { logReports } from './log-reports.ts'

const nothing: AddressReport = {
  wanted: { carry: [], leave: [] },
  carried: [],
  problems: [],
  changes: [],
  interfaces: [],
}

test('says each change, and each problem when it comes and when it is over', () => {
  const lines: string[] = []
  const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() }
  const log = logReports(
    createLogger({ clock, level: 'info', format: 'text', write: (line) => lines.push(line), redact: (text) => text }),
  )
  const address = { device: 'eth0', address: '203.0.113.5', prefixLength: 32 }
  const problem = { address: '203.0.113.6', code: 'DeviceNotFound', message: 'No interface.' } as const
  log({
    ...nothing,
    changes: [
      { kind: 'removeAddress', address },
      { kind: 'setTranslations', translations: [] },
    ],
  })
  log({ ...nothing, problems: [problem] })
  log({ ...nothing, problems: [{ ...problem, message: 'No interface, still.' }] })
  log(nothing)
  log(nothing)
  expect(lines.map((line) => line.slice(25).trimEnd())).toEqual([
    'INFO  Changed. change="ip address delete 203.0.113.5/32 dev eth0"',
    'INFO  Changed. change="nft table: removed"',
    'WARN  No interface. address="203.0.113.6" code="DeviceNotFound"',
    'INFO  A problem is over. address="203.0.113.6" code="DeviceNotFound"',
  ])
})
