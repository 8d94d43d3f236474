import { familyOf } from '../network/address-text.ts'
import type { DeviceAddress, NetworkState, Route, Translation } from '../network/network-state.ts'
import type { Wanted } from '../wanted/wanted-address.ts'
import { findDevice } from './find-device.ts'
import type { Problem } from './problem.ts'

/** What is to be on this node's devices. */
export interface Target {
  readonly addresses: readonly DeviceAddress[]
  readonly routes: readonly Route[]
  readonly translations: readonly Translation[]
  /** Wanted, but not known how at present: what is there of them stays. */
  readonly undecided: Undecided
  readonly problems: readonly Problem[]
}

export interface Undecided {
  readonly addresses: ReadonlySet<string>
  readonly destinations: ReadonlySet<string>
  readonly translated: ReadonlySet<string>
}

/** Addresses to translate from, by the URL that tells them; those that are known. */
export type Anchors = ReadonlyMap<string, string>

/** Plans meet this node: rules become devices, and URLs the addresses that they tell. Of equal wishes the first counts. */
export function resolveTarget({ carry, leave }: Wanted, state: NetworkState, anchors: Anchors): Target {
  const addresses: DeviceAddress[] = []
  const routes = new Map<string, Route>()
  const translations: Translation[] = []
  const carried = new Set(carry.map(({ plan }) => plan.address))
  const left = leave.filter((address) => !carried.has(address))
  // Routes do not say whose they are, so with a plan that cannot be read all of them stay.
  const destinations = left.length === 0 ? [] : state.routes.map(({ destination }) => destination)
  const undecided = { addresses: new Set(left), destinations: new Set(destinations), translated: new Set(left) }
  const problems: Problem[] = []
  const seen = new Set<string>()

  for (const { plan, role } of carry) {
    const { address, prefixLength, scope } = plan
    if (seen.has(address)) {
      problems.push({ address, code: 'AlreadyWanted', message: `${address} is wanted twice; the first entry counts.` })
      continue
    }
    seen.add(address)

    const found = findDevice(plan.device, state)
    if ('missing' in found) {
      undecided.addresses.add(address)
      for (const { destination } of plan.routes) undecided.destinations.add(destination)
      problems.push({ address, code: 'DeviceNotFound', message: `${address} cannot be carried: ${found.missing}.` })
    } else {
      addresses.push({ device: found.device, address, prefixLength, scope })
      for (const { destination, via } of plan.routes) {
        const present = routes.get(destination)
        if (present === undefined)
          routes.set(destination, { destination, device: found.device, ...(via === undefined ? {} : { via }) })
        else if (present.device !== found.device || present.via !== via) {
          const message = `Another address has another route to ${destination} already, not the one of ${address}.`
          problems.push({ address, code: 'AlreadyWanted', message })
        }
      }
    }

    if (role !== 'holder' || plan.translateFrom === undefined) continue
    const translation = resolveTranslation(address, plan.translateFrom, state, anchors)
    if ('code' in translation) {
      undecided.translated.add(address)
      problems.push(translation)
    } else if (translations.some(({ from }) => from === translation.from)) {
      const message = `Packets for ${translation.from} are translated to another address already, not to ${address}.`
      problems.push({ address, code: 'AlreadyWanted', message })
    } else translations.push(translation)
  }
  return { addresses, routes: [...routes.values()], translations, undecided, problems }
}

function resolveTranslation(
  address: string,
  source: string | { readonly metadataUrl: string },
  { addresses, translations }: NetworkState,
  anchors: Anchors,
): Translation | Problem {
  if (translations.kind === 'unreadable') {
    return { address, code: 'TranslationUnreadable', message: `nftables cannot be read: ${translations.reason}` }
  }
  const from = typeof source === 'string' ? source : anchors.get(source.metadataUrl)
  if (from === undefined || familyOf(from) !== familyOf(address)) {
    const where = typeof source === 'string' ? source : `${source.metadataUrl} tells`
    return {
      address,
      code: 'AnchorUnknown',
      message: `${address} cannot be served: ${where} no address of its family.`,
    }
  }
  const device = addresses.find((carried) => !carried.ours && carried.address === from)?.device
  if (device === undefined) {
    return { address, code: 'AnchorNotHere', message: `${address} cannot be served: ${from} is on no interface.` }
  }
  return { device, from, to: address }
}
