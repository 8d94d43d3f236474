import type { HealthInput } from './health-input.ts'
import type { Health, NodeVerdict } from './verdict.ts'

/**
 * We look blind, when what would be a death cannot be told from our own blindness. A holder that died by other evidence
 * shows that one sense still works, and is not to wait: the nodes in doubt are held by their own verdict.
 */
export function brake(verdicts: readonly NodeVerdict[], { holders }: HealthInput): Health['brake'] {
  const held = verdicts.filter(({ reason }) => reason === 'Held')
  const [first] = held
  if (first === undefined || verdicts.some(({ verdict, node }) => verdict === 'dead' && holders.has(node)))
    return undefined
  const others = held.length === 1 ? '' : ` (${held.length} nodes are in doubt)`
  return { message: `${first.message}${others}; nothing is moved because of deaths` }
}
