import { describe, expect, it } from 'vitest'

import { paintLine } from './styled-line.ts'

const line = ['web ', { text: 'Ready', style: 'good' }, ' now'] as const

describe('a styled line', () => {
  it('is plain text without colour', () => {
    expect(paintLine(line, { columns: 80, color: false })).toBe('web Ready now')
  })

  it('has its looks with colour', () => {
    expect(paintLine(line, { columns: 80, color: true })).toBe('web \u001B[32mReady\u001B[0m now')
  })

  it.each([
    [0, ''],
    [3, 'web'],
    [6, 'web \u001B[32mRe\u001B[0m'],
    [10, 'web \u001B[32mReady\u001B[0m '],
  ])('is cut to %d columns, whatever its looks take', (columns, painted) => {
    expect(paintLine(line, { columns, color: true })).toBe(painted)
  })

  it('sends nothing to the terminal that a cluster may have smuggled in', () => {
    expect(paintLine(['a\u001B[2Jb\nc'], { columns: 80, color: true })).toBe('a [2Jb c')
  })
})
