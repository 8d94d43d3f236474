import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../harness/command.ts'
import { clusterFolder } from '../harness/programs.ts'

/** The reference that pods name. */
export const trafficImage = 'localhost/traffic:1'

const source = fileURLToPath(new URL('traffic', import.meta.url))

/** Compiles `traffic/` into the folder: the program, and an archive of an image that runs it. */
export async function buildTraffic(folder: string): Promise<{ readonly program: string; readonly image: string }> {
  const root = join(folder, 'root')
  await mkdir(root)
  const program = join(root, 'traffic')
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w']
  await run(['env', 'CGO_ENABLED=0', 'go', 'build', '-C', source, ...flags, '-o', program, '.'], { deadline: 120_000 })
  const image = join(folder, 'traffic.tar')
  await run([`${clusterFolder}image.sh`, image, trafficImage, root, '/traffic'])
  return { program, image }
}
