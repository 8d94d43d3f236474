import type { FailoverIPDefinition } from './failover-options.ts'

/** How the fields of a FailoverIP contradict each other: the same rules as in its schema. */
export function placementProblems(definition: FailoverIPDefinition): readonly string[] {
  return [...preferenceProblems(definition), ...spreadProblems(definition)]
}

function preferenceProblems({ nodeSelector = {}, nodePreferences = [] }: FailoverIPDefinition): readonly string[] {
  return nodePreferences.flatMap((preference, index) => {
    const field = `nodePreferences[${index}]`
    const labels = Object.entries(preference.nodeSelector)
    const excluded = labels.find(([key, value]) => Object.hasOwn(nodeSelector, key) && nodeSelector[key] !== value)
    return [
      ...(labels.length > 0 ? [] : [`${field}.nodeSelector must name at least one label`]),
      ...(excluded === undefined
        ? []
        : [`${field} asks for the label ${excluded.join('=')}, which the nodeSelector excludes`]),
    ]
  })
}

function spreadProblems({ spread }: FailoverIPDefinition): readonly string[] {
  if (spread === undefined) return []
  const { maxPerNode, maxPerZone } = spread
  const isReversed = maxPerNode !== undefined && maxPerZone !== undefined && maxPerNode > maxPerZone
  return [
    ...(maxPerNode === undefined && maxPerZone === undefined ? ['spread needs maxPerNode, maxPerZone or both'] : []),
    ...(isReversed ? ['spread.maxPerNode cannot be more than maxPerZone'] : []),
  ]
}
