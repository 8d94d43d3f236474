import type { ProbeTarget } from '@failover-ip/core'
import { nodeResource, type KubernetesClient, type KubernetesObject } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { z } from 'zod'
import { createAlarm } from '../plane/alarm.ts'

export interface HolderBookOptions {
  readonly client: Pick<KubernetesClient, 'get'>
  readonly clock: Clock
  /** Called with all that are to be probed, each time that they change. */
  readonly onTargets: (targets: readonly ProbeTarget[]) => void
  /** A Node could not be read; it is tried again, and the address known so far stays. */
  readonly onError: (error: unknown) => void
}

/** Holders that this node stands witness for, with the addresses of their Nodes. */
export interface HolderBook {
  /** From now on these, and no others. */
  want(nodes: readonly string[]): void
  /** Runs until the signal ends it, and rejects with its reason. Once. */
  run(options: { readonly signal: AbortSignal }): Promise<never>
}

/** Milliseconds between two probes: what a standing witness asks for is a path that has worked, not a verdict. */
const probeInterval = 2000
/** Milliseconds until an address is read again: a machine may be replaced by another under its name. */
const validity = 600_000
const retryAfter = 5000
/** More holders than a node is standby for in any sane cluster. */
const mostHolders = 256

interface Known {
  readonly address: string | undefined
  readonly readAt: number
}

const nodeShape = z.object({
  status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })) }),
})

export function createHolderBook({ client, clock, onTargets, onError }: HolderBookOptions): HolderBook {
  const alarm = createAlarm(clock)
  const known = new Map<string, Known>()
  let wanted: readonly string[] = []
  let told = '[]'

  const tell = (): void => {
    const targets = wanted.flatMap((node) => {
      const address = known.get(node)?.address
      return address === undefined ? [] : [{ node, address, interval: probeInterval }]
    })
    const text = JSON.stringify(targets)
    if (text !== told) onTargets(targets)
    told = text
  }
  const isDue = (node: string): boolean => {
    const { readAt, address } = known.get(node) ?? {}
    return readAt === undefined || clock.monotonic() - readAt >= (address === undefined ? retryAfter : validity)
  }
  const read = async (node: string, signal: AbortSignal): Promise<boolean> => {
    try {
      const object = await client.get(nodeResource, { name: node }, { signal })
      known.set(node, { address: internalAddressOf(object), readAt: clock.monotonic() })
      return true
    } catch (error) {
      signal.throwIfAborted()
      onError(error)
      return false
    }
  }

  return {
    want: (nodes) => {
      wanted = [...new Set(nodes)].toSorted().slice(0, mostHolders)
      for (const node of known.keys()) if (!wanted.includes(node)) known.delete(node)
      tell()
      alarm.due(clock.monotonic())
    },
    run: async ({ signal }) => {
      for (;;) {
        await alarm.wait({ signal })
        let isWhole = true
        for (const node of wanted.filter(isDue)) isWhole = (await read(node, signal)) && isWhole
        tell()
        const isComplete = wanted.every((node) => known.get(node)?.address !== undefined)
        alarm.due(clock.monotonic() + (isWhole && isComplete ? validity : retryAfter))
      }
    },
  }
}

/** The same that operators probe. */
function internalAddressOf(object: KubernetesObject): string | undefined {
  const addresses = nodeShape.safeParse(object).data?.status.addresses ?? []
  return addresses.find(({ type }) => type === 'InternalIP')?.address
}
