import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { NodeState } from '../domain/node.ts'
import type { PlacementProblem } from '../placement/placement-result.ts'

/** What is odd about the wishes of a FailoverIP although it may be placed; `undefined`: nothing. */
export type RemarkOn = (failoverIP: Pick<FailoverIPInput, 'nodePreferences' | 'spread'>) => string | undefined

export const noRemark: RemarkOn = () => undefined

/** Remarks of one turn. Labels are looked for once, however many FailoverIPs prefer the same. */
export function placementRemarks(problems: readonly PlacementProblem[], nodes: readonly NodeState[]): RemarkOn {
  const byGroup = new Map(
    problems.flatMap(({ code, subject, message }) => (code === 'SpreadLimitsDiffer' ? [[subject, message]] : [])),
  )
  const found = new Map<string, boolean>()
  const isFound = (labels: Readonly<Record<string, string>>): boolean => {
    const key = JSON.stringify(labels)
    const known = found.get(key)
    if (known !== undefined) return known
    const wanted = Object.entries(labels)
    const isThere = nodes.some(({ facts }) => wanted.every(([name, value]) => facts.labels[name] === value))
    found.set(key, isThere)
    return isThere
  }
  return ({ nodePreferences, spread }) => {
    const unmet = nodePreferences.find(({ nodeSelector }) => !isFound(nodeSelector))
    const sentences = [
      ...(spread === undefined ? [] : [byGroup.get(spread.group)]),
      ...(unmet === undefined ? [] : [`It prefers ${describe(unmet.nodeSelector)}, which no node has.`]),
    ].filter((sentence) => sentence !== undefined)
    return sentences.length === 0 ? undefined : sentences.join(' ')
  }
}

function describe(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(' and ')
}
