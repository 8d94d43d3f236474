import { badRequest } from '../api-error.ts'

/** Tells whether an object's labels are selected. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean

const name = String.raw`[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?`
const value = String.raw`(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?`
const equality = new RegExp(`^(${name})\\s*(==|=|!=)\\s*(${value})$`, 'u')
const membership = new RegExp(String.raw`^(${name})\s+(in|notin)\s*\(([^()]*)\)$`, 'u')
const existence = new RegExp(`^(!?)\\s*(${name})$`, 'u')

/**
 * Parses `a=b, c!=d, e in (x, y), f notin (z), g, !h`.
 * @throws ApiError 400 for anything else.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements = splitOutsideParentheses(text).map(parseRequirement)
  return (labels) => requirements.every((requirement) => requirement(labels))
}

function splitOutsideParentheses(text: string): readonly string[] {
  const parts = text.split(/,(?![^()]*\))/u).map((part) => part.trim())
  return parts.length === 1 && parts[0] === '' ? [] : parts
}

function parseRequirement(text: string): LabelSelector {
  const [, key = '', operator, wanted = ''] = equality.exec(text) ?? []
  if (operator === '!=') return (labels) => own(labels, key) !== wanted
  if (operator !== undefined) return (labels) => own(labels, key) === wanted

  const [, memberKey = '', set, list = ''] = membership.exec(text) ?? []
  if (set !== undefined) {
    const members = new Set(list.split(',').map((member) => member.trim()))
    return set === 'in'
      ? (labels) => members.has(own(labels, memberKey) ?? '\0')
      : (labels) => !members.has(own(labels, memberKey) ?? '\0')
  }

  const [, negation, existing = ''] = existence.exec(text) ?? []
  if (negation === undefined) throw badRequest(`unable to parse requirement: found '${text}', expected: identifier`)
  return (labels) => (own(labels, existing) === undefined) === (negation === '!')
}

function own(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}
