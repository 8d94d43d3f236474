import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isAllowed } from './allowed-addresses.ts'
import { judgeClaims, type Claimant } from './unit-claims.ts'

const prefixLength = { ipv4: 32, ipv6: 64 }
const claimant = (key: string, createdAt: number, ...addresses: readonly string[]): Claimant => ({
  key,
  uid: key,
  createdAt,
  addresses,
})

test('the older of two has the address, of the same age the lower uid', () => {
  const problems = judgeClaims([claimant('b', 1, '192.0.2.1'), claimant('a', 2, '192.0.2.1')], prefixLength)
  expect([...problems]).toMatchObject([['a', { reason: 'AddressInUse' }]])
  const equal = judgeClaims([claimant('b', 1, '192.0.2.1'), claimant('a', 1, '192.0.2.1')], prefixLength)
  expect([...equal.keys()]).toEqual(['b'])
})

test('two addresses of one routed unit are for one FailoverIP alone', () => {
  const one = claimant('one', 1, '2001:db8::1', '2001:db8::2')
  const two = claimant('two', 2, '2001:db8::3', '192.0.2.1')
  const three = claimant('three', 3, '2001:db8:0:1::1', '192.0.2.1')
  const problems = judgeClaims([three, two, one], prefixLength)
  expect([...problems]).toMatchObject([['two', { reason: 'SharesRoutedUnit' }]])
  expect(problems.get('two')?.message).toContain('2001:db8::/64')
})

test('whatever the order, those without a problem share no unit, and every problem has a winner', () => {
  const address = fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1')
  const addresses = fc.uniqueArray(address, { minLength: 1, maxLength: 3 })
  const claimants = fc
    .array(fc.tuple(fc.nat(3), addresses), { maxLength: 6 })
    .map((items) => items.map(([age, wanted], index) => claimant(`n${index}`, age, ...wanted)))
  fc.assert(
    fc.property(claimants, fc.infiniteStream(fc.nat(100)), (all, numbers) => {
      const shuffled = all
        .map((each) => ({ each, order: Number(numbers.next().value) }))
        .toSorted((a, b) => a.order - b.order)
        .map(({ each }) => each)
      const problems = judgeClaims(all, prefixLength)
      expect(judgeClaims(shuffled, prefixLength)).toEqual(problems)
      const winners = all.filter(({ key }) => !problems.has(key))
      const units = winners.flatMap(({ addresses: wanted }) => [
        ...new Set(wanted.map((text) => text.replace(/::\d$/, '::'))),
      ])
      expect(new Set(units).size).toBe(units.length)
    }),
  )
})

test.each([
  ['192.0.2.1', ['192.0.2.1'], true],
  ['192.0.2.1', ['192.0.2.0/24'], true],
  ['192.0.3.1', ['192.0.2.0/24'], false],
  ['2001:db8::1', ['192.0.2.0/24', '2001:db8::/64'], true],
  ['192.0.2.1', ['2001:db8::/64', '::/0'], false],
  ['192.0.2.1', [], false],
])('%s in %j: %s', (address, ranges, allowed) => expect(isAllowed(address, ranges)).toBe(allowed))
