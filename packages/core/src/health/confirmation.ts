import type { NodeState } from '../domain/node.ts'
import type { LiveNode } from '../ports/node-reader.ts'
import { healthDefaults } from './defaults.ts'
import type { HealthInput } from './health-input.ts'

/**
 * What a live read says about a sign of death that a cache showed. `open`: none was begun since. `refuted`: it shows
 * life, or another machine; the cache is behind, and it is read again after a while.
 */
export type Confirmation = 'open' | 'confirmed' | 'refuted'

/** `from`: when the sign was there to be confirmed; a read that was begun earlier counts for nothing. */
export function confirmation(
  node: NodeState,
  input: HealthInput,
  from: number,
  showsDeath: (live: LiveNode & { readonly kind: 'present' }) => boolean,
): Confirmation {
  const read = input.liveNodes.get(node.facts.name)
  if (read === undefined || read.at < from) return 'open'
  if (read.node.kind === 'gone') return 'confirmed'
  return read.node.uid === node.uid && showsDeath(read.node) ? 'confirmed' : 'refuted'
}

/** Local monotonic time at which the node is to be read again after a refutation. */
export function readAgainAt(node: NodeState, input: HealthInput): number | undefined {
  const read = input.liveNodes.get(node.facts.name)
  return read === undefined ? undefined : read.at + healthDefaults.askAgainAfter
}
