import type { Clock } from '@failover-ip/provider'
import type { ChangeCourse, CloudAction } from './cloud-model.ts'

/** The changes that the cloud accepted. How each stands follows from the time alone. */
export interface Actions {
  /** Begins a change, and with it ends the one of the same unit that still runs. */
  start(unit: string, server: string | null, course: ChangeCourse): CloudAction
  /** What runs for this unit ends now, and has failed. */
  interrupt(unit: string): void
  get(id: number): CloudAction | undefined
  /** The latest first. */
  of(unit: string): readonly CloudAction[]
  /** Units that a running change would give to this server. */
  aimedAt(server: string): readonly string[]
  forget(id: number): void
  all(): readonly CloudAction[]
}

interface Entry extends Pick<CloudAction, 'id' | 'unit' | 'server' | 'startedAt'> {
  readonly endsAt: number
  readonly end: 'done' | 'failed'
}

/** Changes that are kept; the oldest are forgotten first. */
const mostActions = 10_000

export function createActions(clock: Clock): Actions {
  const entries = new Map<number, Entry>()
  let counted = 0
  const isRunning = ({ endsAt }: Entry): boolean => endsAt > clock.monotonic()
  const asOfNow = (entry: Entry): CloudAction => {
    const { id, unit, server, startedAt, endsAt, end } = entry
    return isRunning(entry)
      ? { id, unit, server, startedAt, state: 'running', endedAt: null }
      : { id, unit, server, startedAt, state: end, endedAt: endsAt }
  }
  const all = (): readonly CloudAction[] => [...entries.values()].map(asOfNow)

  const interrupt: Actions['interrupt'] = (unit) => {
    for (const entry of entries.values()) {
      if (entry.unit !== unit || !isRunning(entry)) continue
      entries.set(entry.id, { ...entry, endsAt: clock.monotonic(), end: 'failed' })
    }
  }

  return {
    start: (unit, server, { seconds, end }) => {
      interrupt(unit)
      counted += 1
      const startedAt = clock.monotonic()
      const entry: Entry = {
        id: counted,
        unit,
        server,
        startedAt,
        endsAt: end === 'stuck' ? Infinity : startedAt + seconds * 1000,
        end: end === 'failed' ? 'failed' : 'done',
      }
      entries.set(entry.id, entry)
      const [oldest] = entries.keys()
      if (entries.size > mostActions && oldest !== undefined) entries.delete(oldest)
      return asOfNow(entry)
    },
    interrupt,
    get: (id) => {
      const entry = entries.get(id)
      return entry === undefined ? undefined : asOfNow(entry)
    },
    of: (unit) =>
      all()
        .filter((action) => action.unit === unit)
        .toReversed(),
    aimedAt: (server) =>
      [...entries.values()].filter((entry) => entry.server === server && isRunning(entry)).map(({ unit }) => unit),
    forget: (id) => void entries.delete(id),
    all,
  }
}
