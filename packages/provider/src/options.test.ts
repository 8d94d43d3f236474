import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigurationError } from './configuration-error.ts'
import { parseOptions } from './options.ts'

const schema = z.strictObject({
  name: z.string(),
  interval: z.int().min(50, 'must be at least 50').default(200),
  mode: z.enum(['fast', 'safe']).optional(),
  nodes: z.array(z.strictObject({ probe: z.string(), labels: z.record(z.string(), z.string()).optional() })).optional(),
  onNews: z.custom((value) => typeof value === 'function', 'must be a function').optional(),
})

function problemsOf(value: unknown): readonly string[] {
  try {
    parseOptions(schema, value, 'createThing')
    return []
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    expect(error.code).toBe('InvalidConfiguration')
    expect(error.message).toBe(`createThing cannot work with what it was given: ${error.problems.join('; ')}.`)
    return error.problems
  }
}

test('gives the value with its defaults', () => {
  expect(parseOptions(schema, { name: 'a' }, 'createThing')).toEqual({ name: 'a', interval: 200 })
})

describe('says with the path', () => {
  test.each<[string, unknown, string]>([
    ['what is missing', {}, '"name" is missing'],
    ['what is missing deep inside', { name: 'a', nodes: [{}] }, '"nodes[0].probe" is missing'],
    ['that nothing was given', undefined, 'it is missing'],
    ['that something else was given', 'text', 'it must be an object'],
    ['a key that is nearly right', { name: 'a', nodez: [] }, '"nodez" is not known (did you mean "nodes"?)'],
    [
      'such a key deep inside',
      { name: 'a', nodes: [{ probe: '', prob: '' }] },
      '"nodes[0]": "prob" is not known (did you mean "probe"?)',
    ],
    [
      'a key that nobody knows',
      { name: 'a', colour: 1 },
      '"colour" is not known; known are "name", "interval", "mode", "nodes", "onNews"',
    ],
    ['the wrong type', { name: 7 }, '"name" must be a string'],
    ['half a number', { name: 'a', interval: 0.5 }, '"interval" must be a whole number'],
    ['a duration as text', { name: 'a', interval: '200ms' }, '"interval" must be a number'],
    ["the schema's own words", { name: 'a', interval: -1 }, '"interval" must be at least 50'],
    ['a word that is not one of the known', { name: 'a', mode: 'slow' }, '"mode" must be one of "fast", "safe"'],
    ['no list', { name: 'a', nodes: {} }, '"nodes" must be a list'],
    ['no function', { name: 'a', onNews: 1 }, '"onNews" must be a function'],
  ])('%s', (_, value, problem) => {
    expect(problemsOf(value)).toEqual([problem])
  })

  test('all that is wrong at once', () => {
    expect(problemsOf({ interval: 0, mod: 'fast' })).toHaveLength(3)
  })
})
