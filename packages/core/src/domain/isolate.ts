/** What a pure step made of one thing, or what it threw instead. */
export type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown }

export function attempt<Value>(step: () => Value): Attempt<Value> {
  try {
    return { ok: true, value: step() }
  } catch (error) {
    return { ok: false, error }
  }
}

export interface Isolated<Item, Value> {
  readonly value: Value
  /** Items with which the step throws, each with what it threw; the value is made without them. */
  readonly offenders: ReadonlyMap<Item, unknown>
}

/**
 * Runs a step over all items together. When it throws, the items that make it throw by themselves are found by halving,
 * and it is run without them. Throws only what no single item is to blame for.
 */
export function withoutOffenders<Item, Value>(
  items: readonly Item[],
  step: (items: readonly Item[]) => Value,
): Isolated<Item, Value> {
  const whole = attempt(() => step(items))
  if (whole.ok) return { value: whole.value, offenders: new Map() }
  const offenders = new Map<Item, unknown>()
  const search = (some: readonly Item[], error: unknown): void => {
    const [only] = some
    if (only !== undefined && some.length === 1) offenders.set(only, error)
    if (some.length < 2) return
    const middle = Math.ceil(some.length / 2)
    for (const half of [some.slice(0, middle), some.slice(middle)]) {
      const result = attempt(() => step(half))
      if (!result.ok) search(half, result.error)
    }
  }
  search(items, whole.error)
  return { value: step(items.filter((item) => !offenders.has(item))), offenders }
}
