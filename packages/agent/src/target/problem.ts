/**
 * Why a node does not carry an address as it should. `DeviceNotFound`: no interface fits the plan. `AnchorUnknown`: the
 * address to translate from is not known (yet). `AnchorNotHere`: it is on no interface. `AlreadyWanted`: another entry
 * names the same address, or translates from the same one. `TranslationUnreadable`: nftables does not answer.
 * `ChangeFailed`: the kernel refused, or could not be asked.
 */
export type ProblemCode =
  | 'DeviceNotFound'
  | 'AnchorUnknown'
  | 'AnchorNotHere'
  | 'AlreadyWanted'
  | 'TranslationUnreadable'
  | 'ChangeFailed'

export interface Problem {
  readonly address: string
  readonly code: ProblemCode
  readonly message: string
}
