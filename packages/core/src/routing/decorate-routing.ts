import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { Clock, Observation, Outcome, Routing, ServerMatch } from '@failover-ip/provider'
import { DeadlineExceededError, withDeadline } from './deadline.ts'
import { operationNames, type ProviderCall } from './provider-call.ts'
import { soundError } from './sound-error.ts'

export interface RoutingDecoration {
  readonly clock: Clock
  /** For messages and metrics. */
  readonly account: string
  /** Milliseconds for a read, and for a change. */
  readonly readDeadline: number
  readonly changeDeadline: number
  readonly onCall?: (call: ProviderCall) => void
}

/**
 * A routing whose calls end by their deadline, are measured, and reject with `ProviderError` or the signal's reason
 * whatever the provider does. It neither retries nor caches: the engine reads before it repeats a change.
 *
 * @example
 * const routing = decorateRouting(account.open(context), { clock, account: 'scaleway', readDeadline: 10_000, changeDeadline: 5000 })
 */
export function decorateRouting(routing: Routing, decoration: RoutingDecoration): Routing {
  const read = { milliseconds: decoration.readDeadline, outcome: 'not-applied' } as const
  const change = { milliseconds: decoration.changeDeadline, outcome: 'unknown' } as const
  const { clock, account } = decoration
  const serverStates = routing.serverStates?.bind(routing)
  const accountID = routing.accountID?.bind(routing)
  const upkeep = routing.upkeep?.bind(routing)
  const run = <T>(
    operation: ProviderCall['operation'],
    kind: typeof read | typeof change,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<T>,
    flawOf?: (answer: T) => Flaw | undefined,
  ): Promise<T> => runCall({ operation, ...kind, signal, ...decoration }, call, flawOf)
  return {
    observe: async (units, { signal }) => {
      const answer = await run('observe', read, signal, (s) => routing.observe(units, { signal: s }), worstOf)
      return answer.map((each) => (each?.kind === 'unknown' ? { ...each, error: soundError(each.error) } : each))
    },
    resolve: (nodes, { signal }) => run('resolve', read, signal, (s) => routing.resolve(nodes, { signal: s }), doubtOf),
    ...(serverStates === undefined
      ? {}
      : {
          serverStates: (servers, { signal }) =>
            run('serverStates', read, signal, (s) => serverStates(servers, { signal: s })),
        }),
    assign: (unit, server, { signal }) =>
      run('assign', change, signal, (s) => routing.assign(unit, server, { signal: s })),
    poll: (operation, { signal }) => run('poll', read, signal, (s) => routing.poll(operation, { signal: s })),
    release: (unit, server, { signal }) =>
      run('release', change, signal, (s) => routing.release(unit, server, { signal: s })),
    nodePlan: (unit, address, server, deliveredTo) => routing.nodePlan(unit, address, server, deliveredTo),
    ...(accountID === undefined ? {} : { accountID }),
    // No call like the others: what goes with addresses may lack rights that they do not need.
    ...(upkeep === undefined
      ? {}
      : {
          upkeep: (units, { signal }) =>
            withDeadline({ clock, milliseconds: read.milliseconds, signal, what: `upkeep at ${account}` }, (s) =>
              upkeep(units, { signal: s }),
            ),
        }),
  }
}

interface Call extends RoutingDecoration {
  readonly operation: ProviderCall['operation']
  readonly milliseconds: number
  readonly outcome: Outcome
  readonly signal: AbortSignal
}

/** What keeps an answer from being a success. */
type Flaw = Pick<ProviderCall, 'outcome' | 'error'>

async function runCall<T>(
  call: Call,
  send: (signal: AbortSignal) => Promise<T>,
  flawOf?: (answer: T) => Flaw | undefined,
): Promise<T> {
  const { clock, account, operation, milliseconds, signal, onCall } = call
  const began = clock.monotonic()
  const tell = (flaw: Flaw): void =>
    onCall?.({ account, operation, ...flaw, seconds: (clock.monotonic() - began) / 1000 })
  try {
    const answer = await withDeadline({ clock, milliseconds, signal, what: `${operation} at ${account}` }, send)
    tell(flawOf?.(answer) ?? { outcome: 'ok' })
    return answer
  } catch (error) {
    if (signal.aborted) {
      tell({ outcome: 'cancelled' })
      throw signal.reason
    }
    const typed = asProviderError(error, call)
    tell({ outcome: typed.code, error: typed })
    throw typed
  }
}

/** A read that failed for some units does not reject, and is no success either. */
function worstOf(observations: readonly Observation[]): Flaw | undefined {
  return observations.flatMap((each) =>
    each?.kind === 'unknown' ? [{ outcome: each.error.code, error: each.error }] : [],
  )[0]
}

function doubtOf(matches: readonly ServerMatch[]): Flaw | undefined {
  return matches.some((match) => match?.kind === 'unknown') ? { outcome: 'Transient' } : undefined
}

function asProviderError(error: unknown, { account, operation, milliseconds, outcome }: Call): ProviderError {
  if (isProviderError(error)) return soundError(error)
  const what = `${operationNames[operation]} at the account ${account}`
  const message =
    error instanceof DeadlineExceededError
      ? `The provider did not answer within ${milliseconds / 1000} s, ${what}.`
      : `The provider failed in a way that it does not describe, ${what}; please report this to its author.`
  return new ProviderError('Transient', message, { outcome, cause: error })
}
