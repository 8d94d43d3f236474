/** What the kernel shows of a node's network, as far as addresses of ours depend on it. */
export interface NetworkState {
  /** In the kernel's order. */
  readonly links: readonly Link[]
  readonly addresses: readonly CarriedAddress[]
  /** Device of the best default route of each family. */
  readonly defaultDevice: { readonly ipv4?: string; readonly ipv6?: string }
  /** Ours alone; those of others are not looked at. */
  readonly routes: readonly Route[]
  readonly translations: TranslationTable
}

export interface Link {
  readonly name: string
  /** Lower case; absent where the device has none. */
  readonly mac?: string
  /** Part of a bond or a bridge, which is what carries addresses. */
  readonly enslaved: boolean
}

/** An address on a device. */
export interface DeviceAddress {
  readonly device: string
  /** In the kernel's spelling. */
  readonly address: string
  readonly prefixLength: number
  /** Of an IPv6 address the kernel decides it, whatever it was added with. */
  readonly scope: 'global' | 'link' | 'host'
}

export interface CarriedAddress extends Omit<DeviceAddress, 'scope'> {
  readonly scope: string
  readonly ours: boolean
  /** As the agent adds one: for IPv6 without duplicate detection, and never chosen as source by the kernel. */
  readonly settled: boolean
}

/** A route by a device, its destination in CIDR form. */
export interface Route {
  readonly destination: string
  readonly via?: string
  readonly device: string
}

/** Packets that arrive by `device` for `from` are for `to`; their answers leave as `from`. Both of one family. */
export interface Translation {
  readonly device: string
  readonly from: string
  readonly to: string
}

export type TranslationTable =
  | { readonly kind: 'absent' }
  /** Not `intact`: somebody has removed a part of the table. */
  | { readonly kind: 'present'; readonly intact: boolean; readonly entries: readonly Translation[] }
  | { readonly kind: 'unreadable'; readonly reason: string }
