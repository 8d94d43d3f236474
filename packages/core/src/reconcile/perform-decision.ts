import { isProviderError, ProviderError, type Clock } from '@failover-ip/provider'
import type { Account } from '../domain/account.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { sameJson } from '../domain/same-json.ts'
import type { CallState } from '../plan/call-state.ts'
import type { Decision, Step, UnitChange } from '../plan/decision.ts'
import type { Authority } from '../ports/authority.ts'
import type { StatusStore } from '../ports/status-store.ts'
import type { AccountBook } from './account-book.ts'
import { defaults } from './defaults.ts'
import type { FailoverEvent } from './failover-event.ts'
import type { HoldBook } from './hold-book.ts'
import { sendChanges, stateOf } from './send-changes.ts'

export interface PerformContext {
  readonly clock: Clock
  readonly authority: Authority
  readonly store: StatusStore
  readonly signal: AbortSignal
  readonly accounts: AccountBook
  readonly holds: HoldBook
  readonly calls: Map<string, CallState>
  readonly onEvent: (event: FailoverEvent) => void
  /** The store has taken this. */
  readonly onStored: (failoverIP: FailoverIPInput, change: Partial<FailoverIPInput>) => void
}

/**
 * Stores what was decided for one FailoverIP, and takes its step. `false`: it did not begin, because the store did not
 * take it or nobody may act. Rejects when the store does.
 */
export async function performDecision(
  failoverIP: FailoverIPInput,
  decision: Decision,
  context: PerformContext,
): Promise<boolean> {
  const { step } = decision
  const { store, signal } = context
  switch (step?.kind) {
    case undefined:
      return save(failoverIP, decision, context)
    case 'protect': {
      const isWritten = (await store.protect(failoverIP, { signal })) === 'written'
      if (isWritten) context.onStored(failoverIP, { protected: true })
      return isWritten
    }
    case 'unprotect': {
      const isWritten = (await store.unprotect(failoverIP, { signal })) === 'written'
      if (isWritten) {
        context.onStored(failoverIP, { protected: false })
        // What it had is nobody's or a stranger's from now on: which slots are free is asked anew.
        if (failoverIP.account !== undefined) context.accounts.recountSlots(failoverIP.account)
        for (const event of decision.events) context.onEvent(event)
      }
      return isWritten
    }
    case 'poll':
      if (!(await save(failoverIP, decision, context))) return false
      await poll(failoverIP, step, context)
      return true
    case 'change':
      return change(failoverIP, decision, step, context)
  }
}

async function save(failoverIP: FailoverIPInput, decision: Decision, context: PerformContext): Promise<boolean> {
  const { status, events, closed } = decision
  const { store, signal, accounts, holds, calls } = context
  if (!sameJson(status, failoverIP.status)) {
    const result = await store.save(failoverIP, status, { signal })
    // What is sent has to be written down, whatever a store says.
    const mayRest = result === 'resting' && decision.step?.kind !== 'change'
    if (result !== 'written' && !mayRest) return false
    context.onStored(failoverIP, { status })
    // What is told is told once it is written.
    if (result === 'resting') return true
  }
  for (const event of events) context.onEvent(event)
  const account = accounts.get(failoverIP.account)
  if (account === undefined) return true
  for (const { unit, operation, applied } of closed) {
    const state = calls.get(operation.id)?.state
    if (applied) holds.succeeded(failoverIP.key, account.key)
    else if (state === 'done' || state === 'pending') {
      const message = `${account.provider} took the change and did not carry it out.`
      changeFailed({ unit, operation }, new ProviderError('Transient', message, { outcome: 'not-applied' }), {
        ...context,
        failoverIP,
        account,
      })
    }
  }
  return true
}

async function change(
  failoverIP: FailoverIPInput,
  decision: Decision,
  { changes }: Extract<Step, { kind: 'change' }>,
  context: PerformContext,
): Promise<boolean> {
  const { clock, authority, store, signal, accounts, calls } = context
  const account = accounts.get(failoverIP.account)
  if (account === undefined || !authority.mayAct()) return false
  for (const { operation } of changes) calls.set(operation.id, { state: 'unsent', settledAt: clock.monotonic() })
  if (!(await save(failoverIP, decision, context))) return false
  const { accountWindows, coolDownSeconds } = account.capabilities
  // Only what is about to be sent: an intent that nobody stored takes no room in the account's windows.
  if (store.noteOperation !== undefined && (accountWindows.length > 0 || coolDownSeconds > 0)) {
    for (const { unit, operation } of changes) {
      const noted = await store.noteOperation(account.key, { unit, at: operation.startedAt }, { signal })
      if (noted !== 'written') return false
    }
  }
  const onFailed = (unitChange: UnitChange, error: ProviderError): void =>
    changeFailed(unitChange, error, { ...context, failoverIP, account })
  await sendChanges(changes, { account, clock, authority, signal, calls, onFailed })
  return true
}

async function poll(
  failoverIP: FailoverIPInput,
  { unit, operation, providerOperation }: Extract<Step, { kind: 'poll' }>,
  context: PerformContext,
): Promise<void> {
  const { clock, signal, accounts, calls } = context
  const account = accounts.get(failoverIP.account)
  if (account === undefined) return
  const old = calls.get(operation.id)
  const settledAt = old?.settledAt ?? clock.monotonic()
  const known = old?.sent === undefined ? {} : { sent: old.sent }
  try {
    const result = await account.routing.poll(providerOperation, { signal })
    const polledAt = clock.monotonic()
    const answered = stateOf(result, old?.acceptedAt ?? clock.now())
    calls.set(operation.id, {
      ...known,
      ...answered,
      settledAt: answered.state === 'done' ? polledAt : settledAt,
      polledAt,
    })
  } catch (error) {
    if (!isProviderError(error)) throw error
    const polledAt = clock.monotonic()
    // A question that failed has changed nothing; an operation that failed may have.
    const isAskedAgain = error.outcome === 'not-applied' && ['Transient', 'RateLimited', 'Busy'].includes(error.code)
    if (isAskedAgain) {
      const pollNotBefore = polledAt + (error.retryAfterSeconds ?? 0) * 1000
      calls.set(operation.id, { ...known, state: 'pending', providerOperation, settledAt, polledAt, pollNotBefore })
    } else {
      // One that the cloud has forgotten, or that failed, is resolved by reading.
      calls.set(operation.id, { ...known, state: 'unknown', settledAt: polledAt })
      if (error.code !== 'NotFound') changeFailed({ unit, operation }, error, { ...context, failoverIP, account })
    }
  }
}

function changeFailed(
  { unit, operation }: Pick<UnitChange, 'unit' | 'operation'>,
  error: ProviderError,
  context: PerformContext & { readonly failoverIP: FailoverIPInput; readonly account: Account },
): void {
  const { clock, holds, accounts, account, failoverIP } = context
  const { key } = failoverIP
  const patience = account.capabilities.accountWindows.length > 0 ? defaults.scarcePatience : defaults.patience
  holds.failed({ key, account: account.key, node: operation.toNode, error, patience })
  accounts.doubtServers(account.key)
  const told = { at: clock.now(), key, unit, summary: `${unit}: ${error.message}` }
  // What is busy, and surely was not changed, is no failure: it is sent again in a moment.
  if (error.code === 'Busy' && error.outcome === 'not-applied') {
    context.onEvent({ ...told, type: 'Normal', reason: 'Busy' })
    return
  }
  context.onEvent({ ...told, type: 'Warning', reason: 'ChangeFailed', code: error.code })
}
