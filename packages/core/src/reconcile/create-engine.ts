import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { attempt } from '../domain/isolate.ts'
import { sameJson } from '../domain/same-json.ts'
import { earliest } from '../plan/earliest.ts'
import type { Decision } from '../plan/decision.ts'
import { noProber } from '../ports/prober.ts'
import { prepare } from '../placement/prepare.ts'
import { siftInput } from '../snapshot/sift-input.ts'
import { createAccountBook } from './account-book.ts'
import { createCallBook } from './call-book.ts'
import { defaults } from './defaults.ts'
import type { Engine, EngineInput, EngineOptions, EngineState } from './engine-options.ts'
import { createEvidenceDesk } from './evidence-desk.ts'
import { createHoldBook } from './hold-book.ts'
import { startInquiries } from './inquiries.ts'
import { performDecision, type PerformContext } from './perform-decision.ts'
import { planTurn, type Turn } from './plan-turn.ts'
import { runTurns } from './run-turns.ts'
import { createTaskSet } from './task-set.ts'
import { createTroubleBook } from './trouble-book.ts'
import { createUpkeep } from './upkeep.ts'
import { createWakeup } from './wakeup.ts'
import { createWriteBlocks } from './write-blocks.ts'

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
  const { clock, random, prober, store, authority } = options
  const hardStop = new AbortController()
  const { signal } = hardStop
  const wakeup = createWakeup(clock)
  const onNews = (): void => wakeup.ring()
  const onTrouble = (error: unknown): void => options.onTrouble?.(error)
  const onEvent: PerformContext['onEvent'] = (event) => {
    const told = attempt(() => options.onEvent?.(event))
    if (!told.ok) onTrouble(told.error)
  }
  const tasks = createTaskSet(onTrouble)
  const track = (task: Promise<void>): void => tasks.track(task)
  const holds = createHoldBook(clock, random)
  const onRenewed = (account: string): void => holds.renewed(account)
  const accounts = createAccountBook({ ...options, signal, onNews, track, onRenewed, onTrouble })
  const evidence = createEvidenceDesk({
    clock,
    random,
    prober,
    nodeReader: options.nodeReader,
    verdictOf: (node) => health.verdicts.get(node)?.verdict,
    signal,
    onNews,
    track,
  })
  const upkeep = createUpkeep({ clock, accounts, signal, onNews, track })
  const book = createCallBook(clock)
  const blocks = createWriteBlocks(clock)
  const placement = prepare()
  const troubles = createTroubleBook({ clock, random, onTrouble, onEvent })
  /** FailoverIPs that something is being done for, each with the status that this stores. */
  const beingStored = new Map<string, FailoverIPStatus>()
  const idToken = Math.floor(random() * 2 ** 40).toString(36)
  let idCount = 0
  let input: EngineInput = { nodes: [], failoverIPs: [], accounts: [] }
  /** By key: FailoverIPs that cannot be read at all. */
  let unreadable: ReadonlyMap<string, unknown> = new Map()
  let health: Turn['health'] = {
    at: Number.NEGATIVE_INFINITY,
    verdicts: new Map(),
    questions: [],
    brake: undefined,
    lookAgainAt: undefined,
  }
  let state: EngineState = { failoverIPs: new Map(), nodes: new Map(), brake: undefined }

  const performing: PerformContext = {
    clock,
    authority,
    store,
    signal,
    accounts,
    holds,
    calls: book.calls,
    onEvent,
    onStored: (old, change) => {
      const failoverIPs = input.failoverIPs.map((each) => (each.uid === old.uid ? { ...each, ...change } : each))
      input = { ...input, failoverIPs }
    },
  }

  const start = (failoverIP: FailoverIPInput, decision: Decision): void => {
    const { key } = failoverIP
    beingStored.set(key, decision.status)
    const task = performDecision(failoverIP, decision, performing)
      .then((isStored) => (isStored ? blocks.unblock(key) : blocks.block(key)))
      .catch((error: unknown) => {
        blocks.block(key)
        if (!signal.aborted) onTrouble(error)
      })
      .finally(() => {
        beingStored.delete(key)
        onNews()
      })
    track(task)
  }

  const plan = (draining: boolean): Turn =>
    planTurn({
      now: clock.now(),
      monotonic: clock.monotonic(),
      nodes: input.nodes,
      failoverIPs: input.failoverIPs,
      accounts: accounts.known,
      evidence,
      holds,
      calls: book.calls,
      firstSeen: book.firstSeen,
      isIdle: (key) => !beingStored.has(key) && !blocks.isBlocked(key),
      beingStored: (key) => beingStored.get(key),
      newOperationID: () => `${idToken}-${(idCount += 1)}`,
      previous: health,
      placement,
      probing: prober !== noProber,
      ownNode: options.ownNode,
      kubernetes: options.nodeReader !== undefined,
      dryRun: options.dryRun ?? false,
      draining,
    })

  const turn = (draining: boolean): number | undefined => {
    forget()
    for (const event of book.noteFirstSights(input.failoverIPs)) onEvent(event)
    const planned = plan(draining)
    health = planned.health
    state = planned.state
    troubles.note(new Map([...unreadable, ...planned.failures]))
    for (const event of planned.events) onEvent(event)
    for (const { failoverIP, decision } of planned.decisions) {
      if (!isIdle(failoverIP, decision) && beingStored.size < defaults.concurrentChanges) start(failoverIP, decision)
    }
    prober.watch(planned.targets)
    const askAgainAt = startInquiries(planned.inquiries, { accounts, evidence, nodes: input.nodes })
    const isActing = authority.mayAct() && options.dryRun !== true && !draining
    const keepAgainAt = isActing ? upkeep.look(input.failoverIPs) : undefined
    return earliest([planned.lookAgainAt, askAgainAt, keepAgainAt, blocks.endsAt, troubles.tryAgainAt])
  }

  /** Nothing is remembered of what is gone. */
  const forget = (): void => {
    const keys = new Set([...input.failoverIPs.map(({ key }) => key), ...unreadable.keys()])
    blocks.keepOnly(keys)
    holds.forget(keys, accounts.known.keys())
    book.keepOnly(input.failoverIPs)
    evidence.keepOnly(new Map(input.nodes.map((node) => [node.facts.name, node])))
  }

  const listen = (): (() => void) =>
    prober.listen((heard) => {
      if (evidence.record(heard)) onNews()
    })

  return {
    update: (next) => {
      const { sound, failures } = siftInput(next.failoverIPs)
      input = { ...next, failoverIPs: sound }
      unreadable = failures
      accounts.update(next.accounts)
      onNews()
    },
    get state() {
      return state
    },
    run: async ({ signal: stop }) => {
      const unlisten = listen()
      /** Own changes that are not settled yet are worth waiting for before a successor has to find them out. */
      const isUnsettled = (): boolean => beingStored.size > 0 || book.hasOpen(input.failoverIPs)
      try {
        await runTurns({
          clock,
          random,
          wakeup,
          stop,
          turn,
          onTrouble,
          mayDrain: () => isUnsettled() && authority.mayAct(),
        })
      } finally {
        unlisten()
        hardStop.abort(stop.reason ?? new Error('the engine has stopped'))
        const silenced = attempt(() => prober.watch([]))
        if (!silenced.ok) onTrouble(silenced.error)
        await tasks.settled()
      }
    },
  }
}

/** Nothing is to be stored, done or told. */
function isIdle({ status }: FailoverIPInput, decision: Decision): boolean {
  return decision.step === undefined && decision.events.length === 0 && sameJson(decision.status, status)
}
