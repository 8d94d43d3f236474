import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Of the Kubernetes client the operator uses the kubeconfig alone; its generated API, some 15 MB of JavaScript, would
 * stay in the bundle and in the memory of every replica. No module of it does anything when it is merely imported.
 */
const kubeConfigAlone = {
  name: 'kubeconfig-alone',
  setup(bundle) {
    const resolve = ({ path, kind, importer, resolveDir }) =>
      bundle.resolve(path, { kind, importer, resolveDir, pluginData: kubeConfigAlone })
    bundle.onResolve({ filter: /^@kubernetes\/client-node$/ }, async (args) => {
      if (args.pluginData === kubeConfigAlone) return undefined
      const { path } = await resolve(args)
      return { path: join(dirname(path), 'config.js'), sideEffects: false }
    })
    bundle.onResolve({ filter: /^\.{1,2}\// }, async (args) => {
      const ours = /[\\/]@kubernetes[\\/]client-node[\\/]/.test(args.importer)
      return args.pluginData === kubeConfigAlone || !ours ? undefined : { ...(await resolve(args)), sideEffects: false }
    })
  },
}

// One file that needs nothing but Node.js: what the image holds. Some dependencies are CommonJS and call `require`.
await build({
  absWorkingDir: dirname(fileURLToPath(import.meta.url)),
  entryPoints: ['src/main.ts'],
  outfile: 'dist/failover-ip-operator-scaleway.mjs',
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minifySyntax: true,
  plugins: [kubeConfigAlone],
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
})
