import { expect, test } from 'vitest'
import { createPublicationBook } from './publication-book.ts'

const createTime = () => {
  let now = 0
  return { monotonic: () => now, advance: (milliseconds: number) => (now += milliseconds) }
}
const ours = [{ ip: '192.0.2.1', ipMode: 'VIP' }]
const shown = (resourceVersion: string) => ({ resourceVersion, writer: 'metallb' })
const at = (resourceVersion: string) => ({ uid: 'uid', resourceVersion })

test('a write that the cache does not show yet is waited for, and said of nothing', () => {
  const clock = createTime()
  const book = createPublicationBook(clock)
  expect(book.holdOf('a/b', ours, shown('7'))).toBeUndefined()
  book.wrote('a/b', ours, at('9'))
  expect(book.holdOf('a/b', ours, shown('8'))).toEqual({ until: 5000 })
  expect(book.holdOf('a/b', [], shown('8'))).toBeUndefined()
  clock.advance(20_000)
  expect(book.holdOf('a/b', ours, shown('8'))).toEqual({ until: 21_000 })
})

test('a write may come to be shown from when it is sent until the cache shows it, or it is refused', () => {
  const clock = createTime()
  const book = createPublicationBook(clock)
  expect(book.mayShow('a/b', '7')).toBe(false)
  book.sends('a/b', ours)
  expect(book.mayShow('a/b', '7')).toBe(true)
  book.refused('a/b')
  expect(book.mayShow('a/b', '7')).toBe(false)
  book.sends('a/b', ours)
  book.wrote('a/b', ours, at('9'))
  expect([book.mayShow('a/b', '8'), book.mayShow('a/b', '9')]).toEqual([true, false])
  book.sends('a/b', [])
  expect(book.mayShow('a/b', '9')).toBe(false)
  book.wrote('a/b', [], at('10'))
  expect(book.mayShow('a/b', '9')).toBe(false)
})

test('a write that failed may have been done, for five seconds', () => {
  const clock = createTime()
  const book = createPublicationBook(clock)
  book.sends('a/b', ours)
  book.failed('a/b', { status: 'False', reason: 'ServiceNotWritten', message: 'No.' })
  clock.advance(4999)
  expect(book.mayShow('a/b', '7')).toBe(true)
  clock.advance(1)
  expect(book.mayShow('a/b', '7')).toBe(false)
})

test('what somebody undoes is done again after a minute, then after twice as long each time', () => {
  const clock = createTime()
  const book = createPublicationBook(clock)
  const pauses: number[] = []
  for (let version = 1; version < 10; version++) {
    book.wrote('a/b', ours, at(String(version)))
    const hold = book.holdOf('a/b', ours, shown(String(version + 1)))
    expect(hold?.condition).toMatchObject({
      reason: 'ServiceTaken',
      message: expect.stringContaining('metallb') as string,
    })
    const pause = (hold?.until ?? 0) - clock.monotonic()
    pauses.push(pause / 60_000)
    clock.advance(pause)
    expect(book.holdOf('a/b', ours, shown(String(version + 1)))).toBeUndefined()
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('what went with the type of the Service was taken off by nobody', () => {
  const book = createPublicationBook(createTime())
  const showsOther = (version: string): void => book.shows('a/b', { ...at(version), isLoadBalancer: false })
  book.wrote('a/b', ours, at('9'))
  showsOther('8')
  expect(book.holdOf('a/b', ours, shown('10'))?.condition).toBeDefined()
  showsOther('10')
  expect(book.holdOf('a/b', ours, shown('11'))).toBeUndefined()
  book.wrote('a/b', [], at('12'))
  showsOther('11')
  expect(book.holdOf('a/b', [], shown('11'))).toEqual({ until: 5000 })
})

test('what went with the Service that had the name before was taken off by nobody', () => {
  const book = createPublicationBook(createTime())
  book.wrote('a/b', ours, at('9'))
  book.shows('a/b', { ...at('10'), isLoadBalancer: true })
  expect(book.holdOf('a/b', ours, shown('10'))?.condition).toBeDefined()
  book.shows('a/b', { ...at('11'), uid: 'another', isLoadBalancer: true })
  expect(book.holdOf('a/b', ours, shown('11'))).toBeUndefined()
})

test('the operator does not name itself as who has taken them off', () => {
  const book = createPublicationBook(createTime())
  book.wrote('a/b', ours, at('9'))
  const { condition } = book.holdOf('a/b', ours, { resourceVersion: '10', writer: 'failover-ip' }) ?? {}
  expect(condition?.message).toMatch(/^Somebody else has changed /)
})

test('a failure is said for five seconds, and what is not named any more is forgotten', () => {
  const clock = createTime()
  const book = createPublicationBook(clock)
  const condition = { status: 'False', reason: 'MissingRight', message: 'No.' } as const
  book.failed('a/b', condition)
  expect(book.holdOf('a/b', ours, shown('1'))).toEqual({ until: 5000, condition })
  clock.advance(5000)
  expect(book.holdOf('a/b', ours, shown('1'))).toBeUndefined()
  book.wrote('a/b', ours, at('2'))
  expect(book.keptFor('uid')).toBe(0)
  clock.advance(3000)
  expect(book.keptFor('uid')).toBe(3000)
  book.keepOnly(new Set(), new Set())
  expect(book.holdOf('a/b', ours, shown('3'))).toBeUndefined()
  expect(book.keptFor('uid')).toBe(0)
})
