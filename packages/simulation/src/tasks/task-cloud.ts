import { ProviderError } from '@failover-ip/provider'
import type { AccountWindow, Clock, JsonValue, MutationResult, Routing, ServerReference } from '@failover-ip/provider'

export interface TaskCloudOptions {
  readonly clock: Clock
  /** Seconds that the next task takes. */
  readonly taskSeconds: () => number
  readonly windows: readonly AccountWindow[]
  readonly coolDownSeconds: number
  /** Units that a server carries at most. */
  readonly slots?: number
  /** A server works on one task at a time. */
  readonly oneChangePerServer?: boolean
  /** Asked at each change, after all limits: why it is refused. */
  readonly refuse?: (unit: string, server: string | null) => ProviderError | undefined
}

/** A change that the cloud has accepted. */
export interface Task {
  readonly id: number
  readonly unit: string
  readonly to: string | null
  readonly acceptedAt: number
  readonly endsAt: number
}

/**
 * A cloud of no maker: every change is a task of minutes, one at a time for each unit; changes are counted in windows of
 * the account and cool down for each unit. What is sent in spite of a limit is refused, and noted.
 */
export interface TaskCloud {
  /** Of one process; `receive` brings it the answers. */
  open(receive: <Value>(answer: Promise<Value>) => Promise<Value>): Routing
  /** Where a unit is, or will be when its task is over. */
  holder(unit: string): string | null
  isAtWork(unit: string): boolean
  readonly tasks: readonly Task[]
  /** What was sent although a limit forbade it. */
  readonly excesses: readonly string[]
  put(unit: string, server: string | null): void
}

const latency = 50

export function createTaskCloud(options: TaskCloudOptions): TaskCloud {
  const { clock, taskSeconds, windows, coolDownSeconds, slots = Number.POSITIVE_INFINITY, refuse } = options
  const { oneChangePerServer = false } = options
  const places = new Map<string, string | null>()
  const tasks: Task[] = []
  const running = new Map<string, Task>()
  const excesses: string[] = []

  const settle = (unit: string): void => {
    const task = running.get(unit)
    if (task === undefined || clock.monotonic() < task.endsAt) return
    running.delete(unit)
    places.set(unit, task.to)
  }
  const limited = (unit: string): ProviderError | undefined => {
    const now = clock.monotonic()
    const excess = (what: string): ProviderError => {
      excesses.push(`${(now / 1000).toFixed(3)} ${unit}: ${what}`)
      return new ProviderError('RateLimited', `Too many: ${what}.`, { outcome: 'not-applied', retryAfterSeconds: 30 })
    }
    const full = windows.find(({ mutations, seconds }) => {
      let inside = 0
      for (let index = tasks.length - 1; index >= 0; index -= 1) {
        if ((tasks[index]?.acceptedAt ?? 0) <= now - seconds * 1000) break
        inside += 1
      }
      return inside >= mutations
    })
    if (full !== undefined) return excess(`${full.mutations} in ${full.seconds} s`)
    const last = tasks.findLast((task) => task.unit === unit)
    const isHot = last !== undefined && now < last.acceptedAt + coolDownSeconds * 1000
    return isHot ? excess(`once in ${coolDownSeconds} s`) : undefined
  }
  const change = (unit: string, to: string | null): MutationResult => {
    settle(unit)
    const task = running.get(unit)
    if (task?.to === to) return { status: 'pending', operation: task.id }
    if (task !== undefined) throw new ProviderError('Busy', 'It is at work on the unit.', { outcome: 'not-applied' })
    if (places.get(unit) === to) return { status: 'done' }
    for (const other of running.keys()) settle(other)
    const server = to ?? places.get(unit) ?? null
    if (oneChangePerServer && [...running.values()].some((other) => (other.to ?? places.get(other.unit)) === server)) {
      excesses.push(`${(clock.monotonic() / 1000).toFixed(3)} ${unit}: ${server} is busy`)
      throw new ProviderError('Busy', 'It is at work on the server.', { outcome: 'not-applied' })
    }
    const error = limited(unit) ?? refuse?.(unit, to)
    if (error !== undefined) throw error
    const held = [...places.keys()].filter(
      (other) => other !== unit && (running.get(other)?.to ?? places.get(other)) === to,
    )
    if (to !== null && held.length >= slots)
      throw new ProviderError('Invalid', 'It is full.', { outcome: 'not-applied' })
    const now = clock.monotonic()
    const begun = { id: tasks.length, unit, to, acceptedAt: now, endsAt: now + taskSeconds() * 1000 }
    tasks.push(begun)
    running.set(unit, begun)
    return { status: 'pending', operation: begun.id }
  }
  const poll = (operation: JsonValue): MutationResult => {
    const task = tasks.find(({ id }) => id === operation)
    if (task === undefined) throw new ProviderError('NotFound', 'No such task.', { outcome: 'unknown' })
    settle(task.unit)
    return running.get(task.unit)?.id === task.id ? { status: 'pending', operation } : { status: 'done' }
  }

  return {
    open: (receive) => {
      const call = <Value>(act: () => Value): Promise<Value> => receive(answer(act))
      /** The request takes half of the time, the answer the other half. */
      const answer = async <Value>(act: () => Value): Promise<Value> => {
        await clock.sleep(latency / 2)
        try {
          return act()
        } finally {
          await clock.sleep(latency / 2)
        }
      }
      return {
        observe: (units) =>
          call(() =>
            units.map((unit) => {
              settle(unit)
              const id = places.get(unit) ?? null
              const server = id === null ? null : serverOf(id)
              return { kind: 'found', unit, location: 'site', server, inFlight: running.has(unit), locked: false }
            }),
          ),
        resolve: (nodes) =>
          call(() => nodes.map(({ name }) => ({ kind: 'matched', node: name, server: serverOf(name) }))),
        assign: (unit, { id }) => call(() => change(unit, id)),
        release: (unit, { id }) => call(() => (places.get(unit) === id ? change(unit, null) : { status: 'done' })),
        poll: (operation) => call(() => poll(operation)),
        nodePlan: () => {
          throw new Error('nothing is configured here')
        },
      }
    },
    holder: (unit) => {
      settle(unit)
      return running.get(unit)?.to ?? places.get(unit) ?? null
    },
    isAtWork: (unit) => {
      settle(unit)
      return running.has(unit)
    },
    tasks,
    excesses,
    put: (unit, server) => void places.set(unit, server),
  }
}

function serverOf(id: string): ServerReference {
  return { id, location: 'site' }
}
