import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'

/** In turns of 100 ms, so that it hears of the end of whoever wants it. */
const burn = `
process.stdin.resume().on('end', () => process.exit());
(function burn() {
  const end = Date.now() + 100;
  while (Date.now() < end);
  setImmediate(burn);
})()`

/** Keeps every core of this machine busy, for as long as this process lives at most. */
export async function saturate(): Promise<AsyncDisposable> {
  const burners = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', burn], { stdio: ['pipe', 'ignore', 'inherit'] }),
  )
  await Promise.all(burners.map(async (burner) => void (await once(burner, 'spawn'))))
  return {
    [Symbol.asyncDispose]: async () => {
      const ended = burners.map(async (burner) => void (await once(burner, 'exit')))
      for (const burner of burners) burner.stdin.end()
      await Promise.all(ended)
    },
  }
}
