import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readToldEvents } from '../harness/told-events.ts'
import { clusterUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'
import './global-setup.ts'
import { observeMove, recordMove } from './observe-move.ts'
import { setStage, type Stage } from './stage.ts'

const cluster = clusterUnderTest()

describe('a holder that serves nobody, while something refuses in its name', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage(cluster, { name: 'lifeless-answer', programs: inject('programs') })
  })
  afterAll(async () => await stage?.[Symbol.asyncDispose]())

  it('loses its addresses at the latest with NotReady [A63]', async () => {
    const holder = 'n3'
    await stage.place(holder)
    const asking = cluster.nodes.filter(({ name }) => name !== holder).map(({ address }) => address)
    const others = `{ ${asking.join(', ')} }`
    // Nothing comes in, goes through, or goes out but refusals of what the other nodes ask.
    const rules = `table inet fip-lifeless {
      chain in { type filter hook input priority -300; policy drop; iifname "lo" accept
        ip saddr ${others} meta l4proto tcp reject with tcp reset
        ip saddr ${others} reject; }
      chain through { type filter hook forward priority -300; policy drop; }
      chain out { type filter hook output priority -300; policy drop; oifname "lo" accept
        ip daddr ${others} accept; }
    }\n`
    const began = Date.now()
    try {
      const move = await observeMove(stage, async (from) => {
        await cluster.exec(from, ['nft', '-f', '-'], { input: rules })
        const told = async (): Promise<boolean> =>
          (await readToldEvents(stage.scene.api, began)).some(({ message }) =>
            message.includes('something answers at its address'),
          )
        await until('somebody to be heard in its place', told)
        expect(stage.holder()).toBe(from)
      })
      await recordMove('nothing but refusals from the holder', move)
    } finally {
      await cluster.exec(holder, ['nft', 'delete', 'table', 'inet', 'fip-lifeless'])
    }
    await stage.untilCalm()
  })
})
