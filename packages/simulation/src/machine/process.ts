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
  let waiting: (() => void)[] = []
  const post = (task: () => void): void => {
    if (!alive) return
    if (paused) waiting.push(task)
    else task()
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
      const tasks = waiting
      waiting = []
      for (const task of tasks) post(task)
    },
    kill: () => {
      if (!alive) return
      alive = false
      waiting = []
      onKill()
    },
  }
}
