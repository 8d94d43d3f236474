import { expect, it } from 'vitest'
import { quote } from './quote.ts'

const secret = '90000000-0000-4000-8000-000000000001'

it('repeats no part of a secret that stands where the text is cut', () => {
  for (let before = 160; before <= 200; before++) {
    const said = quote(`${'x'.repeat(before)} ${secret}`, [secret])
    expect(said).not.toContain(secret.slice(0, 4))
    expect(said.length).toBeLessThanOrEqual(200)
  }
})

it('is one line', () => {
  expect(quote(' no\n  route ', [])).toBe('no route')
})
