import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** What an operator told of the node that holds something: that it is dead, is to be left, or has been in doubt for long. */
export interface ToldVerdict {
  readonly time: string
  readonly reason: string
  readonly message: string
}

const told = z.object({
  time: z.string(),
  reason: z.enum(['NodeDead', 'NodeUnfit', 'NodeSuspect']),
  message: z.string(),
})

/** Of all logs, since the moment in Unix milliseconds. */
export async function readToldVerdicts(logFiles: readonly string[], since: number): Promise<readonly ToldVerdict[]> {
  const texts = await Promise.all(logFiles.map(async (file) => await readFile(file, 'utf8')))
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .flatMap((line) => told.safeParse(JSON.parse(line)).data ?? [])
    .filter(({ time }) => Date.parse(time) >= since)
}
