import { createVirtualClock } from '../virtual-clock.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import { createDigitalOceanEmulator } from '../digitalocean/emulator.ts'
import type { DigitalOceanEmulator, DigitalOceanEmulatorOptions } from '../digitalocean/emulator.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** An emulated account of DigitalOcean, and a way to ask it. */
export interface DigitalOceanAccountUnderTest {
  readonly cloud: DigitalOceanEmulator
  readonly clock: VirtualClock
  readonly ask: (method: string, path: string, body?: unknown, token?: string) => Promise<Answer>
}

export function openDigitalOcean(options: Partial<DigitalOceanEmulatorOptions> = {}): DigitalOceanAccountUnderTest {
  const clock = createVirtualClock()
  const cloud = createDigitalOceanEmulator({ clock, ...options })
  return {
    cloud,
    clock,
    ask: async (method, path, body, token = cloud.account.token) => {
      const response = await clock.advanceUntil(
        cloud.fetch(`https://api.digitalocean.com/v2/${path}`, {
          method,
          headers: { authorization: `Bearer ${token}` },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      )
      const text = await response.text()
      const answer: unknown = text === '' ? undefined : JSON.parse(text)
      return { status: response.status, headers: response.headers, body: answer }
    },
  }
}
