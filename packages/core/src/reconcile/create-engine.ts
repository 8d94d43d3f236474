import { isProviderError } from '@failover-ip/provider'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { sameJson } from '../domain/same-json.ts'
import type { CallState, Decision, Step } from '../plan/decision.ts'
import { noProber } from '../ports/prober.ts'
import { createAccountBook } from './account-book.ts'
import { defaults } from './defaults.ts'
import type { Engine, EngineInput, EngineOptions, EngineState } from './engine-options.ts'
import { createEvidenceDesk } from './evidence-desk.ts'
import { createHoldBook } from './hold-book.ts'
import { planTurn } from './plan-turn.ts'
import { sendChanges, stateOf } from './send-changes.ts'
import { createTaskSet } from './task-set.ts'
import { createWakeup } from './wakeup.ts'

/** Milliseconds between two turns that nothing but time asked for. */
const leastPause = 5

/**
 * The engine: one loop that looks at everything, decides for each FailoverIP by pure functions, and starts what was
 * decided. One task per FailoverIP at a time; each ends in a store or a call, and then everything is looked at again.
 *
 * @example
 * const engine = createEngine({ clock, random, prober, store, authority: soleAuthority })
 * engine.update({ nodes, failoverIPs, accounts })
 * await engine.run({ signal })
 */
export function createEngine(options: EngineOptions): Engine {
  const { clock, random, prober, store, authority, onEvent } = options
  const hardStop = new AbortController()
  const { signal } = hardStop
  const wakeup = createWakeup(clock)
  const onNews = wakeup.ring
  const tasks = createTaskSet((error) => options.onTrouble?.(error))
  const { track } = tasks
  const holds = createHoldBook(clock, random)
  const accounts = createAccountBook({ ...options, signal, onNews, track, onRenewed: holds.renewed })
  const evidence = createEvidenceDesk({ clock, prober, nodeReader: options.nodeReader, signal, onNews, track })
  const calls = new Map<string, CallState>()
  const firstSeen = new Map<string, number>()
  const busy = new Set<string>()
  const blockedUntil = new Map<string, number>()
  const idToken = Math.floor(random() * 2 ** 40).toString(36)
  let idCount = 0
  let input: EngineInput = { nodes: [], failoverIPs: [], accounts: [] }
  let health: ReturnType<typeof planTurn>['health'] = {
    verdicts: new Map(),
    questions: [],
    brake: undefined,
    lookAgainAt: undefined,
  }
  let state: EngineState = { failoverIPs: new Map(), brake: undefined }

  const block = (key: string): void => {
    blockedUntil.set(key, clock.monotonic() + defaults.storeBackOff)
  }
  const replace = (old: FailoverIPInput, change: Partial<FailoverIPInput>): void => {
    const failoverIPs = input.failoverIPs.map((each) => (each.uid === old.uid ? { ...each, ...change } : each))
    input = { ...input, failoverIPs }
  }
  const save = async (failoverIP: FailoverIPInput, { status, events }: Decision): Promise<boolean> => {
    if (!sameJson(status, failoverIP.status)) {
      const result = await store.save(failoverIP, status, { signal })
      if (result !== 'written') {
        block(failoverIP.key)
        return false
      }
      replace(failoverIP, { status })
    }
    for (const event of events) onEvent?.(event)
    return true
  }

  const change = async (
    failoverIP: FailoverIPInput,
    decision: Decision,
    step: Extract<Step, { kind: 'change' }>,
  ): Promise<void> => {
    const account = accounts.get(failoverIP.account)
    if (account === undefined) return
    for (const { operation } of step.changes) {
      calls.set(operation.id, { state: 'unsent', settledAt: clock.monotonic() })
    }
    if (store.noteOperation !== undefined && account.capabilities.accountWindows.length > 0) {
      for (const { unit, operation } of step.changes) {
        const noted = await store.noteOperation(account.key, { unit, at: operation.startedAt }, { signal })
        if (noted !== 'written') return block(failoverIP.key)
      }
    }
    if (!(await save(failoverIP, decision))) return
    await sendChanges(step.changes, {
      account,
      clock,
      authority,
      signal,
      calls,
      onDone: () => holds.succeeded(failoverIP.key, account.key),
      onFailed: ({ unit, operation }, error) => {
        holds.failed({ key: failoverIP.key, account: account.key, node: operation.toNode, error })
        accounts.doubtServers(account.key)
        const { key } = failoverIP
        const summary = `${unit}: ${error.message}`
        onEvent?.({ at: clock.now(), key, type: 'Warning', reason: 'ChangeFailed', unit, code: error.code, summary })
      },
    })
  }

  const poll = async (failoverIP: FailoverIPInput, step: Extract<Step, { kind: 'poll' }>): Promise<void> => {
    const account = accounts.get(failoverIP.account)
    if (account === undefined) return
    const old = calls.get(step.operation)
    const settledAt = old?.settledAt ?? clock.monotonic()
    try {
      const result = await account.routing.poll(step.providerOperation, { signal })
      const polledAt = clock.monotonic()
      const answered = stateOf(result, old?.acceptedAt ?? clock.now())
      calls.set(step.operation, { ...answered, settledAt: answered.state === 'done' ? polledAt : settledAt, polledAt })
    } catch (error) {
      const polledAt = clock.monotonic()
      if (!isProviderError(error)) throw error
      // An operation that the cloud has forgotten, or that failed, is resolved by reading; anything else is asked again.
      const over = error.code !== 'Transient' && error.code !== 'RateLimited' && error.code !== 'Busy'
      const pending = { state: 'pending' as const, providerOperation: step.providerOperation, settledAt }
      calls.set(step.operation, over ? { state: 'unknown', settledAt: polledAt } : { ...pending, polledAt })
    }
  }

  const perform = async (failoverIP: FailoverIPInput, decision: Decision): Promise<void> => {
    const { step } = decision
    switch (step?.kind) {
      case undefined:
        await save(failoverIP, decision)
        return
      case 'protect':
        if ((await store.protect(failoverIP, { signal })) === 'written') replace(failoverIP, { protected: true })
        else block(failoverIP.key)
        return
      case 'unprotect':
        for (const event of decision.events) onEvent?.(event)
        if ((await store.unprotect(failoverIP, { signal })) === 'written') replace(failoverIP, { protected: false })
        else block(failoverIP.key)
        return
      case 'poll':
        if (await save(failoverIP, decision)) await poll(failoverIP, step)
        return
      case 'change':
        await change(failoverIP, decision, step)
    }
  }

  const start = (failoverIP: FailoverIPInput, decision: Decision): void => {
    const { key } = failoverIP
    busy.add(key)
    const task = perform(failoverIP, decision)
      .catch((error: unknown) => {
        block(key)
        if (!signal.aborted) options.onTrouble?.(error)
      })
      .finally(() => {
        busy.delete(key)
        onNews()
      })
    track(task)
  }

  const turn = (draining: boolean): number => {
    const result = planTurn(input, {
      clock,
      probing: prober !== noProber,
      kubernetes: options.nodeReader !== undefined,
      dryRun: options.dryRun ?? false,
      draining,
      accounts,
      evidence,
      holds,
      calls,
      firstSeen,
      isIdle: (key) => !busy.has(key) && (blockedUntil.get(key) ?? 0) <= clock.monotonic(),
      newOperationID: () => `${idToken}-${(idCount += 1)}`,
      previous: health,
    })
    health = result.health
    state = result.state
    prober.watch(result.targets)
    for (const event of result.events) onEvent?.(event)
    for (const { failoverIP, decision } of result.decisions) {
      const idle = decision.step === undefined && decision.events.length === 0 && sameJson(decision.status, failoverIP.status)
      if (!idle && busy.size < defaults.concurrentChanges) start(failoverIP, decision)
    }
    forget()
    const blocked = [...blockedUntil.values()]
    return Math.min(result.lookAgainAt, ...blocked)
  }

  /** Nothing is remembered of what is gone. */
  const forget = (): void => {
    const now = clock.monotonic()
    for (const [key, until] of blockedUntil) if (until <= now) blockedUntil.delete(key)
    const open = new Set(
      input.failoverIPs.flatMap(({ status }) => status.addresses?.flatMap(({ operation }) => operation?.id ?? []) ?? []),
    )
    const isStale = (id: string, call: CallState): boolean =>
      !open.has(id) && call.state !== 'calling' && now > call.settledAt + defaults.pendingLimit
    for (const [id, call] of calls) if (isStale(id, call)) calls.delete(id)
    for (const id of firstSeen.keys()) if (!open.has(id)) firstSeen.delete(id)
  }

  /** Own changes that are not settled yet: worth waiting for before a successor has to find them out. */
  const isUnsettled = (): boolean =>
    busy.size > 0 ||
    input.failoverIPs.some(({ status }) =>
      status.addresses?.some(({ operation }) => operation !== undefined && calls.has(operation.id)),
    )

  const drain = async (): Promise<void> => {
    const end = clock.monotonic() + defaults.drainDeadline
    while (isUnsettled() && authority.mayAct() && clock.monotonic() < end) {
      await wakeup.wait(Math.min(end, turn(true), clock.monotonic() + defaults.confirmInterval))
    }
  }

  return {
    update: (next) => {
      input = next
      accounts.update(next.accounts)
      onNews()
    },
    get state() {
      return state
    },
    run: async ({ signal: stop }) => {
      const onStop = (): void => onNews()
      stop.addEventListener('abort', onStop, { once: true })
      const unlisten = prober.listen((heard) => {
        const before = evidence.tracks.get(heard.node)?.vantages.get(heard.vantage)?.provenAt
        evidence.record(heard)
        // Life that goes on as it did changes nothing.
        const isRoutine = heard.kind === 'reply' && before !== undefined
        if (!isRoutine || health.verdicts.get(heard.node)?.verdict !== 'healthy') onNews()
      })
      try {
        while (!stop.aborted) await wakeup.wait(Math.max(turn(false), clock.monotonic() + leastPause))
        await drain()
      } finally {
        unlisten()
        stop.removeEventListener('abort', onStop)
        prober.watch([])
        hardStop.abort(stop.reason ?? new Error('the engine has stopped'))
        await tasks.settled()
      }
    },
  }
}
