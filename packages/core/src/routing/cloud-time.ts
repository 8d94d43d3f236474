import type { Clock } from '@failover-ip/provider'

/** The clock for records of changes, and the `fetch` by whose answers it is put right. */
export interface CloudTime {
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
}

/** Milliseconds by which clocks that are well may differ. */
const tolerance = 2000
/** Unix milliseconds: what is told beyond is nobody's time, and no record could hold all of it. */
const earliest = Date.UTC(2020)
const latest = Date.UTC(2200)

/**
 * A clock that goes by the cloud's where the own one is off: account windows and cool-downs are counted from records that
 * processes with other clocks have written, and the cloud counts by its own. The difference is taken from the `Date` of each
 * answer to the `fetch`, if there is one; differences of up to two seconds are left alone. A difference counts once two
 * answers in a row tell it: one alone may come from a cache, or from a server with a time of its own. Waits are not touched.
 *
 * @example
 * const time = cloudTime(systemClock(), fetch)
 * const routing = provider.open({ fetch: time.fetch, clock: time.clock, userAgent })
 */
export function cloudTime(own: Clock, fetch: typeof globalThis.fetch): CloudTime {
  let difference = 0
  /** What the last answer told, and the next one has to confirm. */
  let told: number | undefined
  const compare = (date: string | null, milliseconds: number): void => {
    const cloud = date === null ? Number.NaN : Date.parse(date)
    if (!(cloud >= earliest && cloud < latest)) return
    // It was told while the call lasted, and is cut to whole seconds.
    const least = cloud - own.now()
    const most = least + milliseconds + 1000
    const fits = (offset: number): boolean => least - tolerance <= offset && offset <= most + tolerance
    const before = told
    told = undefined
    if (fits(difference)) return
    const found = fits(0) ? 0 : Math.round((least + most) / 2)
    if (found === 0 || (before !== undefined && fits(before))) difference = found
    else told = found
  }
  return {
    clock: {
      now: () => own.now() + difference,
      monotonic: () => own.monotonic(),
      sleep: (milliseconds, options) => own.sleep(milliseconds, options),
    },
    fetch: async (input, init) => {
      const sentAt = own.monotonic()
      const response = await fetch(input, init)
      compare(response.headers.get('date'), own.monotonic() - sentAt)
      return response
    },
  }
}
