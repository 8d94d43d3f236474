import { expect, test } from 'vitest'
import { fitLines } from './fit-lines.ts'

const lines = [['address'], [], ['nodes'], [], ['keys']]

test.each([
  [5, lines],
  [4, [['address'], [], ['nodes'], ['keys']]],
  [3, [['address'], ['nodes'], ['keys']]],
  [2, [['address'], ['nodes']]],
])('on %i rows the keys stay before blank lines do', (rows, expected) =>
  expect(fitLines(lines, rows)).toEqual(expected),
)
