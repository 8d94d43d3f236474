import { describe, expect, it } from 'vitest'
import { requests } from './request-builder.ts'

const page = '?per_page=200&page=1'

describe('requests built by do-wrapper', () => {
  it.each(['reserved_ips', 'floating_ips', 'reserved_ipv6'] as const)('of %s', (collection) => {
    expect(requests.listAddresses(collection, 1)).toEqual({ method: 'GET', path: `/v2/${collection}${page}` })
    expect(requests.getAddress(collection, '45.55.96.47')).toEqual({
      method: 'GET',
      path: `/v2/${collection}/45.55.96.47`,
    })
    expect(requests.changeAddress(collection, '45.55.96.47', { type: 'assign', droplet_id: 7 })).toEqual({
      method: 'POST',
      path: `/v2/${collection}/45.55.96.47/actions`,
      body: { type: 'assign', droplet_id: 7 },
    })
  })

  it('of an IPv6 address, encoded', () => {
    expect(requests.getAddress('reserved_ipv6', '2409::1').path).toBe('/v2/reserved_ipv6/2409%3A%3A1')
  })

  it('of actions, Droplets and firewalls', () => {
    const built = [
      requests.getAction(7),
      requests.listDroplets(1),
      requests.getDroplet('7'),
      requests.listDropletActions('7'),
      requests.listFirewalls(1),
      requests.createFirewall({ name: 'a' }),
      requests.updateFirewall('f', { name: 'a' }),
      requests.deleteFirewall('f'),
    ]
    expect(built).toEqual([
      { method: 'GET', path: '/v2/actions/7' },
      { method: 'GET', path: `/v2/droplets${page}` },
      { method: 'GET', path: '/v2/droplets/7' },
      { method: 'GET', path: '/v2/droplets/7/actions?per_page=20&page=1' },
      { method: 'GET', path: `/v2/firewalls${page}` },
      { method: 'POST', path: '/v2/firewalls', body: { name: 'a' } },
      { method: 'PUT', path: '/v2/firewalls/f', body: { name: 'a' } },
      { method: 'DELETE', path: '/v2/firewalls/f' },
    ])
  })
})
