import { invalidField } from './field-error.ts'
import type { FieldError } from './field-error.ts'
import type { ObjectMeta } from './kubernetes-object.ts'

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/u
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789'

const subdomainRule =
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and ` +
  `end with an alphanumeric character (e.g. 'example.com', regex used for validation is ` +
  String.raw`'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`
const labelValueRule =
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and ` +
  `end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is ` +
  String.raw`'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`

/** The prefix and five letters without vowels, as the real server does it. */
export function generateName(prefix: string, random: () => number): string {
  const letters = Array.from({ length: 5 }, () => suffixLetters[Math.floor(random() * suffixLetters.length)] ?? 'x')
  return `${prefix.slice(0, 58)}${letters.join('')}`
}

/** A random (version 4) UUID. */
export function generateUid(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16))
  const hex = digits
    .map((digit, index) => (index === 12 ? 4 : index === 16 ? (digit & 3) | 8 : digit).toString(16))
    .join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The server's own form of time: whole seconds. */
export function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`
}

export function validateMeta({ name, labels }: ObjectMeta): readonly FieldError[] {
  const errors: FieldError[] = []
  if (!subdomain.test(name) || name.length > 253) errors.push(invalidField('metadata.name', name, subdomainRule))
  for (const value of Object.values(labels ?? {})) {
    if (!labelValue.test(value)) errors.push(invalidField('metadata.labels', value, labelValueRule))
  }
  return errors
}
