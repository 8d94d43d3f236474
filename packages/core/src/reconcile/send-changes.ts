import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { Clock, MutationResult } from '@failover-ip/provider'
import { ownerOf, type Account } from '../domain/account.ts'
import type { CallState } from '../plan/call-state.ts'
import type { UnitChange } from '../plan/decision.ts'
import type { Authority } from '../ports/authority.ts'

export interface SendContext {
  readonly account: Account
  readonly clock: Clock
  readonly authority: Authority
  readonly signal: AbortSignal
  readonly calls: Map<string, CallState>
  readonly onFailed: (change: UnitChange, error: ProviderError) => void
}

/**
 * Sends changes whose intents are stored. The authority is asked in the tick of the send. What came of each call is in
 * `calls`; it rejects for none.
 */
export async function sendChanges(changes: readonly UnitChange[], context: SendContext): Promise<void> {
  const { authority, signal } = context
  if (!authority.mayAct() || signal.aborted) return
  await Promise.all(changes.map((change) => sendChange(change, context)))
}

async function sendChange(change: UnitChange, context: SendContext): Promise<void> {
  const { account, clock, signal, calls } = context
  const { unit, server, operation } = change
  const sent = { owner: ownerOf(account), at: clock.monotonic() }
  const settle = (state: Omit<CallState, 'settledAt'>): void => {
    calls.set(operation.id, { ...state, sent, settledAt: clock.monotonic() })
  }
  settle({ state: 'calling' })
  try {
    const result =
      operation.kind === 'assign'
        ? await account.routing.assign(unit, server, { signal })
        : await account.routing.release(unit, server, { signal })
    settle(stateOf(result, clock.now()))
  } catch (error) {
    const typed = isProviderError(error)
      ? error
      : new ProviderError('Transient', 'The call was given up.', { outcome: 'unknown', cause: error })
    settle({ state: typed.outcome === 'not-applied' ? 'refused' : 'unknown' })
    context.onFailed(change, typed)
  }
}

/** What a provider's answer means for its operation. */
export function stateOf(result: MutationResult, now: number): Omit<CallState, 'settledAt'> {
  switch (result.status) {
    case 'done':
      return { state: 'done', acceptedAt: now }
    case 'pending':
      return { state: 'pending', acceptedAt: now, providerOperation: result.operation }
  }
}
