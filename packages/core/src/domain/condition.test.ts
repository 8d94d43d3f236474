import { expect, test } from 'vitest'
import { mergeConditions, type ConditionDraft } from './condition.ts'

const draft: ConditionDraft = { type: 'Ready', status: 'True', reason: 'Serving', message: 'On a.' }

test('dates a condition by its status alone', () => {
  const first = mergeConditions([], [draft], { generation: 1, now: 1_767_225_600_999 })
  expect(first).toEqual([{ ...draft, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' }])
  const reworded = mergeConditions(first, [{ ...draft, reason: 'Paused' }], { generation: 2, now: 1_767_225_700_000 })
  expect(reworded).toMatchObject([
    { reason: 'Paused', observedGeneration: 2, lastTransitionTime: '2026-01-01T00:00:00Z' },
  ])
  const changed = mergeConditions(first, [{ ...draft, status: 'False' }], { generation: 1, now: 1_767_225_700_000 })
  expect(changed).toMatchObject([{ lastTransitionTime: '2026-01-01T00:01:40Z' }])
})

test('keeps messages within what the API server takes', () => {
  const [long] = mergeConditions([], [{ ...draft, message: 'x'.repeat(40_000) }], { generation: 1, now: 0 })
  expect(long?.message).toHaveLength(32_768)
})
