import type { Clock } from '@failover-ip/provider'

/**
 * A process of the operator as its kernel sees it: it may be stopped and continued, and killed. Everything that comes
 * to it from outside (answers, timers, watch events) comes through here: it waits while the process is stopped, and
 * never arrives once it is dead.
 */
export interface Process {
  readonly name: string
  readonly alive: boolean
  /** The process's own view of time: it goes on while the process stands still, but its timers do not fire. */
  readonly clock: Clock
  receive<Value>(answer: Promise<Value>): Promise<Value>
  post(task: () => void): void
  pause(): void
  resume(): void
  kill(): void
}

export function createProcess(name: string, world: Clock, onKill: () => void): Process {
  let alive = true
  let paused = false
  let catchingUp = false
  let waiting: (() => void)[] = []
  const post = (task: () => void): void => {
    if (!alive) return
    if (paused || waiting.length > 0) waiting.push(task)
    else task()
  }
  /** What has piled up is dealt with in the order of arrival, each to its end before the next, as an event loop does. */
  const catchUp = async (): Promise<void> => {
    if (catchingUp) return
    catchingUp = true
    while (alive && !paused && waiting.length > 0) {
      waiting[0]?.()
      await world.sleep(0)
      waiting = waiting.slice(1)
    }
    catchingUp = false
  }
  const receive: Process['receive'] = (answer) =>
    new Promise((resolve, reject) => {
      answer.then(
        (value) => post(() => resolve(value)),
        (error: unknown) => post(() => reject(error)),
      )
    })
  return {
    name,
    get alive() {
      return alive
    },
    clock: {
      now: () => world.now(),
      monotonic: () => world.monotonic(),
      sleep: (milliseconds, options) => receive(world.sleep(milliseconds, options)),
    },
    receive,
    post,
    pause: () => {
      paused = true
    },
    resume: () => {
      paused = false
      void catchUp()
    },
    kill: () => {
      if (!alive) return
      alive = false
      waiting = []
      onKill()
    },
  }
}
