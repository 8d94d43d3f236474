import { createActions } from './actions.ts'
import type { ChangeCourse, CloudModel, CloudModelOptions, CloudServer, CloudUnit, Holding } from './cloud-model.ts'
import { createLimits } from './limits.ts'
import { createTimeline } from './timeline.ts'
import type { Timeline } from './timeline.ts'

const nowhere: Holding = { server: null, phase: 'settled' }
const atOnce: ChangeCourse = { seconds: 0, end: 'done', effect: 'atEnd' }

/**
 * @example
 * const cloud = createCloudModel<CloudServer, CloudUnit>({ clock, course: { seconds: 20, end: 'done', effect: 'atEnd' } })
 * cloud.putServer({ id: '1', name: 'a', location: 'x' })
 * cloud.putUnit({ id: '7', unit: '192.0.2.1/32', location: 'x' }, null)
 * cloud.change('7', '1').state // 'running'; after 20 s cloud.action(1) is 'done' and cloud.holding('7') at server '1'
 */
export function createCloudModel<Server extends CloudServer, Unit extends CloudUnit>(
  options: CloudModelOptions,
): CloudModel<Server, Unit> {
  const { clock } = options
  let readLagSeconds = options.readLagSeconds ?? 0
  let course = options.course ?? atOnce
  const servers = new Map<string, Server>()
  const units = new Map<string, Unit>()
  const holdings = new Map<string, Timeline<Holding>>()
  const actions = createActions(clock)
  const limits = createLimits(clock, options.windows ?? [], options.coolDownSeconds ?? 0)

  const now = (): number => clock.monotonic()
  const at = (unit: string, time: number): Holding => holdings.get(unit)?.at(time) ?? nowhere
  const holding = (unit: string): Holding => at(unit, now())
  const holdingsOf = (unit: string): Timeline<Holding> => {
    const found = holdings.get(unit)
    if (found === undefined) throw new Error(`The cloud has no unit with the identifier ${unit}.`)
    return found
  }
  const settle = (unit: string, next: Holding): void => {
    const timeline = holdingsOf(unit)
    actions.interrupt(unit)
    timeline.set(now(), next)
  }

  return {
    servers,
    units,
    putServer: (server) => void servers.set(server.id, server),
    removeServer: (id) => {
      servers.delete(id)
      const aimed = new Set(actions.aimedAt(id))
      for (const unit of units.keys()) {
        const { server } = holding(unit)
        if (server === id) settle(unit, nowhere)
        else if (aimed.has(unit)) settle(unit, { server, phase: 'failed' })
      }
    },
    putUnit: (unit, server) => {
      actions.interrupt(unit.id)
      units.set(unit.id, unit)
      holdings.set(unit.id, createTimeline<Holding>({ server, phase: 'settled' }))
    },
    removeUnit: (id) => {
      actions.interrupt(id)
      units.delete(id)
      holdings.delete(id)
    },
    unitOf: (cidr) => [...units.values()].find(({ unit }) => unit === cidr),
    holding,
    seenHolding: (unit) => at(unit, now() - readLagSeconds * 1000),
    heldBy: (server) => [...units.values()].filter(({ id }) => holding(id).server === server),
    aimedAt: (server) => actions.aimedAt(server).flatMap((unit) => units.get(unit) ?? []),
    change: (unit, server) => {
      const timeline = holdingsOf(unit)
      const before = holding(unit).server
      const action = actions.start(unit, server, course)
      const { seconds, end, effect } = course
      if (seconds > 0 || end === 'stuck') {
        timeline.set(now(), { server: effect === 'atStart' ? server : before, phase: 'changing' })
      }
      if (end !== 'stuck') {
        const last: Holding = {
          server: end === 'done' && effect !== 'never' ? server : before,
          phase: end === 'done' ? 'settled' : 'failed',
        }
        timeline.set(now() + seconds * 1000, last)
      }
      return action
    },
    action: (id) => actions.get(id),
    actionsOf: (unit) => actions.of(unit),
    forgetAction: (id) => actions.forget(id),
    placeByHand: (unit, server) => settle(unit, { server, phase: 'settled' }),
    setPhase: (unit, phase) => settle(unit, { ...holding(unit), phase }),
    admit: (unit, asked) => limits.admit(unit, asked),
    readLag: () => readLagSeconds,
    setReadLag: (seconds) => {
      readLagSeconds = seconds
    },
    setCourse: (change) => {
      course = { ...course, ...change }
    },
    setWindows: (windows) => limits.setWindows(windows),
    setCoolDown: (seconds) => limits.setCoolDown(seconds),
    snapshot: () => ({
      servers: [...servers.values()],
      units: [...units.values()].map((unit) => ({ ...unit, ...holding(unit.id) })),
      actions: actions.all(),
    }),
  }
}
