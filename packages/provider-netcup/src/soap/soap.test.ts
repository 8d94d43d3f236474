import { configureProvider } from '@failover-ip/provider'
import type { Routing } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { netcup } from '../netcup.ts'
import { scriptedFetch } from '../testing/scripted-fetch.ts'
import type { Scripted, Sent } from '../testing/scripted-fetch.ts'

const { signal } = new AbortController()
const unit = '198.51.100.4/32'
const server = { id: 'v1234567890123456789', location: '' }
const namespace = 'http://enduser.service.web.vcp.netcup.de/'

/** As captured. */
const envelope = (body: string): string =>
  `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="${namespace}"><S:Body>${body}</S:Body></S:Envelope>`
const fault = (text: string): string =>
  envelope(
    `<S:Fault xmlns:ns4="http://www.w3.org/2003/05/soap-envelope"><faultcode>S:Server</faultcode><faultstring>${text}</faultstring></S:Fault>`,
  )
const information = envelope(`<ns1:getVServerInformationResponse><return>
<cpuCores>8</cpuCores><ips>198.51.100.1</ips><ips>2001:db8:1::/64</ips><memory>16384</memory><rebootRecommended>false</rebootRecommended><rescueEnabled>false</rescueEnabled>
<serverInterfaces><driver>virtio</driver><mac>aa:bb:cc:dd:ee:fe</mac><trafficThrottled>false</trafficThrottled></serverInterfaces>
<serverInterfaces><driver>virtio</driver><ipv4IP>198.51.100.1</ipv4IP><ipv6IP>2001:db8:1::/64</ipv6IP><mac>AA:bb:cc:dd:ee:ff</mac><trafficThrottled>false</trafficThrottled></serverInterfaces>
<status>online</status><vServerName>v1234567890123456789</vServerName><vServerNickname>example</vServerNickname></return></ns1:getVServerInformationResponse>`)
const success = (content: string): string =>
  envelope(`<ns2:changeIPRoutingResponse xmlns:ns2="${namespace}">${content}</ns2:changeIPRoutingResponse>`)

interface Opened {
  readonly routing: Routing
  readonly sent: readonly Sent[]
}

function open(
  change: Scripted = { body: success('<return>true</return>') },
  more: Record<string, Scripted> = {},
): Opened {
  const { fetch, sent } = scriptedFetch([
    ...Object.entries(more).map(([pattern, answer]) => [new RegExp(pattern), answer] as const),
    [/tns:changeIPRouting>/, change],
    [
      /tns:getVServers>/,
      { body: envelope('<ns1:getVServersResponse><return>v1234567890123456789</return></ns1:getVServersResponse>') },
    ],
    [
      /tns:getVServerIPs>/,
      {
        body: envelope(
          '<ns1:getVServerIPsResponse><return>198.51.100.1</return><return>2001:db8:1::/64</return></ns1:getVServerIPsResponse>',
        ),
      },
    ],
    [/tns:getVServerInformation>/, { body: information }],
    [
      /tns:getVServerState>/,
      { body: envelope('<ns1:getVServerStateResponse><return>online</return></ns1:getVServerStateResponse>') },
    ],
  ])
  const parameters = { transport: 'soap', apiUrl: 'https://panel.test' } as const
  const credentials = { loginName: '12345', password: 'p<&>"ss' }
  const account = configureProvider(netcup, { parameters, credentials })
  return { routing: account.open({ fetch, clock: createVirtualClock(), userAgent: 'failover-ip/test' }), sent }
}

const changes = ({ sent }: Opened): readonly string[] =>
  sent.map(({ body }) => body.replaceAll(/ +/g, ' ')).filter((body) => body.includes('changeIPRouting'))

describe('by SOAP', () => {
  it('sends the envelope that netcup takes, with the interface that has the IPv4 address', async () => {
    const opened = open()
    expect(await opened.routing.assign(unit, server, { signal })).toEqual({ status: 'done' })
    expect(changes(opened)).toEqual([
      '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ' +
        `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:tns="${namespace}"><soap:Body><tns:changeIPRouting>` +
        '<loginName>12345</loginName><password>p&lt;&amp;&gt;&quot;ss</password><routedIP>198.51.100.4</routedIP>' +
        '<routedMask>32</routedMask><destinationVserverName>v1234567890123456789</destinationVserverName>' +
        '<destinationInterfaceMAC>aa:bb:cc:dd:ee:ff</destinationInterfaceMAC></tns:changeIPRouting></soap:Body></soap:Envelope>',
    ])
    const [{ method, url, headers } = { method: '', url: '', headers: new Headers() }] = opened.sent
    expect([method, url, headers.get('content-type'), headers.get('soapaction'), headers.get('user-agent')]).toEqual([
      'POST',
      'https://panel.test/WSEndUser',
      'text/xml; charset=utf-8',
      '""',
      'failover-ip/test',
    ])
  })

  it('routes a prefix by its address and length', async () => {
    const opened = open()
    await opened.routing.assign('2001:db8:2::/64', server, { signal })
    expect(changes(opened)[0]).toContain('<routedIP>2001:db8:2::</routedIP><routedMask>64</routedMask>')
  })

  it('takes the empty answer for a success, as it was captured', async () => {
    for (const body of [success(''), envelope(`<ns2:changeIPRoutingResponse xmlns:ns2="${namespace}"/>`)]) {
      expect(await open({ body }).routing.assign(unit, server, { signal })).toEqual({ status: 'done' })
    }
  })

  it('unroutes with the MAC of nobody, at the server that has the address', async () => {
    const held = envelope('<ns1:getVServerIPsResponse><return>198.51.100.4</return></ns1:getVServerIPsResponse>')
    const opened = open(undefined, { 'tns:getVServerIPs>': { body: held } })
    expect(await opened.routing.release(unit, server, { signal })).toEqual({ status: 'done' })
    expect(changes(opened)[0]).toContain('<destinationInterfaceMAC>00:00:00:00:00:00</destinationInterfaceMAC>')
  })

  it('prefers the interface that an annotation names', async () => {
    const opened = open()
    const annotations = {
      'netcup.noshoes.xyz/server-name': 'v1234567890123456789',
      'netcup.noshoes.xyz/primary-mac': 'AA:BB:CC:DD:EE:FE',
    }
    const node = { name: 'node', addresses: [], labels: {}, annotations }
    expect(await opened.routing.resolve([node], { signal })).toEqual([{ kind: 'matched', node: 'node', server }])
    await opened.routing.assign(unit, server, { signal })
    expect(changes(opened)[0]).toContain('<destinationInterfaceMAC>aa:bb:cc:dd:ee:fe</destinationInterfaceMAC>')
  })

  it.each([
    ['Invalid credentials.', 'Denied', 'not-applied'],
    ['Could not find failover IP: 198.51.100.4 for User: 12345', 'NotFound', 'not-applied'],
    ["Server not found for name 'doesnotexist'", 'NotFound', 'not-applied'],
    ['Routing a failover IP is only permitted once every 5 minutes.', 'Busy', 'not-applied'],
    ['validation error', 'Invalid', 'not-applied'],
    ['action not allowed', 'Denied', 'not-applied'],
    ['Something that was never seen.', 'Conflict', 'unknown'],
  ])('says what the fault "%s" means, whatever its HTTP status', async (text, code, outcome) => {
    for (const status of [500, 200]) {
      const { routing } = open({ status, body: fault(text) })
      const error = await routing.assign(unit, server, { signal }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code, outcome, message: expect.stringContaining(text) })
      if (code === 'Busy') expect(error).toMatchObject({ retryAfterSeconds: 301 })
    }
  })

  it.each([
    [
      'the page that netcup shows since',
      { status: 200, body: '<!doctype html><html><body></body></html>' },
      'end of SOAP',
    ],
    ['an answer of another kind', { status: 200, body: envelope('<ns1:getVServersResponse/>') }, 'no SOAP message'],
    ['nothing', { status: 200, body: '' }, 'no SOAP message'],
    ['a server error without a fault', { status: 503, body: '<html>Maintenance</html>' }, 'answered 503'],
    ['"false"', { status: 200, body: success('<return>false</return>') }, '"false"'],
  ])('does not know what became of a change that got %s', async (_, change, text) => {
    const error = await open(change)
      .routing.assign(unit, server, { signal })
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ outcome: 'unknown', message: expect.stringContaining(text) })
  })

  it('says that the service is gone when it is', async () => {
    const { routing } = open(undefined, { tns: { status: 404, body: 'Not found' } })
    const [observation] = await routing.observe([unit], { signal })
    expect(observation).toMatchObject({ kind: 'unknown', error: { code: 'Transient', outcome: 'not-applied' } })
    expect(JSON.stringify(observation)).not.toContain('p<&>')
  })

  it('leaves open where an address is when one of the servers could not be asked', async () => {
    const names = '<return>v1234567890123456789</return><return>v2</return>'
    const { routing } = open(undefined, {
      'tns:getVServers>': { body: envelope(`<ns1:getVServersResponse>${names}</ns1:getVServersResponse>`) },
      'tns:getVServerIPs>.*v2<': { status: 503, body: '' },
    })
    expect(await routing.observe([unit, '198.51.100.1/32'], { signal })).toMatchObject([
      { kind: 'unknown', unit, error: { outcome: 'not-applied' } },
      { kind: 'found', server },
    ])
  })

  it('keeps the password out of errors that repeat it', async () => {
    const { routing } = open({ status: 500, body: fault('validation error: p&lt;&amp;&gt;"ss') })
    const error = await routing.assign(unit, server, { signal }).catch((reason: unknown) => reason)
    for (let at: unknown = error; at instanceof Error; at = at.cause)
      expect(`${at.message}${at.stack}`).not.toContain('p<&>"ss')
  })

  it.each([
    ['online', 'running'],
    ['offline', 'stopped'],
    ['rebooting', 'unknown'],
  ])('takes a server that is %s for %s', async (state, expected) => {
    const body = envelope(`<ns1:getVServerStateResponse><return>${state}</return></ns1:getVServerStateResponse>`)
    const { routing } = open(undefined, { 'tns:getVServerState>': { body } })
    expect(await routing.serverStates?.([server], { signal })).toEqual([expected])
  })
})
