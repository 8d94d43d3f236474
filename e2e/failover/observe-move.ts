import { recordMeasurement } from '../harness/measurements.ts'
import { until } from '../harness/until.ts'
import { targets, type Stage } from './stage.ts'
import { servers } from './traffic.ts'

/** A move as the client and the cloud saw it. Milliseconds. */
export interface ObservedMove {
  readonly from: string
  readonly to: string
  /** The client's longest silence, by target. */
  readonly gaps: Readonly<Record<string, number>>
  /** From the last answer before that silence, or of a planned move from its order, until the cloud routed both units elsewhere. */
  readonly accepted: number
}

/**
 * Does something that must move the addresses, and resolves when the new holder, and nobody else, answers every target.
 * Rejects when anybody has answered meanwhile whom the cloud had not sent the packets to.
 */
export async function observeMove(
  stage: Stage,
  act: (from: string) => Promise<void>,
  { isPlanned = false }: { readonly isPlanned?: boolean } = {},
): Promise<ObservedMove> {
  const { traffic, fabric, scene } = stage
  const from = stage.holder()
  if (from === undefined) throw new Error('nobody holds the addresses')
  await traffic.reset()
  const before = fabric.changes.length
  const orderedAt = Date.now()
  await act(from)
  const arrived = async (): Promise<string | undefined> => {
    const node = stage.holder()
    if (node === undefined || node === from) return undefined
    await traffic.untilServedBy(node, targets, 100)
    return node
  }
  const to = await until('the move', arrived, { deadline: 90_000, interval: 20 })
  const { node } = await scene.untilReady('web')
  if (node !== to) throw new Error(`the cloud has the addresses on ${to}, and the status says ${node}`)
  const seen = await traffic.look()
  const through = new Set([from, ...fabric.changes.slice(before).map(({ node }) => node)])
  const gaps: Record<string, number> = {}
  let silentSince = Number.POSITIVE_INFINITY
  for (const name of targets) {
    const own = seen.get(name)
    if (own === undefined) throw new Error(`there is no target ${name}`)
    const stranger = servers(own).find((each) => !through.has(each))
    if (stranger !== undefined) throw new Error(`${name} was answered by ${stranger}, which did not get its packets`)
    gaps[name] = own.gapMs
    silentSince = Math.min(silentSince, own.gapFrom)
  }
  const routed = fabric.changes.slice(before).findLast(({ node }) => node === to)
  return { from, to, gaps, accepted: (routed?.at ?? Number.NaN) - (isPlanned ? orderedAt : silentSince) }
}

/** Adds a move to the measurements of end-to-end runs. */
export async function recordMove(scenario: string, { gaps, accepted }: ObservedMove): Promise<void> {
  await recordMeasurement(`failover: ${scenario}, until the cloud accepted`, accepted / 1000)
  const [least, most] = [Math.min(...Object.values(gaps)), Math.max(...Object.values(gaps))]
  await recordMeasurement(`failover: ${scenario}, the client's shortest silence of four targets`, least / 1000)
  await recordMeasurement(`failover: ${scenario}, the client's longest silence of four targets`, most / 1000)
}
