import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { reasons } from '../packages/core/src/domain/reasons.ts'

const page = readFileSync(new URL('../docs/troubleshooting.md', import.meta.url), 'utf8')
const listed = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name))

test('says of every reason what to do', () => {
  expect(Object.keys(reasons).filter((reason) => !listed.includes(reason))).toEqual([])
})

test('lists nothing twice', () => {
  const repeated = listed.filter((name, index) => listed.indexOf(name) !== index)
  // A reason of a condition and a cause of a move bear this one name.
  expect(repeated).toEqual(['Preempted'])
})
