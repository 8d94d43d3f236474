import { defaults } from './defaults.ts'

/** Milliseconds to wait after so many failures in a row (1: the first), spread by up to a quarter. */
export function backOff(failures: number, random: () => number): number {
  const plain = Math.min(defaults.mostBackOff, defaults.firstBackOff * 2 ** Math.min(failures - 1, 10))
  return plain * (1 + random() / 4)
}
