import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../harness/command.ts'
import type { PowerOptions } from '../harness/api-server-power.ts'

const script = fileURLToPath(new URL('build.sh', import.meta.url))
const buildDeadline = 30 * 60_000

export type ImageName = 'agent' | 'operator-digitalocean' | 'operator-netcup' | 'operator-scaleway'

/** Builds the images of this clone unless that is done, and resolves with their archives, for `cluster.load`. */
export async function imageArchives(
  names: readonly ImageName[],
  { signal }: PowerOptions = {},
): Promise<readonly string[]> {
  const folder = (await run([script, ...names], { signal, deadline: buildDeadline, showProgress: true })).trim()
  return names.map((name) => join(folder, `${name}.tar`))
}
