import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Stage } from './stage.ts'
import type { ToldVerdict } from './told-verdicts.ts'

/** What was seen, since it began, of a stage on which nothing is to happen. */
export interface CalmReport {
  readonly seconds: number
  /** That the status counts. */
  readonly moves: number
  /** That the cloud was sent. */
  readonly changes: number
  /** What operators told of the holder. */
  readonly verdicts: readonly ToldVerdict[]
  /** The longest time between two answers of the holder to the leader's probes, five in a second, in milliseconds. */
  readonly probeSilence: number
  /** The client's longest silence, by target, in milliseconds. */
  readonly gaps: Readonly<Record<string, number>>
  /** Datagrams of the client's without an answer. */
  readonly lost: number
  /** Of the machine, in the last minute. */
  readonly load: number
}

export interface CalmOptions {
  readonly seconds: number
  /** Told what was seen so far, every ten seconds. */
  readonly onReport?: (report: CalmReport) => void
}

/** Milliseconds between two looks. */
const period = 10_000

/**
 * Does something, if asked to, and looks on for the time given. Resolves with what was
 * seen, whatever it is.
 */
export async function watchCalm(
  stage: Stage,
  { seconds, onReport = () => undefined }: CalmOptions,
  act: () => Promise<void> = async () => undefined,
): Promise<CalmReport> {
  const { scene, cloud, traffic } = stage
  const { moves } = await scene.status('web')
  const changes = cloud.changes()
  const began = Date.now()
  const holder = stage.holder() ?? ''
  await traffic.reset()
  const look = async (): Promise<CalmReport> => {
    const seen = [...(await traffic.look())]
    return {
      seconds: (Date.now() - began) / 1000,
      moves: (await scene.status('web')).moves - moves,
      changes: cloud.changes() - changes,
      verdicts: await stage.toldVerdicts(began),
      probeSilence: await stage.longestProbeSilence(holder),
      gaps: Object.fromEntries(seen.map(([name, { gapMs }]) => [name, gapMs])),
      lost: seen.reduce((sum, [, { lost }]) => sum + lost, 0),
      load: loadavg()[0] ?? 0,
    }
  }
  await act()
  const end = began + seconds * 1000
  for (let now = Date.now(); now < end; now = Date.now()) {
    await pause(Math.min(period, end - now))
    onReport(await look())
  }
  return await look()
}
