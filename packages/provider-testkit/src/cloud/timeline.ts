/** A value whose changes are dated, so that a late reader sees what was, and a change may be set for later. */
export interface Timeline<Value> {
  at(time: number): Value
  /** Sets the value from `time` on. What was set for then or later is dropped. */
  set(time: number, value: Value): void
}

/** Changes that are kept: the lag of reads is far shorter than so many changes take. */
const longest = 64

export function createTimeline<Value>(initial: Value): Timeline<Value> {
  let entries: readonly { readonly time: number; readonly value: Value }[] = []
  let oldest = initial
  return {
    at: (time) => entries.findLast((entry) => entry.time <= time)?.value ?? oldest,
    set: (time, value) => {
      const earlier = entries.filter((entry) => entry.time < time)
      entries = [...earlier, { time, value }].slice(-longest)
      if (earlier.length >= longest) oldest = entries[0]?.value ?? oldest
    },
  }
}
