import type { LabelSelector, LabelSelectorRequirement } from './failover-ip-class.ts'

type Labels = Readonly<Record<string, string>>

/** Whether an object's labels satisfy all of a selector. An empty selector matches everything. */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector
  const equal = Object.entries(matchLabels).every(([key, value]) => valueOf(labels, key) === value)
  return equal && matchExpressions.every((requirement) => meets(requirement, labels))
}

function meets({ key, operator, values = [] }: LabelSelectorRequirement, labels: Labels): boolean {
  const value = valueOf(labels, key)
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

/** A label may be named like something that every object of JavaScript has. */
function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}
