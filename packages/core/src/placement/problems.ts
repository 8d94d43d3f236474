import { isSoundWeight } from './aversion.ts'
import { compareText } from './order.ts'
import type { PlacementItem } from './placement-input.ts'
import type { PlacementProblem } from './placement-result.ts'
import { hasSoundSlots, type Roster } from './roster.ts'
import { differingLimits, hasSoundLimits, hasWholeSpread } from './spread-group.ts'

/** What the input says that is impossible, by code and subject. */
export function problemsOf(
  solutions: readonly { readonly problems: readonly PlacementProblem[] }[],
  duplicates: readonly string[],
): PlacementProblem[] {
  const problems = [...duplicates.map(duplicateName), ...solutions.flatMap((solution) => solution.problems)]
  return problems.sort((a, b) => compareText(a.code, b.code) || compareText(a.subject, b.subject))
}

export function problemsOfAccount(account: string, roster: Roster): readonly PlacementProblem[] {
  const undecidable = [...roster.undecidable].map((subject) => ({
    code: 'SpreadUndecidable' as const,
    subject,
    message: `${undecidableSpread(subject)} Account: ${account}.`,
  }))
  const ofItems: PlacementProblem[] = []
  for (const item of roster.items) if (!isPlain(item)) ofItems.push(...problemsOfItem(item))
  return [...ofItems, ...differingLimits(roster.items), ...undecidable]
}

/** Asks for nothing that could be wrong. */
function isPlain({ slots = 1, spread, preferences = none }: PlacementItem): boolean {
  return slots === 1 && spread === undefined && preferences.length === 0
}

const none: readonly never[] = []

export function undecidableSpread(group: string): string {
  return (
    `The spread group ${group} has a limit per zone, and its members may choose the zone but differ in priority, ` +
    'nodes or preferences. Whether all fit is NP-hard to say, so they are not placed: make them alike, or bind each to a zone.'
  )
}

function problemsOfItem(item: PlacementItem): PlacementProblem[] {
  const subject = item.name
  const problems: PlacementProblem[] = []
  if (!hasSoundSlots(item)) {
    const message = `${subject} takes ${item.slots} slots; a whole number from 1 is needed. It is not placed.`
    problems.push({ code: 'SlotsOutOfRange', subject, message })
  }
  if (!hasWholeSpread(item)) {
    const message = `The spread of ${subject} names no group, or states no limit. It is not placed.`
    problems.push({ code: 'SpreadIncomplete', subject, message })
  }
  if (!hasSoundLimits(item)) {
    const message = `A limit in the spread of ${subject} is no whole number from 1. It is not placed.`
    problems.push({ code: 'SpreadLimitOutOfRange', subject, message })
  }
  if (item.preferences?.some(({ weight }) => !isSoundWeight(weight)) === true) {
    const message = `A node preference of ${subject} has no whole weight from 1 to 100; it is ignored.`
    problems.push({ code: 'WeightOutOfRange', subject, message })
  }
  return problems
}

function duplicateName(subject: string): PlacementProblem {
  return { code: 'DuplicateName', subject, message: `${subject} is there more than once; one of them counts.` }
}
