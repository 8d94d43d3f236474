import type { Cluster } from '../harness/cluster.ts'
import { until } from '../harness/until.ts'
import { observeMove, type ObservedMove } from './observe-move.ts'
import type { Stage } from './stage.ts'

export interface Sample extends ObservedMove {
  /** From the order to cut its power, until Kubernetes called the node NotReady. Milliseconds; where that was waited for. */
  readonly notReady?: number
}

/** One way for addresses to leave a node, again and again. Leaves everything calm. */
export type Scenario = (stage: Stage, cluster: Cluster) => Promise<Sample>

/** The holder is no node of an operator: what is measured is the holder's loss alone. */
const apart = 'n3'

export const scenarios: Readonly<Record<string, Scenario>> = {
  powerOff: async (stage) => {
    await stage.place(apart)
    const move = await observeMove(stage, async (from) => await stage.powerOff(from))
    await stage.restore(move.from)
    return move
  },
  notReady: async (stage) => {
    await stage.place(apart)
    const before = Date.now()
    const move = await observeMove(stage, async (from) => await stage.powerOff(from))
    const notReady = async (): Promise<boolean> => !(await stage.isReady(move.from))
    await until('Kubernetes to miss the node', notReady, { deadline: 90_000, interval: 50 })
    const sample = { ...move, notReady: Date.now() - before }
    await stage.restore(move.from)
    return sample
  },
  isolate: async (stage, cluster) => {
    await stage.place(apart)
    const move = await observeMove(stage, async (from) => await cluster.isolate(from))
    await cluster.heal(move.from)
    await stage.untilCalm()
    return move
  },
  cut: async (stage, cluster) => {
    await stage.place(apart)
    const move = await observeMove(stage, async (from) => await cluster.cut(from))
    await cluster.heal(move.from)
    await stage.untilCalm()
    return move
  },
  leaderAndHolder: async (stage) => {
    await stage.place(await stage.leader())
    const move = await observeMove(stage, async (from) => await stage.powerOff(from))
    await stage.restore(move.from)
    return move
  },
  cordon: async (stage) => {
    await stage.place(apart)
    const move = await observeMove(stage, async (from) => void (await stage.scene.kubectl(['cordon', from])), {
      isPlanned: true,
    })
    await stage.scene.kubectl(['uncordon', move.from])
    await until('no operation to be open', async () => {
      const { addresses } = await stage.scene.status('web')
      return addresses.every(({ operation }) => operation === undefined)
    })
    return move
  },
}
