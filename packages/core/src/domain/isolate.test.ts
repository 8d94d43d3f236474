import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attempt, withoutOffenders } from './isolate.ts'

describe('withoutOffenders', () => {
  test('makes the value of all others, whichever throw', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1000)), fc.func(fc.boolean()), (items, isBad) => {
        const bad = items.filter((item) => isBad(item))
        const sum = (some: readonly number[]): number => {
          const [offender] = some.filter((item) => isBad(item))
          if (offender !== undefined) throw new Error(`${offender}`)
          return some.reduce((total, item) => total + item, 0)
        }
        const { value, offenders } = withoutOffenders(items, sum)
        expect([...offenders.keys()].toSorted((a, b) => a - b)).toEqual(bad.toSorted((a, b) => a - b))
        expect(value).toBe(sum(items.filter((item) => !isBad(item))))
      }),
    )
  })

  test('throws what no single item is to blame for', () => {
    const never = (): never => {
      throw new Error('whoever comes')
    }
    expect(() => withoutOffenders([], never)).toThrow('whoever comes')
    const atOdds = (some: readonly number[]): void => {
      if (some.length > 1) throw new Error('two at once')
    }
    expect(() => withoutOffenders([1, 2], atOdds)).toThrow('two at once')
  })

  test('asks not much more often than there are offenders', () => {
    let asked = 0
    const items = Array.from({ length: 1024 }, (_, index) => index)
    const step = (some: readonly number[]): void => {
      asked += 1
      if (some.includes(700)) throw new Error('no')
    }
    expect([...withoutOffenders(items, step).offenders.keys()]).toEqual([700])
    expect(asked).toBeLessThanOrEqual(22)
  })
})

test('attempt gives what was thrown, whatever it is', () => {
  const error = new TypeError('x')
  expect(
    attempt(() => {
      throw error
    }),
  ).toEqual({ ok: false, error })
  expect(attempt(() => 7)).toEqual({ ok: true, value: 7 })
})
