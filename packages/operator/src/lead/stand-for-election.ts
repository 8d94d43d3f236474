import { soleAuthority } from '@failover-ip/core'
import type { LeaderElection } from '@failover-ip/kubernetes'
import { leadTerm, type LeadContext, type Term } from './lead-term.ts'

export interface Candidacy {
  /** Absent: this process is the only one. */
  readonly election: LeaderElection | undefined
  readonly context: LeadContext
  readonly onTerm: (term: Term | undefined) => void
  /** Everything is known that leading needs. */
  readonly onReady: () => void
}

/** Leads whenever it is this process's turn, until the signal is aborted and the last term has ended. */
export async function standForElection(
  { election, context, onTerm, onReady }: Candidacy,
  signal: AbortSignal,
): Promise<void> {
  try {
    // Who does not know the cluster must not keep others from leading.
    await context.knowledge.whenSynced(signal)
  } catch (error) {
    if (signal.aborted) return
    throw error
  }
  onReady()
  if (election === undefined) {
    await leadTerm(context, { signal, authority: soleAuthority }, onTerm)
  } else {
    await election.run(signal, (scope) =>
      leadTerm(context, { signal: scope.signal, authority: { mayAct: () => scope.isLeader() } }, onTerm),
    )
  }
  if (!signal.aborted) throw new Error('the engine ended without having been told to')
}
