import type { ReflectorProblem } from '@failover-ip/kubernetes'
import { beforeEach, expect, test } from 'vitest'
import { logClusterProblems, type ClusterProblemLog } from './log-cluster-problems.ts'
import { createLogger } from './logger.ts'

let lines: string[]
let now: number
let log: ClusterProblemLog
beforeEach(() => {
  lines = []
  now = 0
  const clock = { now: () => 0, monotonic: () => now, sleep: () => Promise.resolve() }
  const write = (line: string): void => void lines.push(line.slice('1970-01-01T00:00:00.000Z '.length).trim())
  log = logClusterProblems(createLogger({ clock, level: 'info', format: 'text', write, redact: (text) => text }), clock)
})

const away = (what: string): ReflectorProblem => ({
  code: 'Unavailable',
  what,
  message: `no ${what}`,
  cause: new Error('ECONNREFUSED'),
})

test('tells one outage once, why, and once that it is over', () => {
  const [nodes, leases] = [away('nodes'), away('leases')]
  log.onProblem(nodes)
  now = 80_000
  log.onProblem(leases)
  now = 90_460
  log.onRecovered(leases)
  log.onRecovered(nodes)
  expect(lines).toEqual([
    'WARN  no nodes code="Unavailable" error="ECONNREFUSED"',
    'INFO  The API server answers again. seconds=90.5',
  ])
  log.onProblem(away('nodes'))
  expect(lines).toHaveLength(3)
})

test('tells of each collection that is refused, and that it is followed again', () => {
  const refused: ReflectorProblem = { code: 'Forbidden', what: 'nodes', message: 'Not allowed.' }
  log.onProblem(refused)
  log.onRecovered(refused)
  expect(lines).toEqual(['WARN  Not allowed. code="Forbidden"', 'INFO  Followed again. collection="nodes"'])
})

test('does not repeat what cannot be read for ten minutes', () => {
  const malformed: ReflectorProblem = { code: 'Malformed', what: 'nodes', message: 'Node a cannot be read.' }
  for (now = 0; now < 600_000; now += 1000) log.onProblem(malformed)
  expect(lines).toHaveLength(1)
  log.onProblem(malformed)
  expect(lines).toHaveLength(2)
})
