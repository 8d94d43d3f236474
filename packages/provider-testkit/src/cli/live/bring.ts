import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { Capabilities, Clock, MutationResult, Routing, ServerReference, TrialMove } from '@failover-ip/provider'
import { LiveError } from './live-error.ts'
import { isSame } from './preflight.ts'

export interface BringContext {
  readonly routing: Routing
  readonly capabilities: Capabilities
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly write: (text: string) => void
  /** Who may lose the unit. */
  readonly isOurs: (server: ServerReference) => boolean
}

/** For a cloud that is busy and does not say how long. */
const defaultWaitSeconds = 5
const pollSeconds = 1
/** Beyond `eventualReadSeconds`, until a change that is called done is asked for again. */
const patienceSeconds = 60

/**
 * Brings a unit to a server, or to nobody, until a read shows it there. Waits while the cloud is busy or limits the rate;
 * anything else rejects. A unit that is with a stranger is never touched.
 */
export async function bring(
  unit: string,
  target: ServerReference | null,
  context: BringContext,
): Promise<TrialMove | undefined> {
  const { routing, capabilities, clock, signal, write, isOurs } = context
  const began = clock.monotonic()
  const elapsed = (): number => (clock.monotonic() - began) / 1000
  let origin: string | null | undefined
  let acceptedSeconds: number | undefined
  let doneSeconds: number | undefined
  for (;;) {
    try {
      const { holder, inFlight } = await look(unit, context)
      if (inFlight) throw new ProviderError('Busy', `${unit} is being changed.`, { outcome: 'not-applied' })
      if (isSame(holder, target)) {
        if (origin === undefined) return undefined
        const confirmedSeconds = elapsed()
        return {
          from: origin,
          to: target?.id ?? null,
          acceptedSeconds: acceptedSeconds ?? confirmedSeconds,
          doneSeconds: doneSeconds ?? confirmedSeconds,
          confirmedSeconds,
        }
      }
      if (holder !== null && !isOurs(holder)) {
        throw new LiveError(
          `${unit} is with server ${holder.id} now, which is not among those named. It is left alone.`,
        )
      }
      origin ??= holder?.id ?? null
      const mustRelease = holder !== null && (target === null || capabilities.move === 'releaseFirst')
      const result = mustRelease
        ? await routing.release(unit, holder, { signal })
        : target === null
          ? ({ status: 'done' } as const)
          : await routing.assign(unit, target, { signal })
      acceptedSeconds = elapsed()
      await follow(result, context)
      doneSeconds = elapsed()
      await untilSeen(unit, mustRelease ? null : target, context)
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error
      const wait = error.retryAfterSeconds ?? defaultWaitSeconds
      write(`  ${error.message} Waiting ${wait} s.\n`)
      await clock.sleep(wait * 1000, { signal })
    }
  }
}

async function follow(result: MutationResult, { routing, clock, signal }: BringContext): Promise<void> {
  let at = result
  while (at.status === 'pending') {
    await clock.sleep(pollSeconds * 1000, { signal })
    at = await routing.poll(at.operation, { signal })
  }
}

/** Waits for a read that shows it, for as long as reads may lag and a while more. */
async function untilSeen(unit: string, target: ServerReference | null, context: BringContext): Promise<void> {
  const { capabilities, clock, signal } = context
  const end = clock.monotonic() + (capabilities.eventualReadSeconds + patienceSeconds) * 1000
  while (clock.monotonic() < end) {
    const { holder, inFlight } = await look(unit, context)
    if (!inFlight && isSame(holder, target)) return
    await clock.sleep(pollSeconds * 1000, { signal })
  }
}

interface Sight {
  readonly holder: ServerReference | null
  /** Who holds it is not settled. */
  readonly inFlight: boolean
}

async function look(unit: string, { routing, signal }: BringContext): Promise<Sight> {
  const [seen] = await routing.observe([unit], { signal })
  if (seen?.kind === 'found') return { holder: seen.server, inFlight: seen.inFlight }
  if (seen?.kind === 'unknown') throw seen.error
  throw new LiveError(`The account has no ${unit} any more.`)
}

function isPassing(error: unknown): error is ProviderError {
  return isProviderError(error) && ['Busy', 'Conflict', 'RateLimited', 'Transient'].includes(error.code)
}
