import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact, redactError } from './redact.ts'

describe('redact', () => {
  it('replaces a secret in each form in which it may be sent', () => {
    const secret = 'p@ss word/1'
    const text = `${secret} ${encodeURIComponent(secret)} ${btoa(secret)}`
    expect(redact(text, [secret])).toBe('[redacted] [redacted] [redacted]')
  })

  it('leaves no secret in any text', () => {
    const secret = fc.string({ minLength: 6 }).filter((text) => !'[redacted]'.includes(text) && text.trim() !== '')
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (key, before, after) => {
        expect(redact(`${before}${key}${after}`, [key])).not.toContain(key)
      }),
      { examples: [['secret', 'a', 'b']] },
    )
  })

  it('takes the longer of two secrets first', () => {
    expect(redact('abcdefgh', ['abcd', 'abcdefgh'])).toBe('[redacted]')
  })

  it('keeps text readable when a secret is empty or very short', () => {
    expect(redact('a plain text', ['', 'a'])).toBe('a plain text')
  })
})

describe('redactError', () => {
  it('copies message, name, code, stack and causes, and nothing else', () => {
    const inner = Object.assign(new RangeError('key s3cret'), { code: 'E_KEY', request: { token: 's3cret' } })
    const copy = redactError(new Error('outer s3cret', { cause: inner }), ['s3cret'])
    expect(copy.message).toBe('outer [redacted]')
    expect(copy.cause).toMatchObject({ name: 'RangeError', message: 'key [redacted]', code: 'E_KEY' })
    expect(copy.cause).not.toHaveProperty('request')
    expect(`${copy.stack}${(copy.cause as Error).stack}`).not.toContain('s3cret')
  })

  it('ends on a chain of causes without end', () => {
    const error = new Error('round')
    error.cause = error
    expect(redactError(error, []).message).toBe('round')
  })
})
