// oxlint-disable-next-line no-restricted-imports -- a page is compared with what the program says
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { DecidingLevel } from '../placement/placement-result.ts'
import { placedMessage } from './placed-message.ts'

const after = (message: string, observedGeneration: number, status: 'True' | 'False' = 'True') => ({
  generation: 2,
  status: {
    conditions: [
      {
        type: 'Placed',
        status,
        reason: 'Placed',
        message,
        observedGeneration,
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ],
  },
})
const liked = 'Belongs on a: the best liked.'
const there = 'Belongs on a: it is there already, and the node is fit.'

test.each([
  ['at first', { generation: 1, status: {} }, there],
  ['keeps what brought it there', after(liked, 2), liked],
  ['not after its spec has changed', after(liked, 1), there],
  ['not of another node', after('Belongs on a.b: the best liked.', 2), there],
  ['not of a time without a node', after(liked, 2, 'False'), there],
  ['nor what another version said', after('Belongs on a.', 2), there],
])('%s', (_, failoverIP, message) => {
  expect(placedMessage(failoverIP, 'a', 'sticky')).toBe(message)
})

test('a remark comes and goes by itself', () => {
  const remark = 'The members of the spread group g state different limits; the smallest ones count.'
  expect(placedMessage(after(liked, 2), 'a', 'sticky', remark)).toBe(`${liked} ${remark}`)
  expect(placedMessage(after(`${liked} ${remark}`, 2), 'a', 'sticky')).toBe(liked)
})

const levels = Object.keys({
  only: true,
  sticky: true,
  health: true,
  preference: true,
  home: true,
  load: true,
  hash: true,
  none: true,
} satisfies Record<DecidingLevel, true>) as readonly DecidingLevel[]

test('the page on placement has the sentence of every level', async () => {
  const page = await readFile(new URL('../../../../docs/placement.md', import.meta.url), 'utf8')
  const [, table = ''] = page.split('| level |')
  const rows = [
    ...table
      .split('\n\n', 1)
      .join('')
      .matchAll(/^\| `(\w+)` \| (.+?) \|/gmu),
  ]
  const sentences = rows.map(([, level, says]) => [level, `Belongs on a: ${says}.`])
  const said = levels.map((level) => [level, placedMessage({ generation: 1, status: {} }, 'a', level)])
  expect(sentences).toEqual(said)
})
