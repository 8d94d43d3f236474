import { ConfigurationError } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createDigitalOcean } from './digitalocean.ts'

describe('settings', () => {
  it('names what is wrong and repeats no value', () => {
    expect(() => createDigitalOcean({ token: 'hunter2', projectId: 'mine' })).toThrow(
      new ConfigurationError('createDigitalOcean', [
        '"token" must be an access token: at least 8 characters, no spaces',
        '"projectId" must be a UUID',
      ]),
    )
  })

  it('refuses a setting that it does not know', () => {
    const make = (): unknown => Reflect.apply(createDigitalOcean, undefined, [{ token: 'hunter22', projectID: 'x' }])
    expect(make).toThrow('"projectID" is not known (did you mean "projectId"?)')
  })

  const clusterID = 'bd5f5959-5e1e-4205-a714-a914373942af'
  it.each([
    [{ clusterID, ports: ['443', '65535/udp', '1/tcp'], sourceRanges: ['10.0.0.0/8', '2001:db8::1'] }, undefined],
    [{ clusterID, ports: ['65536'] }, 'must be a port like "443" or "443/udp"'],
    [{ clusterID, ports: ['0'] }, 'must be a port like "443" or "443/udp"'],
    [{ clusterID, ports: ['443/sctp'] }, 'must be a port like "443" or "443/udp"'],
    [{ clusterID, ports: [] }, 'names no port'],
    [{ clusterID: 'A b', ports: ['443'] }, 'must be the identifier of a DOKS cluster'],
    [{ clusterID, ports: ['443'], sourceRanges: ['everybody'] }, 'must be an address or a CIDR'],
    [{ clusterID, port: ['443'] }, '"port"'],
  ])('takes firewalls that can be, and no others: %j', (firewall, problem) => {
    const make = (): unknown => Reflect.apply(createDigitalOcean, undefined, [{ token: 'hunter22', firewall }])
    if (problem === undefined) expect(make).not.toThrow()
    else expect(make).toThrow(problem)
  })
})
