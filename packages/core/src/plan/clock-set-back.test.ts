import { describe, expect, test } from 'vitest'
import { formatInstant, parseInstant } from '../domain/instant.ts'
import { countAccountRoom } from './account-room.ts'
import { account, decideIn, health, monotonic, now, recorded, seen, v4, type Situation } from './testing/situation.ts'

const hour = 3_600_000
const ahead = (milliseconds: number): string => formatInstant(now + milliseconds)
const escape: Situation = { readings: [seen(v4, 'a')], health: health({ a: 'dead', b: 'healthy' }), target: 'b' }

describe('times that the clock has not reached count as now', () => {
  test('in a cool-down, and are stored so', () => {
    const record = recorded(v4, 'a', { sentAt: ahead(24 * hour), changedAt: ahead(24 * hour) })
    const { status, lookAgainAt } = decideIn({ ...escape, capabilities: { coolDownSeconds: 301 }, addresses: [record] })
    expect(lookAgainAt).toBe(monotonic + 303_000)
    expect(status.addresses).toMatchObject([{ sentAt: ahead(0), changedAt: ahead(0) }])
  })

  test('where reads may lag: what somebody has moved is taken up soon', () => {
    const record = recorded(v4, 'a', { changedAt: ahead(24 * hour) })
    const moved = { ...escape, readings: [seen(v4, 'c')], target: 'c' }
    const { status } = decideIn({ ...moved, addresses: [record] })
    expect(status.addresses).toMatchObject([{ changedAt: ahead(0) }])
    const { addresses = [] } = status
    expect(decideIn({ ...moved, addresses }).status.node).toBe('c')
  })

  test('in the pace of moves that are no escape', () => {
    const failoverIP = { status: { addresses: [recorded(v4, 'a')], nextMoveNotBefore: ahead(24 * hour) } }
    const { step } = decideIn({
      ...escape,
      health: health({ a: 'unfit', b: 'healthy' }),
      failoverIP,
      addresses: failoverIP.status.addresses,
    })
    expect(step).toMatchObject({ kind: 'change' })
  })

  test('and take no room in a window', () => {
    const windows = { accountWindows: [{ mutations: 2, seconds: 60 }] }
    const room = (at: number) => countAccountRoom(account(windows, [ahead(at), ahead(at)]), [], { now, monotonic })(0)
    expect([room(24 * hour).changes, room(1000).changes]).toEqual([2, 0])
  })
})

test('clocks of two leaders that differ by little leave records as they are', () => {
  const record = recorded(v4, 'a', { sentAt: ahead(1500) })
  const { status } = decideIn({ ...escape, addresses: [record] })
  expect(parseInstant(status.addresses?.[0]?.sentAt)).toBe(now + 1500)
})
