import type { Change } from '../network/change.ts'
import type { ChangeFailure, Network } from '../network/network.ts'
import type { NetworkState } from '../network/network-state.ts'
import { createModelKernel } from './model-kernel.ts'

/** A network of a model kernel, and what a test does to it behind the agent's back. */
export interface ModelNetwork extends Network {
  readonly state: NetworkState
  /** Every change that was asked for, in order. */
  readonly changes: readonly Change[]
  readonly reads: number
  /** Called before each change and each read; what it throws is what the agent gets. */
  fault: (what: Change | 'read' | 'watch') => void
  /** Somebody else changes something, and the kernel tells it. */
  alter(state: NetworkState, event: string): void
  tell(event: string): void
}

export function createModelNetwork(start: NetworkState): ModelNetwork {
  let kernel = createModelKernel(start)
  let listener: ((what: string) => void) | undefined
  const changes: Change[] = []
  let reads = 0
  const network: ModelNetwork = {
    get state() {
      return kernel.state
    },
    get changes() {
      return changes
    },
    get reads() {
      return reads
    },
    fault: () => undefined,
    alter: (state, event) => {
      kernel = createModelKernel(state)
      network.tell(event)
    },
    tell: (event) => listener?.(event),
    read: async ({ signal }) => {
      signal.throwIfAborted()
      reads += 1
      network.fault('read')
      return await Promise.resolve(kernel.state)
    },
    apply: async (asked, { signal }) => {
      const failures: ChangeFailure[] = []
      for (const change of asked) {
        signal.throwIfAborted()
        changes.push(change)
        try {
          network.fault(change)
          kernel.apply(change)
          if (change.kind === 'addAddress') {
            listener?.(`2: ${change.address.device}    inet ${change.address.address}/32 scope global`)
          }
        } catch (error) {
          signal.throwIfAborted()
          failures.push({ change, error })
        }
      }
      return await Promise.resolve(failures)
    },
    watch: async (changed, { signal }) => {
      network.fault('watch')
      listener = changed
      changed('')
      return await new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
    },
  }
  return network
}
