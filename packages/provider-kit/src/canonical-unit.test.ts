import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalUnit, familyOf } from './canonical-unit.ts'

describe('canonicalUnit', () => {
  it.each([
    ['51.15.129.35', '51.15.129.35/32'],
    ['51.15.129.35/32', '51.15.129.35/32'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['2001:BC8:0710:3c3b:0:0:0:0/64', '2001:bc8:710:3c3b::/64'],
    ['2001:bc8:710:3c3b:dc00:ff:fed1:4585/64', '2001:bc8:710:3c3b::/64'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
  ])('%s is %s', (text, unit) => {
    expect(canonicalUnit(text)).toBe(unit)
  })

  it.each(['', 'web', '10.1', '010.1.2.3', '10.1.2.3/33', '10.1.2.3/', '10.1.2.3/8/8', 'fe80::1%eth0', '::1/129'])(
    '%j is no unit',
    (text) => {
      expect(canonicalUnit(text)).toBeUndefined()
    },
  )

  it('keeps what is canonical already', () => {
    const address = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
    )
    fc.assert(
      fc.property(address, ([text, length]) => {
        const unit = canonicalUnit(`${text}/${length}`)
        expect(unit).toBeDefined()
        expect(canonicalUnit(unit ?? '')).toBe(unit)
        expect(familyOf(unit ?? '')).toBe(text.includes(':') ? 'ipv6' : 'ipv4')
      }),
    )
  })
})
