/**
 * `FAST_CHECK_SEED=N` gives every property the seed N: a failure replays from the seed that it printed, and the planted
 * faults are judged by the same cases each time.
 */
const seed = Number(process.env['FAST_CHECK_SEED'] ?? Number.NaN)

if (Number.isInteger(seed)) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })
}
