import { isProviderError } from '@failover-ip/provider'
import type { Clock } from '@failover-ip/provider'
import { expect, it } from 'vitest'
import { settled } from './settled.ts'
import { untilAborted } from './until-aborted.ts'
import { withDeadline } from './with-deadline.ts'

const never = (signal: AbortSignal): Promise<never> => untilAborted(new Promise<never>(() => {}), signal)

/** Sleeps end when the test says so. */
function stoppedClock(): { readonly clock: Clock; readonly slept: number[]; readonly wake: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const slept: number[] = []
  const sleep: Clock['sleep'] = (milliseconds, { signal } = {}) => {
    slept.push(milliseconds)
    return signal === undefined ? promise : untilAborted(promise, signal)
  }
  return { clock: { now: () => 0, monotonic: () => 0, sleep }, slept, wake: resolve }
}

it('leaves the parts that have come, and makes data of one that hangs', async () => {
  const { clock, slept, wake } = stoppedClock()
  const { signal } = new AbortController()
  const call = withDeadline({ clock, signal, milliseconds: 3000, what: 'Acme' }, (within) =>
    Promise.all([settled(Promise.resolve('here')), settled(never(within.signal))]),
  )
  wake()
  const [came, hung] = await call
  expect([came, isProviderError(hung), slept]).toEqual(['here', true, [3000]])
  expect(hung).toMatchObject({ code: 'Transient', outcome: 'not-applied', message: 'Acme did not answer within 3 s.' })
})

it("ends with the signal's reason, which is no data", async () => {
  const stop = new AbortController()
  const { clock } = stoppedClock()
  const call = withDeadline({ clock, signal: stop.signal, what: 'Acme' }, ({ signal }) => settled(never(signal)))
  stop.abort(new Error('stopped'))
  await expect(call).rejects.toThrow('stopped')
})
