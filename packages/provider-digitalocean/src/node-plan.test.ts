import { describe, expect, it } from 'vitest'
import { setUp, v6 } from './testing/set-up.ts'

const at = (id: string, location = 'nyc3'): { readonly id: string; readonly location: string } => ({ id, location })

describe('nodePlan', () => {
  it('translates from the anchor address, which only the Droplet knows, for IPv4 alone [A4]', () => {
    const { routing } = setUp()
    const common = { device: { rule: 'name', name: 'lo' }, routes: [], announce: 'none' }
    expect(routing.nodePlan('45.55.96.47/32', '45.55.96.47', at('7'))).toEqual({
      address: '45.55.96.47',
      prefixLength: 32,
      scope: 'host',
      translateFrom: { metadataUrl: 'http://169.254.169.254/metadata/v1/interfaces/public/0/anchor_ipv4/address' },
      ...common,
    })
    expect(routing.nodePlan(v6, v6.slice(0, -4), at('7'))).toEqual({
      address: v6.slice(0, -4),
      prefixLength: 128,
      scope: 'global',
      ...common,
    })
  })
})
