import { describe, expect, it } from 'vitest'
import { machineClock } from '../machine-clock.ts'
import { describeSwitches, emulate, emulatedClouds } from './emulate.ts'
import type { EmulateCommand } from './emulate.ts'

interface Running {
  readonly text: () => string
  readonly url: string
  readonly credential: (name: string) => string
  readonly stop: () => Promise<string | undefined>
}

async function start(cloud: string, switches: EmulateCommand['switches'] = {}, port = 0): Promise<Running> {
  const stop = new AbortController()
  let text = ''
  let onText = (): void => {}
  const first = new Promise<void>((resolve) => (onText = resolve))
  const write = (more: string): void => {
    text += more
    onText()
  }
  const ended = emulate({ cloud, port, latencyMs: 0, switches }, { clock: machineClock(), write, signal: stop.signal })
  await Promise.race([first, ended])
  return {
    text: () => text,
    url: /emulated at (\S+)/.exec(text)?.[1] ?? '',
    credential: (name) => new RegExp(`${name}=(\\S+)`).exec(text)?.[1] ?? '',
    stop: () => {
      stop.abort()
      return ended
    },
  }
}

describe('emulate', () => {
  it('serves Scaleway, says how to reach it and what changes, and ends when told', async () => {
    const { url, text, credential, stop } = await start('scaleway', { moveNeedsDetach: 'true', attachSeconds: '3' })
    expect(text()).toContain("Scaleway's Instance API")
    expect(text()).toContain('moveNeedsDetach=true')
    expect(text()).toContain('attachSeconds=3')
    const path = `${url}/instance/v1/zones/fr-par-1/ips/51.15.129.36`
    const headers = { 'x-auth-token': credential('SCW_SECRET_KEY') }
    const server = /instance\/fr-par-1\/(\S+)/.exec(text())?.[1]
    const answer = await fetch(path, { method: 'PATCH', headers, body: JSON.stringify({ server }) })
    expect([answer.status, await answer.json()]).toMatchObject([200, { ip: { state: 'pending' } }])
    expect(text()).toContain(`200: attached 51.15.129.36/32 to ${server}`)
    expect(await stop()).toBeUndefined()
    await expect(fetch(path)).rejects.toThrow('fetch failed')
  })

  it('serves DigitalOcean', async () => {
    const { url, credential, stop } = await start('digitalocean')
    const headers = { authorization: `Bearer ${credential('DIGITALOCEAN_ACCESS_TOKEN')}` }
    const answer = await fetch(`${url}/v2/reserved_ips`, { headers })
    expect([answer.status, await answer.json()]).toMatchObject([200, { reserved_ips: [{ ip: '45.55.96.47' }, {}] }])
    await stop()
  })

  it('serves netcup', async () => {
    const { url, credential, stop } = await start('netcup')
    const body = `client_id=scp&grant_type=refresh_token&refresh_token=${credential('refreshToken')}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const login = `${url}/realms/scp/protocol/openid-connect/token`
    const answer = await fetch(login, { method: 'POST', headers, body })
    expect([answer.status, await answer.json()]).toMatchObject([200, { token_type: 'Bearer' }])
    await stop()
  })

  it.each(emulatedClouds)('knows the switches of %s', async (cloud) => {
    const running = await start(cloud)
    await running.stop()
    const shown = running.text().split('switches')[1]?.split('Turn a switch')[0] ?? ''
    const defaults = Object.fromEntries(
      shown
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/=(.*)/s).slice(0, 2) as [string, string]),
    )
    expect(Object.keys(defaults).length).toBeGreaterThan(5)
    // Each default is a value that the switch takes, and none is unknown.
    const again = await start(cloud, defaults)
    expect(await again.stop()).toBeUndefined()
    expect(again.text()).toContain('emulated at')
  })

  it('says that a port is in use, and what to do', async () => {
    const running = await start('scaleway')
    const port = Number(new URL(running.url).port)
    const second = await start('scaleway', {}, port)
    expect(await second.stop()).toBe(`Port ${port} is in use. Choose another with --port.`)
    await running.stop()
  })

  it('says what is wrong, with the nearest name', async () => {
    const wrong = async (cloud: string, switches?: EmulateCommand['switches']): Promise<string | undefined> =>
      (await start(cloud, switches)).stop()
    expect(await wrong('acme')).toBe('There is no cloud "acme"; there are scaleway, netcup, digitalocean.')
    expect(await wrong('scaleway', { moveNeedDetach: 'true' })).toContain('did you mean "moveNeedsDetach"?')
    const many = { slotsPerServer: 'many', moveNeedsDetach: 'maybe' }
    expect(await wrong('scaleway', many)).toBe(
      '--switch: "moveNeedsDetach" must be true or false; "slotsPerServer" must be a number, at least 1.',
    )
  })

  it('lists the switches of all clouds with their defaults', async () => {
    const text = await describeSwitches()
    for (const cloud of emulatedClouds) expect(text).toContain(`Switches of ${cloud}:\n  `)
    expect(text).toContain('  moveNeedsDetach=false  (true or false)\n')
    expect(text).toContain('  shownAt=end  (start or end)\n')
    expect(text).toContain('  mostPerPage=100\n')
  })
})
