export { createVirtualClock } from './virtual-clock.ts'
export type { AdvanceUntilOptions, VirtualClock, VirtualClockOptions } from './virtual-clock.ts'
