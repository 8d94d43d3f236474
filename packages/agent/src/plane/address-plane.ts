import type { Clock } from '@failover-ip/provider'
import type { AnchorBook } from '../anchor/anchor-book.ts'
import type { Change } from '../network/change.ts'
import type { Link } from '../network/network-state.ts'
import type { ChangeFailure, Network } from '../network/network.ts'
import { ownInterfaces } from '../network/own-interfaces.ts'
import { planChanges } from '../target/plan-changes.ts'
import type { Problem } from '../target/problem.ts'
import { resolveTarget } from '../target/resolve-target.ts'
import type { Wanted, WantedAddress } from '../wanted/wanted-address.ts'
import { createAlarm } from './alarm.ts'
import { defaults } from './defaults.ts'
import { type Interest, interestIn, isOfInterest } from './interest.ts'
import { createPace } from './pace.ts'

/** What this node carries, as it was found after the last look. */
export interface AddressReport {
  /** What `want` was called with. */
  readonly wanted: Wanted
  /** Those of the wanted addresses that are on their device, with their translation where there is one. */
  readonly carried: readonly string[]
  readonly problems: readonly Problem[]
  /** What was changed for it. */
  readonly changes: readonly Change[]
  /** The node's own. */
  readonly interfaces: readonly Link[]
}

export interface AddressPlaneOptions {
  readonly network: Network
  readonly anchors: AnchorBook
  readonly clock: Clock
  /** After each look. */
  readonly onReport?: (report: AddressReport) => void
  /** The network could not be looked at, or is not listened to; it is tried again. */
  readonly onError?: (error: unknown) => void
}

/**
 * Keeps on this node's interfaces what is wanted of it, and nothing else of ours. Before `want` is called nothing is
 * known, and nothing is touched; when it ends, everything stays as it is.
 *
 * @example
 * const plane = createAddressPlane({ network: createIpNetwork(), anchors, clock })
 * plane.want({ carry: [{ plan, role: 'holder' }], leave: [] })
 * await plane.run({ signal })
 */
export interface AddressPlane {
  /** From now on this, and all of it: what is not in it is taken off. */
  want(wanted: Wanted): void
  /** Runs until the signal ends it, and rejects with its reason. Once. */
  run(options: { readonly signal: AbortSignal }): Promise<never>
}

export function createAddressPlane(options: AddressPlaneOptions): AddressPlane {
  const { network, anchors, clock, onReport = () => undefined, onError = () => undefined } = options
  const alarm = createAlarm(clock)
  const pace = createPace(defaults.looks)
  let wanted: Wanted | undefined
  let interest: Interest = 'everything'
  let retry: number = defaults.firstRetry
  let isForEvent = false

  const lookNow = (): void => alarm.due(clock.monotonic())
  const lookAfterEvent = (): void => {
    isForEvent = true
    alarm.due(pace.next(clock.monotonic() + defaults.settling))
  }

  const look = async (goals: Wanted, signal: AbortSignal): Promise<AddressReport> => {
    const state = await network.read({ signal })
    const target = resolveTarget(goals, state, anchors.known())
    interest = interestIn(target)
    const changes = planChanges(target, state)
    const failures = changes.length === 0 ? [] : await network.apply(changes, { signal })
    const problems = [...target.problems, ...failures.flatMap((failure) => problemsOf(failure, goals.carry))]
    const bad = new Set(problems.map(({ address }) => address))
    const carried = goals.carry.map(({ plan }) => plan.address).filter((address) => !bad.has(address))
    return { wanted: goals, carried, problems, changes, interfaces: ownInterfaces(state) }
  }

  const keepLooking = async (signal: AbortSignal): Promise<never> => {
    for (;;) {
      await alarm.wait({ signal })
      if (wanted === undefined) continue
      if (isForEvent) pace.spend(clock.monotonic())
      isForEvent = false
      try {
        const report = await look(wanted, signal)
        const isStuck = report.problems.length > 0
        alarm.due(clock.monotonic() + (isStuck ? retry : defaults.resync))
        retry = isStuck ? Math.min(retry * 2, defaults.resync) : defaults.firstRetry
        onReport(report)
      } catch (error) {
        signal.throwIfAborted()
        alarm.due(clock.monotonic() + retry)
        retry = Math.min(retry * 2, defaults.resync)
        onError(error)
      }
    }
  }

  const keepListening = async (signal: AbortSignal): Promise<never> => {
    for (;;) {
      try {
        await network.watch(
          (event) => {
            if (event === '') alarm.due(clock.monotonic() + defaults.listenerStart)
            else if (isOfInterest(event, interest)) lookAfterEvent()
          },
          { signal },
        )
      } catch (error) {
        signal.throwIfAborted()
        onError(error)
        await clock.sleep(defaults.listenAgain, { signal })
      }
    }
  }

  return {
    want: (all) => {
      wanted = all
      anchors.ask(urlsOf(all.carry))
      lookNow()
    },
    run: async ({ signal }) => {
      const scope = new AbortController()
      const either = AbortSignal.any([signal, scope.signal])
      const parts = [keepLooking(either), keepListening(either), anchors.run({ signal: either, changed: lookNow })]
      try {
        return await Promise.race(parts)
      } finally {
        scope.abort()
        await Promise.allSettled(parts)
      }
    },
  }
}

/** Of the addresses that suffer from it. */
function problemsOf({ change, error }: ChangeFailure, goals: readonly WantedAddress[]): readonly Problem[] {
  const message = error instanceof Error ? error.message : String(error)
  return addressesOf(change, goals).map((address) => ({ address, code: 'ChangeFailed', message }))
}

function addressesOf(change: Change, goals: readonly WantedAddress[]): readonly string[] {
  switch (change.kind) {
    case 'addAddress':
    case 'removeAddress':
      return [change.address.address]
    case 'addRoute':
    case 'removeRoute': {
      const { destination } = change.route
      return goals.flatMap(({ plan }) =>
        plan.routes.some((route) => route.destination === destination) ? plan.address : [],
      )
    }
    case 'setTranslations':
      return goals.flatMap(({ plan, role }) =>
        role === 'holder' && plan.translateFrom !== undefined ? plan.address : [],
      )
  }
}

/** A candidate's too, so that it need not ask when it becomes the holder. */
const urlsOf = (goals: readonly WantedAddress[]): readonly string[] =>
  goals.flatMap(({ plan: { translateFrom } }) => (typeof translateFrom === 'object' ? translateFrom.metadataUrl : []))
