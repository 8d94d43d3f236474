import { ApiError } from '@failover-ip/kubernetes'
import { beforeEach, expect, test } from 'vitest'
import { logTrouble } from './log-trouble.ts'
import { createLogger } from './logger.ts'

let lines: string[]
let now: number
let tell: (error: unknown) => void
beforeEach(() => {
  lines = []
  now = 0
  const clock = { now: () => 0, monotonic: () => now, sleep: () => Promise.resolve() }
  const write = (line: string): void => void lines.push(line.slice('1970-01-01T00:00:00.000Z '.length).trim())
  tell = logTrouble(createLogger({ clock, level: 'info', format: 'text', write, redact: (text) => text }), clock)
})

test('says what fails again and again once in ten minutes', () => {
  for (now = 0; now < 600_000; now += 1000) tell(new Error('the same'))
  tell(new Error('another'))
  expect(lines).toEqual([
    'ERROR Something failed and was survived. error="the same"',
    'ERROR Something failed and was survived. error="another"',
  ])
  tell(new Error('the same'))
  expect(lines).toHaveLength(3)
})

test('says once that a right is missing, however many objects it is missed for', () => {
  const forbidden = (name: string): ApiError =>
    new ApiError(`failoverips "${name}" is forbidden`, {
      code: 403,
      reason: 'Forbidden',
      details: { name, kind: 'failoverips', causes: [] },
    })
  for (let index = 0; index < 1000; index++) tell(forbidden(`web-${index}`))
  expect(lines).toEqual([
    'ERROR A right is missing in Kubernetes; trying on. error="failoverips \\"web-0\\" is forbidden"',
  ])
})

test('remembers a bounded number of sentences', () => {
  for (let index = 0; index < 300; index++) tell(new Error(`number ${index}`))
  tell(new Error('number 299'))
  expect(lines).toHaveLength(300)
  tell(new Error('number 0'))
  expect(lines).toHaveLength(301)
})
