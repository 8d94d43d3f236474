import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { clusterUnderTest } from '../harness/under-test.ts'
import './global-setup.ts'
import { observeMove, recordMove } from './observe-move.ts'
import { setStage, type Stage } from './stage.ts'

const cluster = clusterUnderTest()

describe.each(['netcup', 'digitalocean'] as const)('%s, to the last packet', (cloud) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage(cluster, { name: `${cloud}-nodes`, programs: inject('programs'), cloud })
  })
  afterAll(async () => await stage?.[Symbol.asyncDispose]())

  const title = { netcup: '[A3] [A30]', digitalocean: '[A4] [A30]' }[cloud]
  it(`sends packets for both addresses to another node when the power of theirs goes ${title}`, async () => {
    await stage.place('n3')
    const move = await observeMove(stage, async (from) => await stage.powerOff(from))
    await recordMove(`${cloud}, power off`, move)
    await stage.restore(move.from)
    expect(stage.holder()).toBe(move.to)
  })
})
