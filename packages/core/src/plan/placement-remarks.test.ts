import { expect, test } from 'vitest'
import type { NodeState } from '../domain/node.ts'
import { placementRemarks } from './placement-remarks.ts'

const node = (name: string, labels: Readonly<Record<string, string>>): NodeState => ({
  facts: { name, addresses: [], labels, annotations: {} },
  uid: name,
  unschedulable: false,
  taints: [],
  networkUnavailable: false,
  deleting: false,
})
const differ = 'The members of the spread group web state different limits; the smallest ones count.'
const remarkOn = placementRemarks(
  [
    { code: 'SpreadLimitsDiffer', subject: 'web', message: differ },
    { code: 'DuplicateName', subject: 'mail', message: 'mail is there more than once.' },
  ],
  [node('a', { disk: 'ssd', rack: 'old' }), node('b', { rack: 'new' })],
)
const liking = (nodeSelector: Readonly<Record<string, string>>) => ({ nodePreferences: [{ weight: 1, nodeSelector }] })

test('says that no node has all the labels of a preference', () => {
  expect(remarkOn(liking({ disk: 'ssd' }))).toBeUndefined()
  expect(remarkOn(liking({ disk: 'ssd', rack: 'new' }))).toBe('It prefers disk=ssd and rack=new, which no node has.')
  expect(remarkOn(liking({ constructor: 'ssd' }))).toBe('It prefers constructor=ssd, which no node has.')
})

test('says that the members of its spread group differ', () => {
  expect(remarkOn({ nodePreferences: [], spread: { group: 'web', maxPerNode: 1 } })).toBe(differ)
  expect(remarkOn({ nodePreferences: [], spread: { group: 'mail', maxPerNode: 1 } })).toBeUndefined()
  expect(remarkOn({ ...liking({ disk: 'no' }), spread: { group: 'web', maxPerNode: 1 } })).toBe(
    `${differ} It prefers disk=no, which no node has.`,
  )
})
