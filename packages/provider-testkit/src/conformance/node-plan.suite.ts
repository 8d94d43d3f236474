import { describe, expect, it } from 'vitest'
import { createScene } from './scene.ts'
import type { Suite } from './suite.ts'

export function testNodePlan({ provider, subject }: Suite): void {
  const { unitPrefixLength, announce, node } = provider.capabilities
  const families = (['ipv4', 'ipv6'] as const).filter((family) => unitPrefixLength[family] !== undefined)

  describe.each(families)('nodePlan, %s', (family) => {
    it('is the same every time, plain data, and fits the manifest', async () => {
      const context = await subject()
      const { routing } = context
      const { unit, to } = createScene(context, { held: false, family })
      const [address = ''] = unit.split('/')
      const plan = routing.nodePlan(unit, address, to)
      expect(routing.nodePlan(unit, address, to)).toEqual(plan)
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
      expect(plan.address).toBe(address)
      expect(plan.prefixLength).toBeGreaterThanOrEqual(unitPrefixLength[family] ?? 0)
      expect(plan.prefixLength).toBeLessThanOrEqual(family === 'ipv4' ? 32 : 128)
      expect(plan.announce).toBe(announce ? { ipv4: 'arp', ipv6: 'ndp' }[family] : 'none')
    })

    it('is made by a process that has asked the cloud nothing', async () => {
      const context = await subject()
      const { unit, to } = createScene(context, { held: false, family })
      const [address = ''] = unit.split('/')
      const plan = context.routing.nodePlan(unit, address, to)
      expect((await context.open()).nodePlan(unit, address, to)).toEqual(plan)
      expect(context.sent).toEqual([])
    })

    if (node === 'none') {
      it('asks nothing of nodes that need not carry the address', async () => {
        const context = await subject()
        const { unit, to } = createScene(context, { held: false, family })
        const [address = ''] = unit.split('/')
        expect(context.routing.nodePlan(unit, address, to)).toMatchObject({ routes: [], announce: 'none' })
        expect(context.routing.nodePlan(unit, address, to)).not.toHaveProperty('translateFrom')
      })
    } else {
      it(`is for whichever server may be ${node === 'holder' ? 'the holder' : 'a candidate'}`, async () => {
        const context = await subject()
        const { unit, from, to } = createScene(context, { held: true, family })
        const [address = ''] = unit.split('/')
        for (const server of [from, to]) {
          expect(context.routing.nodePlan(unit, address, server)).toMatchObject({ address })
        }
      })

      it('translates from the address that the cloud delivers to, where it names one', async () => {
        const context = await subject()
        const { routing, run, signal } = context
        const { unit, from } = createScene(context, { held: true, family })
        const [address = ''] = unit.split('/')
        const [seen] = await run(routing.observe([unit], { signal }))
        if (seen?.kind !== 'found') expect.fail('the unit is there')
        const { deliveredTo } = seen
        const plan = routing.nodePlan(unit, address, from, deliveredTo)
        expect(plan).toMatchObject({ address, ...(deliveredTo === undefined ? {} : { translateFrom: deliveredTo }) })
        expect(deliveredTo ?? '').not.toContain('/')
      })
    }
  })
}
