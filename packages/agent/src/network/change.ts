import type { DeviceAddress, Route, Translation } from './network-state.ts'

/** One change of the kernel's network: it is made whole or not at all. */
export type Change =
  | { readonly kind: 'addAddress'; readonly address: DeviceAddress }
  | { readonly kind: 'removeAddress'; readonly address: Omit<DeviceAddress, 'scope'> }
  | { readonly kind: 'addRoute'; readonly route: Route }
  | { readonly kind: 'removeRoute'; readonly route: Route }
  /** All of them at once, without a moment in between in which one that stays is not translated. */
  | { readonly kind: 'setTranslations'; readonly translations: readonly Translation[] }
