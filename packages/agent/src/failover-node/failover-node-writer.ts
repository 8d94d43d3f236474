import { isDeepStrictEqual } from 'node:util'
import type { Condition, FailoverNodeStatus } from '@failover-ip/core'
import {
  failoverNodeResource,
  isApiError,
  nodeResource,
  parseFailoverNode,
  type KubernetesClient,
  type KubernetesObject,
  type OwnerReference,
} from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { createAlarm } from '../plane/alarm.ts'
import { createPace } from '../plane/pace.ts'
import type { NodeContent } from './node-content.ts'

export interface FailoverNodeWriterOptions {
  readonly client: KubernetesClient
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** The Node's name, and that of its FailoverNode. */
  readonly node: string
  /** It is tried again. */
  readonly onError: (error: unknown) => void
}

/** Keeps the FailoverNode of this node, and its status, as told; nobody else writes there. */
export interface FailoverNodeWriter {
  say(content: NodeContent): void
  /** Runs until the signal ends it, and rejects with its reason. Once. */
  run(options: { readonly signal: AbortSignal }): Promise<never>
}

/** Milliseconds. */
const firstRetry = 1000
const lastRetry = 15_000
/** Somebody may delete or overwrite it; agents do not watch for that. */
const lookAgain = 600_000
/** A node on which much changes at once writes a few times, then once a second. */
const writes = { burst: 5, interval: 1000 } as const

/** What the API server has. */
interface Known {
  readonly status: FailoverNodeStatus
}

export function createFailoverNodeWriter(options: FailoverNodeWriterOptions): FailoverNodeWriter {
  const { client, clock, random, node, onError } = options
  const name = { name: node }
  const alarm = createAlarm(clock)
  const pace = createPace(writes)
  let wanted: NodeContent | undefined
  let known: Known | undefined
  let lookedAt = 0
  let retry = firstRetry

  const ownerReferences = async (signal: AbortSignal): Promise<readonly OwnerReference[]> => {
    const { metadata } = await client.get(nodeResource, name, { signal })
    return [{ apiVersion: 'v1', kind: 'Node', name: node, uid: metadata.uid }]
  }
  const find = async (signal: AbortSignal): Promise<KubernetesObject> => {
    const owners = await ownerReferences(signal)
    try {
      const found = await client.get(failoverNodeResource, name, { signal })
      if (isDeepStrictEqual(found.metadata.ownerReferences, owners)) return found
      // The Node was made anew under its name, and the garbage collector is about to come.
      const patch = { type: 'merge', body: { metadata: { ownerReferences: owners } } } as const
      return await client.patch(failoverNodeResource, name, patch, { signal })
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
      return await create(owners, signal)
    }
  }
  const create = async (ownerReferences: readonly OwnerReference[], signal: AbortSignal): Promise<KubernetesObject> => {
    try {
      return await client.create(failoverNodeResource, { metadata: { name: node, ownerReferences } }, { signal })
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error
      // By a try of ours whose answer was lost, or by another agent of this node.
      return await client.get(failoverNodeResource, name, { signal })
    }
  }
  const write = async (content: NodeContent, signal: AbortSignal): Promise<void> => {
    if (known === undefined) {
      known = { status: statusOf(await find(signal)) }
      lookedAt = clock.monotonic()
    }
    if (isSaid(content, known.status)) return
    const status = withTimes(content, known.status, clock.now())
    pace.spend(clock.monotonic())
    const patch = { type: 'merge', body: { status }, subresource: 'status' } as const
    known = { status: statusOf(await client.patch(failoverNodeResource, name, patch, { signal })) }
  }

  return {
    say: (content) => {
      if (isDeepStrictEqual(content, wanted)) return
      wanted = content
      alarm.due(pace.next(clock.monotonic()))
    },
    run: async ({ signal }) => {
      for (;;) {
        await alarm.wait({ signal })
        if (wanted === undefined) continue
        if (clock.monotonic() - lookedAt >= lookAgain) known = undefined
        try {
          await write(wanted, signal)
          retry = firstRetry
          alarm.due(lookedAt + lookAgain * (1 + random() / 10))
        } catch (error) {
          signal.throwIfAborted()
          known = undefined
          alarm.due(clock.monotonic() + retry * (1 - random() / 2))
          retry = Math.min(retry * 2, lastRetry)
          onError(error)
        }
      }
    },
  }
}

/** What cannot be read is written anew. */
function statusOf(object: KubernetesObject): FailoverNodeStatus {
  const parsed = parseFailoverNode(object)
  return parsed.ok ? parsed.value.status : {}
}

function isSaid(content: NodeContent, { bootID, interfaces, addresses, conditions = [] }: FailoverNodeStatus): boolean {
  const timeless = conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message }))
  return isDeepStrictEqual(content, { bootID, interfaces, addresses, conditions: timeless })
}

function withTimes(content: NodeContent, { conditions = [] }: FailoverNodeStatus, now: number): FailoverNodeStatus {
  const time = new Date(now).toISOString()
  const dated = content.conditions.map((condition): Condition => {
    const old = conditions.find(({ type, status }) => type === condition.type && status === condition.status)
    return { ...condition, lastTransitionTime: old?.lastTransitionTime ?? time.replace(/\.\d{3}Z$/, 'Z') }
  })
  return { ...content, observedAt: time, conditions: dated }
}
