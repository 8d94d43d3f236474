import { describe, expect, it } from 'vitest'

import { keyHelp, readKey } from './keys.ts'
import type { KeyAction, PendingKey } from './keys.ts'

/** What a row of keys asks for in a cluster of three nodes. */
function press(keys: string): readonly KeyAction[] {
  let pending: PendingKey
  return keys.split('').flatMap((key) => {
    const reading = readKey(pending, key, 3)
    pending = reading.pending
    return reading.action === undefined ? [] : [reading.action]
  })
}

describe('keys', () => {
  it.each([
    ['2', [{ kind: 'power', node: 2 }]],
    ['p2', [{ kind: 'partition', node: 2 }]],
    ['c3', [{ kind: 'cordon', node: 3 }]],
    ['pc1', [{ kind: 'cordon', node: 1 }]],
    ['k', [{ kind: 'killLeader' }]],
    ['q', [{ kind: 'quit' }]],
    ['\u0003', [{ kind: 'quit' }]],
    ['4', []],
    ['0x ', []],
  ])('%j asks for %j', (keys, actions) => {
    expect(press(keys)).toEqual(actions)
  })

  it('that mean nothing forget the letter before them', () => {
    expect(press('px1')).toEqual([{ kind: 'power', node: 1 }])
    expect(press('p41')).toEqual([{ kind: 'power', node: 1 }])
  })

  it('are explained, and so is what is waited for', () => {
    expect(keyHelp(undefined, 5)).toContain('1-5 power off/on')
    expect(keyHelp('c', 5)).toEqual(['cordon which node? 1-5'])
  })
})
