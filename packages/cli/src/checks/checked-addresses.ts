import type { ParsedFailoverIP, ParsedFailoverIPClass } from '@failover-ip/kubernetes'
import type { NodeRecord } from '@failover-ip/operator/preflight'

/** What is checked as one: a FailoverIP, or an address for which there is none yet. */
export interface CheckedAddresses {
  readonly addresses: readonly string[]
  readonly failoverIP: ParsedFailoverIP | undefined
  /** Undefined: it has none that is known. */
  readonly class: ParsedFailoverIPClass | undefined
  /** Why it has no class; a sentence. */
  readonly problem: string | undefined
}

const excludingLabels = ['node.kubernetes.io/exclude-from-external-load-balancers', 'failover-ip.dev/exclude']

/** The nodes that are meant to have the addresses: neither excluded, nor unselected, nor of a role that is kept free. */
export function candidateNodes(
  nodes: readonly NodeRecord[],
  { failoverIP }: Pick<CheckedAddresses, 'failoverIP'>,
): readonly NodeRecord[] {
  const { nodeSelector = {}, tolerations = [] } = failoverIP?.spec ?? {}
  return nodes.filter(({ labels, taints }) => {
    if (excludingLabels.some((label) => Object.hasOwn(labels, label))) return false
    if (Object.entries(nodeSelector).some(([key, value]) => labels[key] !== value)) return false
    const kept = taints.filter(
      ({ key, effect }) => key.startsWith('node-role.kubernetes.io/') && effect !== 'PreferNoSchedule',
    )
    return kept.every(({ key }) => tolerations.some((by) => by.key === undefined || by.key === key))
  })
}

/** `a, b and 3 more`. */
export function namesOf(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ')
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`
}
