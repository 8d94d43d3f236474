import { expect, test } from 'vitest'
import { createEventBuffer } from './event-buffer.ts'

test('gives values in order, and wakes a taker that waits', async () => {
  const buffer = createEventBuffer<string>(3)
  const waiting = buffer.take()
  buffer.push('a')
  buffer.push('b')
  expect(await waiting).toEqual({ value: 'a' })
  expect(await buffer.take()).toEqual({ value: 'b' })
})

test('drops the oldest and says how many', async () => {
  const buffer = createEventBuffer<number>(2)
  for (const value of [1, 2, 3, 4, 5]) buffer.push(value)
  expect([await buffer.take(), await buffer.take(), await buffer.take()]).toEqual([
    { dropped: 3 },
    { value: 4 },
    { value: 5 },
  ])
})

test('ends after what is left, and takes nothing more', async () => {
  const buffer = createEventBuffer<string>(3)
  buffer.push('a')
  buffer.end()
  buffer.push('late')
  expect([await buffer.take(), await buffer.take()]).toEqual([{ value: 'a' }, undefined])
})

test('rejects with the error of its end after what is left', async () => {
  const buffer = createEventBuffer<string>(3)
  buffer.push('a')
  const error = new Error('broken')
  buffer.end(error)
  buffer.end()
  expect(await buffer.take()).toEqual({ value: 'a' })
  await expect(buffer.take()).rejects.toBe(error)
})
