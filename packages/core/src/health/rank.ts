import type { NodeVerdict, Verdict } from './verdict.ts'

const base: Readonly<Record<Verdict, number>> = { healthy: 0, suspect: 1, leaving: 4, unfit: 6, dead: 8 }

/**
 * A node that was in trouble lately comes after every stable one that is not worse in kind. So does, by less, one that
 * does not answer while others do: its path was never proven, so that it may be dead or only out of earshot.
 */
export function rank({
  verdict,
  unstable,
  unheard,
}: Pick<NodeVerdict, 'verdict' | 'unstable'> & { readonly unheard: boolean }): number {
  if (verdict === 'healthy' && unheard) return unstable ? 3 : 1
  const penalty = verdict === 'healthy' || verdict === 'suspect' ? 2 : 1
  return base[verdict] + (unstable && verdict !== 'dead' ? penalty : 0)
}
