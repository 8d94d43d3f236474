/**
 * What can go wrong with one request.
 * - `status`: answered so, without effect. - `refuse`: the connection is not made. - `dropBefore`: it breaks before the
 *   effect; `dropAfter`: after it, so that only the answer is lost. - `lateEffect`: it breaks, and the effect comes later.
 * - `hang`: no answer, no effect. - `truncate`: the effect, and a list in the answer lacks its last items. - `malformed`:
 *   the effect, and this text for an answer. - `trickle`: the effect, and the answer comes byte by byte.
 * - `meanwhile`: all goes well, and `act` happens right after the effect, before the client has its answer.
 */
export type Fault =
  | {
      readonly kind: 'status'
      readonly status: number
      /** Sent as JSON; `text` is sent as it is. */
      readonly body?: unknown
      readonly text?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly kind: 'refuse' | 'dropBefore' | 'dropAfter' | 'hang' | 'truncate' }
  | { readonly kind: 'lateEffect'; readonly seconds: number }
  | { readonly kind: 'trickle'; readonly secondsPerByte: number }
  | { readonly kind: 'meanwhile'; readonly act: () => void }
  | { readonly kind: 'malformed'; readonly text: string; readonly contentType?: string }

/** Which requests a fault befalls. What is not named matches all. */
export interface FaultRule {
  readonly fault: Fault
  /** One method, or several divided by `|`. */
  readonly method?: string
  /** Part of the path with its query, or an expression. */
  readonly path?: string | RegExp
  /** So many matching requests pass unharmed first. Default: 0. */
  readonly skip?: number
  /** So many are befallen then. Default: 1. */
  readonly times?: number
}

/** The faults that wait for their requests. */
export interface Faults {
  /** Adds a rule; gives a function that takes it back. */
  add(rule: FaultRule): () => void
  clear(): void
  /** The fault for a request, if any; counts it. */
  next(method: string, path: string): Fault | undefined
}

export function createFaults(): Faults {
  const rules = new Set<{ readonly rule: FaultRule; seen: number }>()
  return {
    add: (rule) => {
      const entry = { rule, seen: 0 }
      rules.add(entry)
      return () => void rules.delete(entry)
    },
    clear: () => rules.clear(),
    next: (method, path) => {
      for (const entry of rules) {
        const { rule } = entry
        if (!matches(rule, method, path)) continue
        entry.seen += 1
        const { skip = 0, times = 1 } = rule
        if (entry.seen <= skip) continue
        if (entry.seen >= skip + times) rules.delete(entry)
        return rule.fault
      }
      return undefined
    },
  }
}

function matches(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && !rule.method.split('|').includes(method)) return false
  if (rule.path === undefined) return true
  return typeof rule.path === 'string' ? path.includes(rule.path) : rule.path.test(path)
}
