import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sameJson } from './same-json.ts'

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    [...Object.entries(value).map(([key, each]) => [key, reversed(each)]), ['absent', undefined]].toReversed(),
  )
}

test('does not see the order of keys, nor what is undefined', () => {
  const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'))
  fc.assert(fc.property(json, (value) => sameJson(value, reversed(value))))
})

test('sees every difference', () => {
  const distinct: readonly unknown[] = [
    null,
    0,
    '',
    '0',
    false,
    [],
    {},
    [0],
    [[]],
    { a: 1 },
    { a: 2 },
    { b: 1 },
    { a: 1, b: 1 },
    [1, 2],
    [2, 1],
  ]
  for (const one of distinct) for (const other of distinct) expect(sameJson(one, other)).toBe(one === other)
})
