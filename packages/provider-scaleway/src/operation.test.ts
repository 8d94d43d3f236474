import type { JsonValue } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { setUp } from './testing/set-up.ts'
import type { Setup } from './testing/set-up.ts'

describe('poll', () => {
  async function pending(setup: Setup): Promise<{ unit: string; operation: JsonValue }> {
    const server = setup.cloud.addServer()
    const { unit } = setup.cloud.addIp()
    const reference = { id: server.id, location: server.location }
    const result = await setup.run(setup.routing.assign(unit, reference, { signal: setup.signal }))
    if (result.status !== 'pending') throw new Error('it is not pending')
    return { unit, operation: result.operation }
  }

  it('is patient with reads that lag, and rejects when the unit went elsewhere after all', async () => {
    const setup = setUp({ switches: { attachSeconds: 1 }, readLagSeconds: 3 })
    const { cloud, clock, routing, signal, run, fail } = setup
    const { unit, operation } = await pending(setup)
    cloud.moveByHand(unit, null)
    expect(await run(routing.poll(operation, { signal }))).toMatchObject({ status: 'pending' })
    await clock.advance(6_000)
    expect(await fail(routing.poll(operation, { signal }))).toMatchObject({ code: 'Transient', outcome: 'unknown' })
  })

  it('rejects when the address is gone, is in error, or the operation is not ours', async () => {
    const setup = setUp({ switches: { attachSeconds: 60 } })
    const { cloud, routing, signal, fail } = setup
    const { unit, operation } = await pending(setup)
    cloud.setIpState(unit, 'error')
    expect(await fail(routing.poll(operation, { signal }))).toMatchObject({ code: 'Transient' })
    cloud.removeIp(unit)
    expect(await fail(routing.poll(operation, { signal }))).toMatchObject({ code: 'NotFound' })
    expect(await fail(routing.poll({ task: 7 }, { signal }))).toMatchObject({ code: 'Invalid' })
  })
})
