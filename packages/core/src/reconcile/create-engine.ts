import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { sameJson } from '../domain/same-json.ts'
import type { CallState, Decision } from '../plan/decision.ts'
import { noProber } from '../ports/prober.ts'
import { createAccountBook } from './account-book.ts'
import { defaults } from './defaults.ts'
import type { Engine, EngineInput, EngineOptions, EngineState } from './engine-options.ts'
import { createEvidenceDesk } from './evidence-desk.ts'
import { createHoldBook } from './hold-book.ts'
import { performDecision, type PerformContext } from './perform-decision.ts'
import { planTurn } from './plan-turn.ts'
import { createTaskSet } from './task-set.ts'
import { createWakeup } from './wakeup.ts'

/** Milliseconds between two turns that nothing but time asked for. */
const leastPause = 5
/** A turn that took long is followed by as long a pause, up to this: others need the processor, and news gathers. */
const mostPause = 200

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
  const onNews = (): void => wakeup.ring()
  const tasks = createTaskSet((error) => options.onTrouble?.(error))
  const track = (task: Promise<void>): void => tasks.track(task)
  const holds = createHoldBook(clock, random)
  const accounts = createAccountBook({
    ...options,
    signal,
    onNews,
    track,
    onRenewed: (account) => holds.renewed(account),
  })
  const evidence = createEvidenceDesk({ clock, prober, nodeReader: options.nodeReader, signal, onNews, track })
  const calls = new Map<string, CallState>()
  const firstSeen = new Map<string, number>()
  /** FailoverIPs that something is being done for, each with the status that this stores. */
  const beingStored = new Map<string, FailoverIPStatus>()
  /** FailoverIPs whose last write failed. */
  const blocked = new Map<string, { readonly failures: number; readonly until: number }>()
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

  const onStored: PerformContext['onStored'] = (old, change) => {
    const failoverIPs = input.failoverIPs.map((each) => (each.uid === old.uid ? { ...each, ...change } : each))
    input = { ...input, failoverIPs }
  }
  const performing: PerformContext = {
    clock,
    authority,
    store,
    signal,
    accounts,
    holds,
    calls,
    onStored,
    onEvent: (event) => onEvent?.(event),
  }

  const block = (key: string): void => {
    const failures = (blocked.get(key)?.failures ?? 0) + 1
    const wait = Math.min(defaults.storeBackOff * 2 ** (failures - 1), defaults.mostStoreBackOff)
    blocked.set(key, { failures, until: clock.monotonic() + wait })
  }

  const start = (failoverIP: FailoverIPInput, decision: Decision): void => {
    const { key } = failoverIP
    beingStored.set(key, decision.status)
    const task = performDecision(failoverIP, decision, performing)
      .then((isStored) => (isStored ? void blocked.delete(key) : block(key)))
      .catch((error: unknown) => {
        block(key)
        if (!signal.aborted) options.onTrouble?.(error)
      })
      .finally(() => {
        beingStored.delete(key)
        onNews()
      })
    track(task)
  }

  const isBlocked = (key: string): boolean => (blocked.get(key)?.until ?? 0) > clock.monotonic()

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
      isIdle: (key) => !beingStored.has(key) && !isBlocked(key),
      beingStored: (key) => beingStored.get(key),
      newOperationID: () => `${idToken}-${(idCount += 1)}`,
      previous: health,
    })
    health = result.health
    state = result.state
    prober.watch(result.targets)
    for (const event of result.events) onEvent?.(event)
    for (const { failoverIP, decision } of result.decisions) {
      const idle =
        decision.step === undefined && decision.events.length === 0 && sameJson(decision.status, failoverIP.status)
      if (!idle && beingStored.size < defaults.concurrentChanges) start(failoverIP, decision)
    }
    forget()
    const ends = [...blocked].flatMap(([key, { until }]) => (isBlocked(key) ? [until] : []))
    return Math.min(result.lookAgainAt, ...ends)
  }

  /** Nothing is remembered of what is gone. */
  const forget = (): void => {
    const now = clock.monotonic()
    const keys = new Set(input.failoverIPs.map(({ key }) => key))
    for (const key of blocked.keys()) if (!keys.has(key)) blocked.delete(key)
    const open = new Set(
      input.failoverIPs.flatMap(
        ({ status }) => status.addresses?.flatMap(({ operation }) => operation?.id ?? []) ?? [],
      ),
    )
    const isStale = (id: string, call: CallState): boolean =>
      !open.has(id) && call.state !== 'calling' && now > call.settledAt + defaults.pendingLimit
    for (const [id, call] of calls) if (isStale(id, call)) calls.delete(id)
    for (const id of firstSeen.keys()) if (!open.has(id)) firstSeen.delete(id)
  }

  /** Own changes that are not settled yet: worth waiting for before a successor has to find them out. */
  const isUnsettled = (): boolean =>
    beingStored.size > 0 ||
    input.failoverIPs.some(({ status }) =>
      status.addresses?.some(({ operation }) => operation !== undefined && calls.has(operation.id)),
    )

  const pause = (until: number): Promise<void> => wakeup.wait(Math.max(until, clock.monotonic() + leastPause))
  const breathe = async (milliseconds: number, stop: AbortSignal): Promise<void> => {
    if (milliseconds < leastPause) return
    await clock.sleep(Math.min(milliseconds, mostPause), { signal: stop }).catch(() => undefined)
  }

  const drain = async (): Promise<void> => {
    const end = clock.monotonic() + defaults.drainDeadline
    while (isUnsettled() && authority.mayAct() && clock.monotonic() < end) {
      await pause(Math.min(end, turn(true), clock.monotonic() + defaults.confirmInterval))
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
        while (!stop.aborted) {
          const began = clock.monotonic()
          const again = turn(false)
          await breathe(clock.monotonic() - began, stop)
          await pause(again)
        }
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
