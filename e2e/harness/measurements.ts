import { appendFile, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Where runs leave what is worth keeping. Not in git. */
export const reportsFolder: string = fileURLToPath(new URL('../../reports/', import.meta.url))

/** Prints a measured time and adds it to `reports/e2e-measurements.jsonl`. Tests never assert on it. */
export async function recordMeasurement(what: string, seconds: number): Promise<void> {
  const rounded = Number(seconds.toFixed(3))
  console.log(`measured: ${what}: ${rounded} s`)
  await mkdir(reportsFolder, { recursive: true })
  const entry = { at: new Date().toISOString(), what, seconds: rounded }
  await appendFile(`${reportsFolder}e2e-measurements.jsonl`, `${JSON.stringify(entry)}\n`)
}

/** Seconds on the monotonic clock since `start`, a value of `performance.now()`. */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}
