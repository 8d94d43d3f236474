import type { Change } from '../network/change.ts'
import { familyOf } from '../network/address-text.ts'
import type { CarriedAddress, DeviceAddress, NetworkState, Route, Translation } from '../network/network-state.ts'
import type { Target, Undecided } from './resolve-target.ts'

/**
 * The changes that lead from what the kernel shows to the target, no more than are needed: what is new comes before what
 * goes, so that a crash in between leaves too much rather than too little. What is not ours is never named in a change.
 */
export function planChanges(target: Target, state: NetworkState): readonly Change[] {
  const addresses = addressChanges(target, state.addresses)
  const routes = routeChanges(target, state.routes)
  return [...addresses.add, ...routes.add, ...translationChanges(target, state), ...routes.remove, ...addresses.remove]
}

interface Changes {
  readonly add: readonly Change[]
  readonly remove: readonly Change[]
}

function addressChanges({ addresses: wanted, undecided }: Target, carried: readonly CarriedAddress[]): Changes {
  const ours = carried.filter((entry) => entry.ours)
  const strangers = carried.filter((entry) => !entry.ours)
  const isCarried = (goal: DeviceAddress): boolean =>
    ours.some((entry) => isAsWanted(entry, goal)) || strangers.some((entry) => isSamePlace(entry, goal))

  const missing = wanted.filter((goal) => !isCarried(goal))
  const stale = ours.filter(
    (entry) => !undecided.addresses.has(entry.address) && !wanted.some((goal) => isAsWanted(entry, goal)),
  )
  // The kernel may refuse a second entry of one address on one device: there the old one goes right before.
  const replaced = new Set(stale.filter((entry) => missing.some((goal) => isSamePlace(entry, goal))))
  return {
    add: missing.flatMap((address): readonly Change[] => [
      ...[...replaced].filter((entry) => isSamePlace(entry, address)).map(removal),
      { kind: 'addAddress', address },
    ]),
    remove: stale.filter((entry) => !replaced.has(entry)).map(removal),
  }
}

const removal = ({ device, address, prefixLength }: CarriedAddress): Change => ({
  kind: 'removeAddress',
  address: { device, address, prefixLength },
})

const isSamePlace = (a: CarriedAddress, b: DeviceAddress): boolean => a.device === b.device && a.address === b.address

const isAsWanted = (entry: CarriedAddress, goal: DeviceAddress): boolean =>
  isSamePlace(entry, goal) &&
  entry.prefixLength === goal.prefixLength &&
  entry.settled &&
  (familyOf(goal.address) === 'ipv6' || entry.scope === goal.scope)

function routeChanges({ routes: wanted, undecided }: Target, present: readonly Route[]): Changes {
  const missing = wanted.filter((goal) => !present.some((route) => isSameRoute(route, goal)))
  const isKept = ({ destination }: Route): boolean =>
    undecided.destinations.has(destination) && !wanted.some((goal) => goal.destination === destination)
  const stale = present.filter((route) => !isKept(route) && !wanted.some((goal) => isSameRoute(route, goal)))
  // There is one route to a destination: the old one goes right before the new one.
  const replaced = new Set(stale.filter((route) => missing.some((goal) => goal.destination === route.destination)))
  return {
    add: missing.flatMap((route): readonly Change[] => [
      ...[...replaced].filter((old) => old.destination === route.destination).map(routeRemoval),
      { kind: 'addRoute', route },
    ]),
    remove: stale.filter((route) => !replaced.has(route)).map(routeRemoval),
  }
}

const routeRemoval = (route: Route): Change => ({ kind: 'removeRoute', route })

const isSameRoute = (a: Route, b: Route): boolean =>
  a.destination === b.destination && a.device === b.device && a.via === b.via

function translationChanges({ translations: wanted, undecided }: Target, state: NetworkState): readonly Change[] {
  const table = state.translations
  if (table.kind === 'unreadable') return []
  const present = table.kind === 'present' ? table.entries : []
  const translations = [...wanted, ...kept(present, wanted, undecided)]
  const isAsIs =
    translations.length === present.length &&
    translations.every((goal) => present.some((entry) => isSameTranslation(entry, goal)))
  const isWhole = table.kind === 'absent' ? translations.length === 0 : table.intact && translations.length > 0
  return isAsIs && isWhole ? [] : [{ kind: 'setTranslations', translations }]
}

/** Those whose source cannot be told at present, unless it serves another address by now. */
function kept(
  present: readonly Translation[],
  wanted: readonly Translation[],
  { translated }: Undecided,
): readonly Translation[] {
  return present.filter(({ to, from }) => translated.has(to) && !wanted.some((goal) => goal.from === from))
}

const isSameTranslation = (a: Translation, b: Translation): boolean =>
  a.device === b.device && a.from === b.from && a.to === b.to
