import type { StandardIssue } from './standard-schema.ts'

/** A sentence without its full stop about one issue, with the path of what is wrong. */
export function issueProblem({ message, path = [] }: StandardIssue): string {
  const place = path
    .map((step) => (typeof step === 'object' ? step.key : step))
    .map((key, depth) => (typeof key === 'number' ? `[${key}]` : `${depth === 0 ? '' : '.'}${String(key)}`))
    .join('')
  if (place === '') return message
  // A message in lower case goes on after its subject: "key" is missing.
  return /^[a-z]/.test(message) ? `"${place}" ${message}` : `"${place}": ${message}`
}
