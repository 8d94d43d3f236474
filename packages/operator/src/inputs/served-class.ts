import type { ParsedFailoverIPClass } from '@failover-ip/kubernetes'

/** A class of this operator, readable now or at least before. */
export interface ServedClass {
  readonly name: string
  readonly uid: string
  readonly value: ParsedFailoverIPClass
  /** Set when it cannot be read as it is now; `value` is the last good one then. */
  readonly broken: string | undefined
}
