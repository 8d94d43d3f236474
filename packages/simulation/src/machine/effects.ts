import type { Clock } from '@failover-ip/provider'
import type { Trace } from '../trace.ts'
import type { Process } from './process.ts'

/**
 * What may befall one effect. An effect is cut in three: the request leaves, it takes effect, the answer arrives.
 * - `crashBefore`, `crashAfter`: the process dies before the request leaves, or after the effect. - `requestLost`,
 * `answerLost`: the connection breaks before or after the effect. - `refused`: it was not reached, and knows it.
 * - `pauseBefore`: the process is stopped between its decision and the request. - `crashInFlight`: the process dies with
 * the request on the way, which takes its time to arrive.
 */
export type Interference =
  | 'crashBefore'
  | 'crashAfter'
  | 'crashInFlight'
  | 'requestLost'
  | 'answerLost'
  | 'refused'
  | 'pauseBefore'

/** One call of a process to the world outside. */
export interface Effect {
  /** Counted over the whole run. */
  readonly index: number
  readonly process: string
  readonly system: 'provider' | 'kubernetes'
  /** For people and for comparing runs: `PATCH .../ips/51.15.0.4`, `save web`. */
  readonly label: string
  readonly at: number
  /** Whether the effect changes anything. */
  readonly changes: boolean
}

export interface Call<Value> extends Pick<Effect, 'system' | 'label' | 'changes'> {
  readonly process: Process
  readonly signal: AbortSignal
  /** Milliseconds from request to answer. */
  readonly latency: number
  /** Takes effect, in one instant of the world's time. */
  readonly act: () => Value | Promise<Value>
  readonly failure: (kind: 'refused' | 'lost') => Error
  /** Whether the other side can be reached at this instant. */
  readonly reachable: () => boolean
}

/** Carries out the effects of all processes, records them, and lets faults fall between. */
export interface Effects {
  readonly list: readonly Effect[]
  listen(listener: EffectListener): void
  perform<Value>(call: Call<Value>): Promise<Value>
}

/** Told at once: when a process decides for an effect, when it happens, and when its answer has arrived. */
export interface EffectListener {
  issued?(effect: Effect): void
  done?(effect: Effect): void
  /** The process learns that it never began. */
  refused?(effect: Effect): void
  answered?(effect: Effect, value: unknown): void
}

export interface EffectsOptions {
  readonly clock: Clock
  readonly trace: Trace
  readonly interfere: (effect: Effect) => Interference | undefined
}

/** How long an unreachable system keeps its callers waiting. */
const unreachableTime = 1000
/** Longer than a Lease is respected, and shorter than calls may take. */
const slowTravel = 4800

export function createEffects({ clock, trace, interfere }: EffectsOptions): Effects {
  const list: Effect[] = []
  const listeners: EffectListener[] = []

  const carryOut = async <Value>(
    call: Call<Value>,
    effect: Effect,
    interference: Interference | undefined,
  ): Promise<Value> => {
    const { process, latency, label } = call
    if (interference === 'crashBefore') process.kill()
    if (interference === 'pauseBefore') process.pause()
    await process.receive(Promise.resolve())
    if (interference === 'crashInFlight') process.kill()
    await clock.sleep(interference === 'crashInFlight' ? slowTravel : latency / 2)
    if (interference === 'refused') {
      for (const listener of listeners) listener.refused?.(effect)
      throw call.failure('refused')
    }
    if (!call.reachable()) {
      await clock.sleep(unreachableTime)
      throw call.failure('lost')
    }
    if (interference === 'requestLost') throw call.failure('lost')
    const value = await call.act()
    if (call.changes) trace.add(`${process.name} ! ${label}`)
    for (const listener of listeners) listener.done?.(effect)
    if (interference === 'crashAfter') process.kill()
    if (interference === 'answerLost') throw call.failure('lost')
    await clock.sleep(latency / 2)
    return value
  }

  return {
    list,
    listen: (listener) => void listeners.push(listener),
    perform: async (call) => {
      const { process, system, label, changes, signal } = call
      if (!process.alive) return new Promise(() => {})
      const effect = { index: list.length, process: process.name, system, label, changes, at: clock.monotonic() }
      list.push(effect)
      for (const listener of listeners) listener.issued?.(effect)
      const interference = interfere(effect)
      trace.add(`${process.name} > ${label}${interference === undefined ? '' : ` (${interference})`}`)
      const value = await process.receive(untilAborted(carryOut(call, effect, interference), signal))
      for (const listener of listeners) listener.answered?.(effect, value)
      return value
    },
  }
}

/** The caller's view: it stops waiting when it is told to, while the effect goes on. */
function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
