import { expect, test } from 'vitest'
import { errorText } from './error-text.ts'
import { createLogger, type Logger, type LogFormat } from './logger.ts'
import { createRedaction } from './redaction.ts'

const clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() }

function loggerTo(lines: string[], format: LogFormat, redact = (text: string) => text): Logger {
  return createLogger({ clock, level: 'info', format, write: (line) => lines.push(line), redact })
}

test('writes one JSON object a line, from its level up', () => {
  const lines: string[] = []
  const logger = loggerTo(lines, 'json')
  logger.debug('not this')
  logger.warn('two\nlines', { key: 'ingress/web', absent: undefined })
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"two\\nlines","key":"ingress/web"}\n',
  ])
})

test('writes text that stays on one line', () => {
  const lines: string[] = []
  loggerTo(lines, 'text').info('two\nlines', { key: 'a b', count: 2 })
  expect(lines).toEqual(['1970-01-01T00:00:00.000Z INFO  two lines key="a b" count=2\n'])
})

test('takes the values of Secrets out of every line, until they are forgotten', () => {
  const lines: string[] = []
  const redaction = createRedaction()
  const logger = loggerTo(lines, 'json', redaction.redact)
  redaction.set('scaleway', ['pass"word-1\n', 'short'])
  logger.info('it is pass"word-1, in short')
  redaction.set('scaleway', [])
  logger.info('it is pass"word-1')
  expect(lines[0]).toContain('it is [redacted], in short')
  expect(lines[1]).toContain('pass')
})

test('keeps rotated values out as well, and of many rotations the last ones', () => {
  const redaction = createRedaction()
  for (const value of ['secret-1', 'secret-2', 'secret-2']) redaction.set('scaleway', [value])
  expect(redaction.redact('secret-1 secret-2')).toBe('[redacted] [redacted]')
  for (let index = 3; index < 10; index++) redaction.set('scaleway', [`secret-${index}`])
  expect(redaction.redact('secret-1 secret-8')).toBe('secret-1 [redacted]')
})

test('tells an error with its causes and without repeating them', () => {
  const error = new Error('outer: inner', { cause: new Error('inner', { cause: new Error('root') }) })
  expect(errorText(error)).toBe('outer: inner: root')
  expect(errorText(new Error('No answer.', { cause: new Error('Refused.') }))).toBe('No answer: Refused.')
  expect(errorText('text')).toBe('something that is no error (string)')
})
