import type { Clock } from '@failover-ip/provider'
import { createChangeSignal } from '../caches/change-signal.ts'
import type { ClusterKnowledge } from '../cluster-knowledge.ts'
import { engineInputOf } from '../inputs/engine-input.ts'
import type { Probing } from './probing.ts'

export interface StandBy {
  readonly knowledge: Pick<ClusterKnowledge, 'onChange' | 'ownWrites' | 'view' | 'whenSynced'>
  readonly probing: Probing
  readonly clock: Clock
  /** While it leads, its term says who is probed. */
  readonly isLeading: () => boolean
  readonly onTrouble: (error: unknown) => void
}

/** Milliseconds between two looks at who holds what. */
const pause = 1000

/** Keeps it known whom to probe until this process leads. Resolves when the signal is aborted. */
export async function keepStandingBy(options: StandBy, signal: AbortSignal): Promise<void> {
  const { knowledge, probing, clock, isLeading, onTrouble } = options
  const changed = createChangeSignal()
  const leave = knowledge.onChange(changed.notify)
  changed.notify()
  try {
    await knowledge.whenSynced(signal)
    while (!signal.aborted) {
      try {
        await changed.wait(signal)
        if (!isLeading()) probing.standBy(engineInputOf(knowledge.view(knowledge.ownWrites.newest())).input)
        await clock.sleep(pause, { signal })
      } catch (error) {
        if (!signal.aborted) onTrouble(error)
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    leave()
  }
}
