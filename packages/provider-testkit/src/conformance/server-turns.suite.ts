import type { MutationResult, ProviderError, ServerReference } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import type { Subject } from './subject.ts'
import type { Suite } from './suite.ts'

const slowSeconds = 30

/**
 * Whether a server is given two units at a time. A manifest may promise less than the cloud admits, never more: where it
 * says one at a time, a second change is accepted all the same, or refused as what it is.
 */
export function testServerTurns({ provider, subject }: Suite): void {
  const { oneChangePerServer = false, slotsPerServer, slotsPerFamily = false, unitPrefixLength } = provider.capabilities
  const { accountWindows } = provider.capabilities
  const { ipv4, ipv6 } = unitPrefixLength
  const kinds = slotsPerFamily && ipv4 !== undefined && ipv6 !== undefined ? 2 : 1
  const hasRoom = slotsPerServer === null || slotsPerServer * kinds >= 2
  if (!hasRoom || accountWindows.some(({ mutations }) => mutations < 2)) return

  describe('changes at one server', () => {
    if (oneChangePerServer) {
      it('of two units follow each other, and the second is told that it is too early', async () => {
        const context = await subject()
        const { cloud, finish, routing, signal } = context
        const { units, server, answers } = await giveTwo(context)
        const [first, second] = answers
        if (first === undefined || 'error' in first) expect.fail('the first of two changes is taken')
        if (second === undefined) expect.fail('the second of two changes is answered')
        if ('error' in second) {
          expect(second.error).toMatchObject({ code: 'Busy', outcome: 'not-applied' })
          expect([cloud.holder(units[1]), cloud.effects()]).toEqual([null, 1])
        }
        await finish(Promise.resolve(first))
        await finish('error' in second ? routing.assign(units[1], server, { signal }) : Promise.resolve(second))
        expect(units.map((unit) => cloud.holder(unit))).toEqual([server, server])
      })
    } else {
      it('of two units run side by side', async () => {
        const context = await subject()
        const { units, server, answers } = await giveTwo(context)
        for (const answer of answers) {
          expect(answer).not.toHaveProperty('error')
          if (!('error' in answer)) await context.finish(Promise.resolve(answer))
        }
        expect(units.map((unit) => context.cloud.holder(unit))).toEqual([server, server])
      })
    }
  })
}

type Answer = MutationResult | { readonly error: ProviderError }

interface Given {
  readonly units: readonly [string, string]
  readonly server: ServerReference
  readonly answers: readonly Answer[]
}

/** Gives two units to one server: where changes take time the second while the first runs, else both at once. */
async function giveTwo({ cloud, capabilities, families, routing, signal, run }: Subject): Promise<Given> {
  if (capabilities.asynchronous) cloud.slowDown?.(slowSeconds)
  const [location] = cloud.locations
  const { server } = cloud.addServer(location)
  const [first = 'ipv4', second = first] = families
  const units = [cloud.addUnit(first, location), cloud.addUnit(second, location)] as const
  const give = (unit: string): Promise<Answer> =>
    routing.assign(unit, server, { signal }).catch((error: ProviderError) => ({ error }))
  if (!capabilities.asynchronous) return { units, server, answers: await run(Promise.all(units.map(give))) }
  const answers: Answer[] = []
  for (const unit of units) answers.push(await run(give(unit)))
  return { units, server, answers }
}
