/** Milliseconds, each with its reason. */
export const defaults = {
  /** Not everything is told by the kernel (nftables is not), and some may be missed. */
  resync: 30_000,
  /** After a change that failed: the next look is made after this, then twice as much, until it is a resync. */
  firstRetry: 1000,
  /** Looks that the kernel's events ask for: a few at once, so that one address is back at once, then slowly, against one who removes what we add. */
  looks: { burst: 5, interval: 1000 },
  /** Between an event and the look, so that a device which loses everything is looked at once. */
  settling: 20,
  /** Until the listener is started anew after it ended. */
  listenAgain: 1000,
  /** The listener says nothing when it has begun, so what was changed in between is looked for after this. */
  listenerStart: 1000,
} as const
