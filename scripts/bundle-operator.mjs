/**
 * `node ../../scripts/bundle-operator.mjs` in the folder of an operator: `src/main.ts` and all that it imports as the one
 * file that its package.json names as `bin`, which needs nothing but Node.js. It is what the image holds.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const { bin, engines } = JSON.parse(readFileSync('package.json', 'utf8'))
const [outfile] = Object.values(bin)

/**
 * Of the Kubernetes client the operator uses the kubeconfig and its ways to authenticate. The generated API and the HTTP
 * client beneath it, some 15 MB of JavaScript, would stay in the memory of every replica: they are left out.
 */
const kubeConfigAlone = {
  name: 'kubeconfig-alone',
  setup(bundle) {
    const leftOut = { path: 'left-out', namespace: 'left-out' }
    const fromClient = ({ importer }) => /[\\/]@kubernetes[\\/]client-node[\\/]/.test(importer)
    bundle.onResolve(
      { filter: /^@kubernetes\/client-node$/ },
      async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === kubeConfigAlone) return undefined
        const found = await bundle.resolve(path, { kind, importer, resolveDir, pluginData: kubeConfigAlone })
        return { path: join(dirname(found.path), 'config.js') }
      },
    )
    bundle.onResolve({ filter: /^undici$|^\.\/gen\// }, (args) => (fromClient(args) ? leftOut : undefined))
    bundle.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }))
  },
}

/** Messages of zod in 40 languages, half of its size. Ours are English, or our own. */
const englishAlone = {
  name: 'english-alone',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

const requireForCommonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/** Whoever starts the file with an older Node.js is told so, and not what it stumbles over first. */
const [major, minor] = /\d+\.\d+/.exec(engines.node)[0].split('.')
const oldNodeGuard = `{
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < ${major} || (major === ${major} && minor < ${minor})) {
    console.error('This needs Node.js ${major}.${minor} or later; it was started with ' + process.version + '.')
    process.exit(1)
  }
}`

await build({
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  conditions: ['@failover-ip/source'], // so that nothing has to be compiled before
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [kubeConfigAlone, englishAlone],
  banner: { js: `${oldNodeGuard}\n${requireForCommonJs}` },
  logLevel: 'warning',
})
