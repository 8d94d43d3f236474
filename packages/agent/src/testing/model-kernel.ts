import type { Change } from '../network/change.ts'
import { familyOf } from '../network/address-text.ts'
import type { CarriedAddress, NetworkState, Route } from '../network/network-state.ts'

/** What else the model knows and the agent does not look at. */
export interface ModelKernelOptions {
  /** Routes of others. */
  readonly foreignRoutes?: readonly Route[]
}

/** A kernel's network that refuses what a real one refuses. */
export interface ModelKernel {
  readonly state: NetworkState
  /** Throws when the kernel would refuse. */
  apply(change: Change): void
}

export function createModelKernel(start: NetworkState, { foreignRoutes = [] }: ModelKernelOptions = {}): ModelKernel {
  let state = start
  const refuse = (change: Change): never => {
    throw new Error(`refused: ${JSON.stringify(change)}`)
  }
  return {
    get state() {
      return state
    },
    apply: (change) => {
      const { addresses, routes, links } = state
      switch (change.kind) {
        case 'addAddress': {
          const { address } = change
          const isV6 = familyOf(address.address) === 'ipv6'
          const known = links.some(({ name }) => name === address.device)
          const taken = addresses.some(
            (entry) =>
              entry.device === address.device &&
              entry.address === address.address &&
              (isV6 || entry.prefixLength === address.prefixLength),
          )
          if (!known || taken) refuse(change)
          const added = { ...address, scope: isV6 ? 'global' : address.scope, ours: true, settled: true }
          state = { ...state, addresses: [...addresses, added] }
          return
        }
        case 'removeAddress': {
          const isMeant = (entry: CarriedAddress): boolean =>
            entry.device === change.address.device &&
            entry.address === change.address.address &&
            entry.prefixLength === change.address.prefixLength
          if (!addresses.some(isMeant)) refuse(change)
          state = { ...state, addresses: addresses.filter((entry) => !isMeant(entry)) }
          return
        }
        case 'addRoute':
          if ([...routes, ...foreignRoutes].some(({ destination }) => destination === change.route.destination)) {
            refuse(change)
          }
          state = { ...state, routes: [...routes, change.route] }
          return
        case 'removeRoute': {
          const text = JSON.stringify(change.route)
          if (!routes.some((route) => JSON.stringify(route) === text)) refuse(change)
          state = { ...state, routes: routes.filter((route) => JSON.stringify(route) !== text) }
          return
        }
        case 'setTranslations': {
          const keys = change.translations.map(({ device, from }) => `${device} ${from}`)
          if (new Set(keys).size < keys.length) refuse(change)
          const translations =
            keys.length === 0
              ? ({ kind: 'absent' } as const)
              : ({ kind: 'present', intact: true, entries: change.translations } as const)
          state = { ...state, translations }
          return
        }
      }
    },
  }
}
