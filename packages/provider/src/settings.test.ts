import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseSettings } from './settings.ts'
import type { StandardSchema } from './standard-schema.ts'

const schema = z.object({
  apiUrl: z.url().default('https://api.acme.test'),
  zones: z.array(z.string()).optional(),
  SECRET_KEY: z.string('is missing').min(8, 'is too short'),
})

describe('parseSettings', () => {
  it('gives the value with its defaults', async () => {
    expect(await parseSettings(schema, { SECRET_KEY: 'abcdefgh' })).toEqual({
      ok: true,
      value: { apiUrl: 'https://api.acme.test', SECRET_KEY: 'abcdefgh' },
    })
  })

  it.each([
    ['apiurl', 'did you mean "apiUrl"?'],
    ['zone', 'did you mean "zones"?'],
    ['SECRET_KEI', 'did you mean "SECRET_KEY"?'],
    ['colour', 'known are "apiUrl", "zones", "SECRET_KEY"'],
  ])('names the nearest known key for %s', async (key, hint) => {
    const result = await parseSettings(schema, { SECRET_KEY: 'abcdefgh', [key]: 'x' })
    expect(result).toEqual({ ok: false, problems: [expect.stringContaining(`"${key}" is not known`)] })
    expect(JSON.stringify(result)).toContain(hint.replaceAll('"', String.raw`\"`))
  })

  it('names each key that is wrong, and repeats no value', async () => {
    const result = await parseSettings(schema, { SECRET_KEY: 'hunter2', zones: ['a', 7] })
    expect(result).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^"zones\[1\]": /), '"SECRET_KEY" is too short'],
    })
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })

  it('takes any Standard Schema, one that answers later and says nothing of its keys too', async () => {
    const byHand: StandardSchema<unknown, string> = {
      '~standard': {
        version: 1,
        vendor: 'hand',
        validate: (value) =>
          Promise.resolve(
            Object.keys(value as object).length > 0
              ? { value: 'fine' }
              : { issues: [{ message: 'must not be empty' }, { message: 'no', path: ['a', { key: 'b' }] }] },
          ),
      },
    }
    expect(await parseSettings(byHand, { anything: 1 })).toEqual({ ok: true, value: 'fine' })
    expect(await parseSettings(byHand, {})).toEqual({ ok: false, problems: ['must not be empty', '"a.b" no'] })
  })
})
