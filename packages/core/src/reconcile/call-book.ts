import type { Clock } from '@failover-ip/provider'
import type { OperationRecord } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { CallState } from '../plan/call-state.ts'
import { defaults } from './defaults.ts'
import type { FailoverEvent } from './failover-event.ts'

/** What this process knows of operations: the calls that it made itself, and when it first saw those of others. */
export interface CallBook {
  /** By operation id. */
  readonly calls: Map<string, CallState>
  /** By operation id, local monotonic milliseconds: operations of other processes are waited out from here. */
  readonly firstSeen: ReadonlyMap<string, number>
  /** Takes note of operations of others, and gives what is to be told of them. */
  noteFirstSights(failoverIPs: readonly FailoverIPInput[]): readonly FailoverEvent[]
  /** Whether one of the FailoverIPs has an open operation of this process. */
  hasOpen(failoverIPs: readonly FailoverIPInput[]): boolean
  /** Drops what belongs to no open operation. */
  keepOnly(failoverIPs: readonly FailoverIPInput[]): void
}

/** Calls that are remembered: more than any account's windows count. */
const mostCalls = 1000

export function createCallBook(clock: Clock): CallBook {
  const calls = new Map<string, CallState>()
  const firstSeen = new Map<string, number>()
  return {
    calls,
    firstSeen,
    noteFirstSights: (failoverIPs) =>
      failoverIPs.flatMap((failoverIP) =>
        openOperations(failoverIP).flatMap(({ unit, operation }): readonly FailoverEvent[] => {
          const { id, kind } = operation
          if (calls.has(id) || firstSeen.has(id)) return []
          firstSeen.set(id, clock.monotonic())
          const { key } = failoverIP
          const summary = `${unit}: another process began to ${kind} it; what came of that is read from the provider`
          return [{ at: clock.now(), key, type: 'Normal', reason: 'Resumed', unit, operation: id, summary }]
        }),
      ),
    hasOpen: (failoverIPs) =>
      failoverIPs.some((failoverIP) => openOperations(failoverIP).some(({ operation }) => calls.has(operation.id))),
    keepOnly: (failoverIPs) => {
      const now = clock.monotonic()
      const open = new Set(failoverIPs.flatMap(openOperations).map(({ operation }) => operation.id))
      const isStale = (id: string, call: CallState): boolean =>
        !open.has(id) && call.state !== 'calling' && now > call.settledAt + defaults.callMemory
      for (const [id, call] of calls) if (isStale(id, call)) calls.delete(id)
      // The oldest first, and none that is open.
      for (const id of calls.keys()) {
        if (calls.size <= mostCalls) break
        if (!open.has(id) && calls.get(id)?.state !== 'calling') calls.delete(id)
      }
      for (const id of firstSeen.keys()) if (!open.has(id)) firstSeen.delete(id)
    },
  }
}

function openOperations({
  status,
}: FailoverIPInput): readonly { readonly unit: string; readonly operation: OperationRecord }[] {
  return (status.addresses ?? []).flatMap(({ unit, operation }) =>
    operation === undefined ? [] : [{ unit, operation }],
  )
}
