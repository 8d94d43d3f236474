import { join } from 'node:path'
import { bundleProgram } from '../harness/bundle-program.ts'
import type { CloudName } from '../harness/cloud-on-bridge.ts'

/** Paths of the product's programs, each in one file. */
export interface ProductPrograms {
  readonly agent: string
  readonly operators: Readonly<Record<CloudName, string>>
}

/** Bundles the agent and the operators from their sources, so that they start fast and stay as they are. */
export async function bundlePrograms(folder: string): Promise<ProductPrograms> {
  const bundle = async (name: string): Promise<string> => {
    const outfile = join(folder, `failover-ip-${name}.mjs`)
    await bundleProgram(new URL(`../../packages/${name}/src/main.ts`, import.meta.url), outfile)
    return outfile
  }
  const [agent, digitalocean, netcup, scaleway] = await Promise.all([
    bundle('agent'),
    bundle('operator-digitalocean'),
    bundle('operator-netcup'),
    bundle('operator-scaleway'),
  ])
  return { agent, operators: { digitalocean, netcup, scaleway } }
}
