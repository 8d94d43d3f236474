import type { JsonValue, Routing } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Scene } from './scene.ts'
import type { Suite } from './suite.ts'

/** Time until a call hangs for certain, in milliseconds; shorter than any deadline around it. */
const underWay = 1_000

type Call = (routing: Routing, scene: Scene, signal: AbortSignal) => Promise<unknown>

const calls: Readonly<Record<string, Call>> = {
  observe: (routing, { unit }, signal) => routing.observe([unit], { signal }),
  resolve: (routing, { servers }, signal) =>
    routing.resolve(
      servers.map(({ node }) => node),
      { signal },
    ),
  serverStates: (routing, { from }, signal) =>
    routing.serverStates?.([from], { signal }) ?? Promise.reject<unknown>(signal.reason),
  assign: (routing, { unit, to }, signal) => routing.assign(unit, to, { signal }),
}

export function testAbort({ provider, sample, subject }: Suite): void {
  const { capabilities } = provider
  const release: Readonly<Record<string, Call>> = capabilities.release
    ? { release: (routing, { unit, from }, signal) => routing.release(unit, from, { signal }) }
    : {}

  const named = Object.entries({ ...calls, ...release })
  const slow = (['hanging', 'trickling'] as const).filter((fault) => sample.faults.includes(fault))
  const cases = slow.flatMap((fault) => named.map(([name, call]) => [name, fault, call] as const))

  describe('a signal', () => {
    it.each(cases)('ends %s at once when answers are %s, with its own reason', async (name, fault, call) => {
      const context = await subject()
      const { cloud, clock, routing } = context
      const scene = createScene(context, { held: true })
      if (name === 'serverStates' && routing.serverStates === undefined) return
      cloud.fail('reads', fault)
      cloud.fail('changes', fault)
      const controller = new AbortController()
      const reason = new Error('the deadline of a test')
      const outcome = call(routing, scene, controller.signal).catch((error: unknown) => error)
      await clock.advance(underWay)
      controller.abort(reason)
      expect(await clock.advanceUntil(outcome, { withinMilliseconds: 0 })).toBe(reason)
      if (fault === 'hanging') expect(cloud.effects()).toBe(0)
    })

    it.each(named)('that is aborted already lets %s do nothing', async (_, call) => {
      const context = await subject()
      const { cloud, clock, routing } = context
      const scene = createScene(context, { held: true })
      const reason = new Error('too late')
      const outcome = call(routing, scene, AbortSignal.abort(reason)).catch((error: unknown) => error)
      expect(await clock.advanceUntil(outcome, { withinMilliseconds: 0 })).toBe(reason)
      await clock.advance(60_000)
      expect(cloud.effects()).toBe(0)
    })

    if (capabilities.asynchronous) {
      it('ends poll at once, with its own reason', async () => {
        const context = await subject()
        const { cloud, clock, routing, signal, run } = context
        cloud.slowDown?.(30)
        const { unit, to } = createScene(context, { held: false })
        const result = await run(routing.assign(unit, to, { signal }))
        const operation: JsonValue = result.status === 'pending' ? result.operation : null
        cloud.fail('reads', 'hanging')
        const controller = new AbortController()
        const reason = new Error('the deadline of a test')
        const outcome = routing.poll(operation, { signal: controller.signal }).catch((error: unknown) => error)
        await clock.advance(underWay)
        controller.abort(reason)
        expect(await clock.advanceUntil(outcome, { withinMilliseconds: 0 })).toBe(reason)
      })
    }
  })
}
