import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { CloudName } from '../harness/cloud-on-bridge.ts'

/** Paths of the product's programs, each in one file. */
export interface ProductPrograms {
  readonly agent: string
  readonly operators: Readonly<Record<CloudName, string>>
}

// Dependencies in CommonJS ask for it.
const requireForCommonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/** Bundles the agent and the operators from their sources, so that they start fast and stay as they are. */
export async function bundlePrograms(folder: string): Promise<ProductPrograms> {
  const bundle = async (name: string): Promise<string> => {
    const outfile = join(folder, `failover-ip-${name}.mjs`)
    await build({
      entryPoints: [fileURLToPath(new URL(`../../packages/${name}/src/main.ts`, import.meta.url))],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@failover-ip/source'],
      banner: { js: requireForCommonJs },
      logLevel: 'error',
    })
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
