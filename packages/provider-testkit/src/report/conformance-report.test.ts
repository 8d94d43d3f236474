import { expect, it } from 'vitest'
import { conformanceReport } from './conformance-report.ts'

it('counts by part and run, and says what has failed', () => {
  const plain = 'acme keeps the provider contract'
  const other = `${plain}, with release`
  expect(
    conformanceReport([
      { path: [plain, 'observe', 'a'], state: 'passed' },
      { path: [plain, 'observe', 'b'], state: 'failed' },
      { path: [other, 'observe', 'a'], state: 'passed' },
      { path: [other, 'release', 'a'], state: 'passed' },
      { path: [other, 'release', 'b'], state: 'skipped' },
      { path: ['something else', 'a'], state: 'failed' },
    ]),
  ).toBe(
    [
      '| acme | as it is | with release |',
      '|---|--:|--:|',
      '| observe | **1 of 2 failed** | 1 |',
      '| release |  | 1 |',
      '| all | **1 of 2 failed** | 2 |',
      '',
    ].join('\n'),
  )
})
