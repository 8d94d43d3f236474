import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { recordMeasurement } from '../harness/measurements.ts'
import { clusterUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'
import './global-setup.ts'
import { saturate } from './saturate.ts'
import { setStage, type Stage } from './stage.ts'
import { watchCalm } from './watch-calm.ts'

const cluster = clusterUnderTest()
const seconds = 300

describe('a cluster in which nothing happens', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage(cluster, { name: 'calm', programs: inject('programs') })
  })
  afterAll(async () => await stage?.[Symbol.asyncDispose]())

  it.each(['idle', 'load'])('moves nothing and calls nobody dead: %s', { timeout: 500_000 }, async (kind) => {
    // From another node, so that what is counted begins here.
    await stage.place('n2')
    await stage.place('n3')
    await using _load = kind === 'load' ? await saturate() : undefined
    const report = await watchCalm(stage, { seconds })
    await recordMeasurement(`calm, ${kind}: the longest silence of the holder's probes`, report.probeSilence / 1000)
    await recordMeasurement(
      `calm, ${kind}: the client's longest silence`,
      Math.max(...Object.values(report.gaps)) / 1000,
    )
    expect(report).toMatchObject({ moves: 0, changes: 0, verdicts: [] })
    // Probes were counted at all: five in a second.
    expect(report.probeSilence).toBeGreaterThan(150)
  })

  it('counts a move and a death when there is one', async () => {
    await stage.place('n3')
    const report = await watchCalm(stage, { seconds: 1 }, async () => {
      await cluster.isolate('n3')
      await until('the move', async () => ![undefined, 'n3'].includes(stage.holder()))
      await stage.scene.untilReady('web')
    })
    await cluster.heal('n3')
    expect(report).toMatchObject({ moves: 1, changes: 2 })
    expect(report.verdicts).toMatchObject([{ reason: 'NodeDead' }])
    expect(report.lost).toBeGreaterThan(0)
    await stage.untilCalm()
  })
})
