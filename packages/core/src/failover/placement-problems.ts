import type { FailoverIPDefinition } from './failover-options.ts'

/** The same rules as in a FailoverIP's schema. */
export function placementProblems(definition: FailoverIPDefinition): readonly string[] {
  return [...preferenceProblems(definition), ...spreadProblems(definition)]
}

function preferenceProblems({ nodeSelector = {}, nodePreferences = [] }: FailoverIPDefinition): readonly string[] {
  return nodePreferences.flatMap((preference, index) => {
    const field = `nodePreferences[${index}]`
    const labels = Object.entries(preference.nodeSelector)
    const excluded = labels.find(([key, value]) => Object.hasOwn(nodeSelector, key) && nodeSelector[key] !== value)
    return [
      ...(isWholeFrom1(preference.weight) && preference.weight <= 100
        ? []
        : [`${field}.weight must be a whole number from 1 to 100`]),
      ...(labels.length > 0 ? [] : [`${field}.nodeSelector must name at least one label`]),
      ...(excluded === undefined
        ? []
        : [`${field} asks for the label ${excluded.join('=')}, which the nodeSelector excludes`]),
    ]
  })
}

function spreadProblems({ spread }: FailoverIPDefinition): readonly string[] {
  if (spread === undefined) return []
  const { group, maxPerNode, maxPerZone } = spread
  const limits = Object.entries({ maxPerNode, maxPerZone }).filter(([, limit]) => limit !== undefined)
  const isReversed = maxPerNode !== undefined && maxPerZone !== undefined && maxPerNode > maxPerZone
  return [
    ...(group === '' ? ['spread.group is empty'] : []),
    ...(limits.length === 0 ? ['spread needs maxPerNode, maxPerZone or both'] : []),
    ...limits.flatMap(([name, limit]) => (isWholeFrom1(limit) ? [] : [`spread.${name} must be a whole number from 1`])),
    ...(isReversed ? ['spread.maxPerNode cannot be more than maxPerZone'] : []),
  ]
}

function isWholeFrom1(value: number | undefined): boolean {
  return Number.isInteger(value) && Number(value) >= 1
}
