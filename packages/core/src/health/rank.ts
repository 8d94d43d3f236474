import type { NodeVerdict, Verdict } from './verdict.ts'

const base: Readonly<Record<Verdict, number>> = { healthy: 0, suspect: 1, leaving: 4, unfit: 6, dead: 8 }

/** A node that was in trouble lately comes after every stable one that is not worse in kind. */
export function rank({ verdict, unstable }: Pick<NodeVerdict, 'verdict' | 'unstable'>): number {
  const penalty = verdict === 'healthy' || verdict === 'suspect' ? 2 : 1
  return base[verdict] + (unstable && verdict !== 'dead' ? penalty : 0)
}
