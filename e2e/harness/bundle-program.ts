import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

// Dependencies in CommonJS ask for it.
const requireForCommonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/** Makes one file of a program and all that it imports, from the sources: it starts fast, and stays as it is. */
export async function bundleProgram(source: URL, outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@failover-ip/source'],
    banner: { js: requireForCommonJs },
    logLevel: 'error',
  })
}
