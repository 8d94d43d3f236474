import type { Authority, EngineInput, FailoverIPInput, Publication } from '@failover-ip/core'
import type { CacheEntry, KubernetesClient } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { createChangeSignal } from '../caches/change-signal.ts'
import type { FailoverIPRecord } from '../caches/failover-ip-record.ts'
import type { OptionalCollection } from '../caches/optional-collection.ts'
import { planPublication, type PlannedPublication, type PublicationFacts } from './plan-publication.ts'
import { createPublicationBook, leastPause } from './publication-book.ts'
import { claimServices } from './service-claims.ts'
import type { ServiceRecord } from './service-record.ts'
import { writeService, type PendingChange } from './write-service.ts'

/** Keeps the Services that FailoverIPs name showing their addresses, for one term of leadership. */
export interface ServicePublisher {
  /** The same input, each FailoverIP with how it stands in its Service. What is to be written is written by `run`. */
  plan(
    input: EngineInput,
    services: ReadonlyMap<string, string>,
    entries: readonly CacheEntry<FailoverIPRecord>[],
  ): EngineInput
  /** Writes until the signal is aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void>
}

export interface ServicePublisherOptions {
  readonly client: KubernetesClient
  readonly clock: Clock
  readonly services: OptionalCollection<ServiceRecord>
  readonly authority: Authority
  readonly dryRun: boolean
  /** Asks to plan again. */
  readonly onChange: () => void
  readonly onTrouble: (error: unknown) => void
}

/** Milliseconds for which a Service that cannot be written keeps a FailoverIP from vanishing. */
const deletionPatience = 30_000

export function createServicePublisher(options: ServicePublisherOptions): ServicePublisher {
  const { clock, services, dryRun } = options
  const book = createPublicationBook(clock)
  const changed = createChangeSignal()
  const timers = new AbortController()
  let lookAt: number | undefined
  let changes: readonly PendingChange[] = []

  const lookAgain = (at: number): void => {
    if (lookAt !== undefined && lookAt <= at) return
    lookAt = at
    const look = (): void => {
      lookAt = undefined
      options.onChange()
    }
    clock.sleep(Math.max(0, at - clock.monotonic()), { signal: timers.signal }).then(look, () => undefined)
  }

  const takeNext = (): PendingChange | undefined => {
    const [next, ...left] = changes
    changes = left
    return next
  }

  /** What may be written now, or what is to be said until it may. */
  const permit = (failoverIP: FailoverIPInput, planned: PlannedPublication): readonly [Publication, PendingChange?] => {
    const { change, ...rest } = planned
    const { key, uid, deleting } = failoverIP
    const publication = { ...rest, keepsObject: rest.keepsObject && (!deleting || isKept(uid)) }
    const service = `${namespaceOf(key)}/${change?.service ?? ''}`
    const entry = change === undefined ? undefined : services.reflector.cache.get(service)
    if (change === undefined || entry === undefined) return [publication]
    const { resourceVersion, value } = entry
    const hold = book.holdOf(service, change.ingress, { resourceVersion, writer: value.writer })
    if (hold === undefined) return [publication, { ...change, key: service, uid: entry.uid, resourceVersion }]
    lookAgain(hold.until)
    return [hold.condition === undefined ? publication : { ...publication, condition: hold.condition }]
  }
  /** What has just been written, or may have been, is not shown yet. */
  const mayShowSoon = (service: string): boolean => {
    const shown = services.reflector.cache.get(service)
    const may = shown !== undefined && book.mayShow(service, shown.resourceVersion)
    if (may) lookAgain(clock.monotonic() + leastPause)
    return may
  }
  const noteShown = (service: string): void => {
    const shown = services.reflector.cache.get(service)
    if (shown !== undefined) book.shows(service, { ...shown, isLoadBalancer: shown.value.isLoadBalancer })
  }
  const isKept = (uid: string): boolean => {
    const left = deletionPatience - book.keptFor(uid)
    if (left > 0) lookAgain(clock.monotonic() + left)
    return left > 0
  }

  return {
    plan: (input, names, entries) => {
      const modes = new Map(input.accounts.map(({ key, capabilities }) => [key, capabilities.ipMode]))
      const served = new Map(
        input.failoverIPs.map(({ key, problem, account = '' }) => [key, problem === undefined && modes.has(account)]),
      )
      const claims = claimServices(entries, { names, served })
      const found: PendingChange[] = []
      const named = new Set<string>()
      const failoverIPs = input.failoverIPs.map((failoverIP): FailoverIPInput => {
        const { key, account } = failoverIP
        const service = names.get(key)
        const winner = service === undefined ? undefined : claims.get(`${namespaceOf(key)}/${service}`)
        if (service !== undefined) noteShown(`${namespaceOf(key)}/${service}`)
        const planned = planPublication(failoverIP, {
          service,
          olderClaim: winner === key || served.get(key) !== true ? undefined : winner,
          ipMode: account === undefined ? undefined : modes.get(account),
          services: servicesOf(services, namespaceOf(key)),
          mayShowSoon: (name) => mayShowSoon(`${namespaceOf(key)}/${name}`),
          dryRun,
        })
        if (planned === undefined) return failoverIP
        const [publication, change] = permit(failoverIP, planned)
        if (change !== undefined) found.push(change)
        if (service !== undefined) named.add(`${namespaceOf(key)}/${service}`)
        if (planned.publishedTo !== undefined) named.add(`${namespaceOf(key)}/${planned.publishedTo.service}`)
        return { ...failoverIP, publication }
      })
      book.keepOnly(named, new Set(failoverIPs.map(({ uid }) => uid)))
      changes = found
      if (found.length > 0) changed.notify()
      return { ...input, failoverIPs }
    },
    run: async (signal) => {
      while (!signal.aborted) {
        try {
          await changed.wait(signal)
          // A plan that comes while one is written takes the place of what is left.
          for (let next = takeNext(); next !== undefined; next = takeNext())
            await writeService(next, { ...options, book }, signal)
        } catch (error) {
          if (!signal.aborted) options.onTrouble(error)
        }
      }
      timers.abort()
    },
  }
}

function servicesOf(
  { reflector, problem }: OptionalCollection<ServiceRecord>,
  namespace: string,
): PublicationFacts['services'] {
  const finding = problem()
  if (finding !== undefined) return { kind: 'unreadable', finding }
  if (!reflector.state.synced) return { kind: 'unread' }
  return { kind: 'known', find: (name) => reflector.cache.get(`${namespace}/${name}`)?.value }
}

function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf('/'))
}
