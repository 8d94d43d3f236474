import type { Capabilities } from './capabilities.ts'
import { unknownKeyProblem } from './unknown-key.ts'

type Key = keyof Capabilities
type OptionalKey = 'slotsPerFamily' | 'oneChangePerServer' | 'seesFreeUnits'

const switches = 'true or false'

/** What has to be there, and of which kind it is. */
const required: Readonly<Record<Exclude<Key, OptionalKey>, string>> = {
  unitPrefixLength: '{ ipv4, ipv6 }, or one of them',
  locationRule: 'an object or null',
  slotsPerServer: 'a number or null',
  move: '"direct", "releaseFirst" or "tryThenRelease"',
  release: switches,
  asynchronous: switches,
  eventualReadSeconds: 'a number',
  coolDownSeconds: 'a number',
  accountWindows: 'a list',
  node: '"none", "holder" or "candidates"',
  announce: switches,
  ipMode: '"VIP" or "Proxy"',
}

const optional: readonly OptionalKey[] = ['slotsPerFamily', 'oneChangePerServer', 'seesFreeUnits']

/** As many changes of an account are remembered. */
const mostMutations = 128

/** What in a manifest contradicts itself, one sentence each. */
export function capabilityProblems(capabilities: Capabilities): readonly string[] {
  const problems = keyProblems(capabilities)
  // What is missing cannot contradict anything.
  return problems.length > 0 ? problems : contradictions(capabilities)
}

/** A manifest may be written in JavaScript, or cast. */
function keyProblems(capabilities: Readonly<Partial<Record<Key, unknown>>>): readonly string[] {
  const known = [...Object.keys(required), ...optional]
  const unknown = Object.keys(capabilities).filter((key) => !known.includes(key))
  const given = new Map<string, unknown>(Object.entries(capabilities))
  const missing = Object.entries(required).filter(([key]) => given.get(key) === undefined)
  return [
    ...unknown.map((key) => `in capabilities ${unknownKeyProblem(key, known)}`),
    ...missing.map(([key, kind]) => `${key} is missing (${kind})`),
  ]
}

function contradictions(capabilities: Capabilities): readonly string[] {
  const { ipv4, ipv6 } = capabilities.unitPrefixLength
  const problems: string[] = []
  const check = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem)
  }
  check(ipv4 !== undefined || ipv6 !== undefined, 'unitPrefixLength must name at least one family')
  check(ipv4 === undefined || isWithin(ipv4, 1, 32), 'unitPrefixLength.ipv4 must be 1 to 32')
  check(ipv6 === undefined || isWithin(ipv6, 1, 128), 'unitPrefixLength.ipv6 must be 1 to 128')
  check(capabilities.slotsPerServer === null || capabilities.slotsPerServer >= 1, 'slotsPerServer must be 1 or more')
  check(capabilities.move === 'direct' || capabilities.release, `move "${capabilities.move}" needs release: true`)
  check(isWithin(capabilities.eventualReadSeconds, 0, 600), 'eventualReadSeconds must be 0 to 600')
  check(isWithin(capabilities.coolDownSeconds, 0, 86_400), 'coolDownSeconds must be 0 to 86400')
  for (const window of capabilities.accountWindows) {
    check(window.mutations >= 1 && window.seconds >= 1, 'accountWindows need mutations and seconds of 1 or more')
    check(window.mutations <= mostMutations, `accountWindows count up to ${mostMutations} mutations`)
  }
  return problems
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isFinite(value) && value >= least && value <= most
}
