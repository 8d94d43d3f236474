import { describe, expect, it } from 'vitest'
import { networkFailure } from './network-failure.ts'

const patch = new Request('https://api.cloud.test/ips/1', { method: 'PATCH' })

function cause(properties: object): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('inner'), properties) })
}

describe('networkFailure', () => {
  it.each([
    ['name look-up', cause({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), 'not-applied'],
    ['no route while connecting', cause({ code: 'EHOSTUNREACH', syscall: 'connect' }), 'not-applied'],
    ['time-out of connecting', cause({ code: 'UND_ERR_CONNECT_TIMEOUT' }), 'not-applied'],
    ['certificate', cause({ code: 'CERT_HAS_EXPIRED' }), 'not-applied'],
    [
      'a change that the engine held back',
      Object.assign(new Error('PATCH was not sent'), { code: 'AuthorityLost' }),
      'not-applied',
    ],
    ['reset', cause({ code: 'ECONNRESET', syscall: 'read' }), 'unknown'],
    ['no route while writing', cause({ code: 'EHOSTUNREACH', syscall: 'write' }), 'unknown'],
    ['closed by the other side', cause({ code: 'UND_ERR_SOCKET' }), 'unknown'],
    ['something without a cause', new TypeError('terminated'), 'unknown'],
    ['not even an error', 'oops', 'unknown'],
  ])('%s', (_, error, outcome) => {
    expect(networkFailure(patch, error)).toMatchObject({ code: 'Transient', outcome })
  })

  it('wants every address of a host to have failed before the request was sent', () => {
    const refused = Object.assign(new Error('a'), { code: 'ECONNREFUSED', syscall: 'connect' })
    const reset = Object.assign(new Error('b'), { code: 'ECONNRESET', syscall: 'read' })
    const of = (errors: Error[]): Error => new TypeError('fetch failed', { cause: new AggregateError(errors) })
    expect(networkFailure(patch, of([refused, refused])).outcome).toBe('not-applied')
    expect(networkFailure(patch, of([refused, reset])).outcome).toBe('unknown')
  })

  it('never calls a failed read unknown', () => {
    const get = new Request('https://api.cloud.test/ips')
    expect(networkFailure(get, cause({ code: 'ECONNRESET' })).outcome).toBe('not-applied')
  })
})
