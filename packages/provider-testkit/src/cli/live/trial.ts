import { isProviderError } from '@failover-ip/provider'
import type { Capabilities, Clock, Routing, ServerReference, TrialMove } from '@failover-ip/provider'
import { bring } from './bring.ts'
import type { BringContext } from './bring.ts'
import { isSame } from './preflight.ts'
import type { NamedServer, Preflight } from './preflight.ts'

export interface TrialContext {
  readonly routing: Routing
  readonly capabilities: Capabilities
  readonly clock: Clock
  readonly write: (text: string) => void
  /** Ends the trial; what was changed is put back all the same. */
  readonly signal: AbortSignal
}

/** How long a change may come after nobody waits for it any more. */
const lateSeconds = 10
/** Longest time for one change, and for putting the address back. */
const changeSeconds = 15 * 60

/**
 * Moves the unit to each of the servers and asks once for what is already so, then puts it back where it was, whatever
 * happened. `error`: what ended it early. `restored`: whether the unit is where it was.
 */
export async function runTrial(
  { unit, holder, servers }: Preflight,
  context: TrialContext,
): Promise<{ readonly moves: readonly TrialMove[]; readonly error?: unknown; readonly restored: boolean }> {
  const { routing, capabilities, clock, write, signal } = context
  const moves: TrialMove[] = []
  const isOurs = (server: ServerReference): boolean => servers.some((one) => isSame(one.server, server))
  const pace = paceSeconds(capabilities)
  const step = async (target: NamedServer | null, end: AbortSignal): Promise<void> => {
    write(`${unit} -> ${target?.name ?? 'nobody'}\n`)
    const bringing: Omit<BringContext, 'signal'> = { routing, capabilities, clock, write, isOurs }
    const move = await withDeadline(clock, end, (within) =>
      bring(unit, target?.server ?? null, { ...bringing, signal: within }),
    )
    if (move === undefined) return
    moves.push(move)
    const [accepted, done, confirmed] = [move.acceptedSeconds, move.doneSeconds, move.confirmedSeconds].map(seconds)
    write(`  accepted after ${accepted}, done after ${done}, seen after ${confirmed}\n`)
  }
  const rest = async (): Promise<void> => {
    if (pace > 0) write(`  waiting ${Math.ceil(pace)} s, as the provider's manifest demands\n`)
    await clock.sleep(pace * 1000, { signal })
  }

  let error: unknown
  try {
    for (const target of servers.filter(({ name }) => name !== holder?.name)) {
      await step(target, signal)
      const again = withDeadline(clock, signal, (within) => routing.assign(unit, target.server, { signal: within }))
      write(`  and once more, which must change nothing: ${await again.then(({ status }) => status, sentenceOf)}\n`)
      await rest()
    }
  } catch (caught) {
    error = caught
    write(`  stopped: ${sentenceOf(caught)}\n`)
    // What was sent last may take effect after its answer was given up.
    await clock.sleep((capabilities.eventualReadSeconds + lateSeconds) * 1000)
  }
  write('Putting it back.\n')
  try {
    await step(holder, new AbortController().signal)
    return { moves, restored: true, ...(error === undefined ? {} : { error }) }
  } catch (caught) {
    write(`  FAILED: ${sentenceOf(caught)}\n  Put ${unit} back to ${holder?.name ?? 'nobody'} by hand.\n`)
    return { moves, restored: false, error: error ?? caught }
  }
}

/** The time between two changes that breaks neither cool-down nor windows. */
export function paceSeconds({ coolDownSeconds, accountWindows }: Capabilities): number {
  return Math.max(coolDownSeconds, ...accountWindows.map(({ mutations, seconds: length }) => length / mutations))
}

export function sentenceOf(error: unknown): string {
  if (isProviderError(error)) return `${error.code}: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}

async function withDeadline<Value>(
  clock: Clock,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const deadline = new AbortController()
  const over = new AbortController()
  void clock.sleep(changeSeconds * 1000, { signal: over.signal }).then(
    () => deadline.abort(new Error(`It took longer than ${changeSeconds / 60} minutes.`)),
    () => {},
  )
  try {
    return await call(AbortSignal.any([signal, deadline.signal]))
  } finally {
    over.abort()
  }
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`
}
