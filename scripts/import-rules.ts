/**
 * Who may import whom. The packages form one direction,
 *
 *     operator-x -> operator -> process -> kubernetes, runtime -> core -> provider <- provider-kit <- provider-x
 *
 * and inside a package no file reaches itself again. Also here, because they read the same files: what a manifest
 * declares is what its sources import, `core` and `provider` stay pure, and no file outgrows its reader.
 */
import { readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { repositoryFiles, root } from './repository-files.ts'
import { type WorkspacePackage, workspacePackages } from './workspace-packages.ts'

const scope = '@failover-ip/'
const lineLimit = 450

/** What the sources (not the tests) of a package may import of ours. A package not named here: what it declares. */
const layers: readonly (readonly [package_: RegExp, allowed: RegExp])[] = [
  [/^provider$/, /^$/],
  [/^core$/, /^provider$/],
  [/^provider-kit$/, /^provider$/],
  [/^provider-testkit$/, /^(provider|provider-kit|core)$/],
  [/^provider-.+$/, /^(provider|provider-kit)$/],
  [/^runtime$/, /^(core|provider)$/],
  [/^kubernetes$/, /^(core|provider)$/],
  [/^process$/, /^(kubernetes|provider)$/],
  [/^agent$/, /^(process|kubernetes|runtime|core|provider)$/],
  [/^operator$/, /^(process|kubernetes|runtime|core|provider)$/],
  [/^operator-.+$/, /^(operator|provider-.+)$/],
  [/^cli$/, /^(operator|kubernetes|runtime|core|provider|provider-.+)$/],
]

/** Packages without I/O, and the third-party imports that are as pure. */
const pure: ReadonlyMap<string, readonly string[]> = new Map([
  ['provider', []],
  ['core', ['ipaddr.js', 'zod']],
])

const impure: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bnew Date\(\s*\)/, 'reads the clock with new Date()'],
  [/(?<!new )\bDate\(\s*\)/, 'reads the clock with Date()'],
  [/(?<!typeof )\bglobalThis\b/, 'reads globalThis'],
]

export interface SourceFile {
  readonly path: string
  readonly text: string
}

interface Import {
  readonly from: SourceFile
  readonly specifier: string
}

/** Tests, what serves them, and scripts that build a package: they may use its development dependencies. */
export const isTest = (path: string): boolean => /\.(test|e2e|suite)\.ts$|\/testing\/|\/test\/|^e2e\/|\.mjs$/.test(path)

/** Specifiers of all static, dynamic and re-exporting imports. Lines of comments do not count. */
export function importsOf(text: string): readonly string[] {
  const patterns = [
    /^[ \t]*(?:import|export)\b(?=[\s{*])[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^[ \t]*import\s*['"]([^'"]+)['"]/gm,
    /^(?![ \t]*(?:\*|\/\/)).*\bimport\(\s*['"]([^'"$]+)['"]\s*\)/gm,
  ]
  return [
    ...new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, specifier]) => specifier ?? []))),
  ]
}

/** The package part of a bare specifier: `@a/b/c` is of `@a/b`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

export function checkImports(files: readonly SourceFile[], packages: readonly WorkspacePackage[]): readonly string[] {
  const owners = packages.toSorted((a, b) => b.folder.length - a.folder.length)
  const ownerOf = (path: string): WorkspacePackage | undefined =>
    owners.find(({ folder }) => folder === '' || path.startsWith(`${folder}/`))
  const imports = files.flatMap((from) => importsOf(from.text).map((specifier): Import => ({ from, specifier })))
  return [
    ...imports.flatMap((edge) => checkEdge(edge, ownerOf(edge.from.path), packages)),
    ...packages.flatMap((owner) =>
      unusedDependencies(
        owner,
        imports.filter(({ from }) => ownerOf(from.path) === owner),
      ),
    ),
    ...cycles(imports).map((cycle) => `import cycle: ${cycle.join(' -> ')}`),
    ...files.flatMap(checkFile),
  ]
}

function checkEdge(
  { from, specifier }: Import,
  owner: WorkspacePackage | undefined,
  packages: readonly WorkspacePackage[],
): readonly string[] {
  if (owner === undefined) return []
  const { folder, manifest } = owner
  const own = manifest.name.replace(scope, '')
  const test = isTest(from.path)
  const wrong = (sentence: string): readonly string[] => [`${from.path}: ${sentence}`]

  if (specifier.startsWith('.')) {
    const target = posix.join(dirname(from.path), specifier)
    return folder !== '' && !target.startsWith(`${folder}/`)
      ? wrong(`leaves its package with '${specifier}': import the other package by its name`)
      : []
  }
  if (specifier.startsWith('node:')) {
    return pure.has(own) && !test ? wrong(`imports '${specifier}', but ${own} is pure`) : []
  }
  const name = packageOf(specifier)
  const production = { ...manifest.dependencies, ...manifest.peerDependencies }
  const rootTools = packages.find((candidate) => candidate.folder === '')?.manifest.devDependencies
  const declared = test || folder === '' ? { ...production, ...manifest.devDependencies, ...rootTools } : production
  if (name === manifest.name) return test ? [] : wrong(`imports its own package by name`)
  if (!(name in declared)) return wrong(`imports '${name}', which ${folder}/package.json does not declare for it`)

  const target = packages.find((candidate) => candidate.manifest.name === name)
  if (target === undefined) {
    const allowed = pure.get(own)
    return allowed !== undefined && !test && !allowed.includes(name)
      ? wrong(`imports '${name}', but ${own} is pure`)
      : []
  }
  const subpath = `.${specifier.slice(name.length)}`
  if (target.manifest.exports !== undefined && !(subpath in target.manifest.exports)) {
    return wrong(`imports '${specifier}', which ${name} does not export`)
  }
  const layer = folder.startsWith('packages/') ? layers.find(([pattern]) => pattern.test(own)) : undefined
  return layer !== undefined && !test && !layer[1].test(name.replace(scope, ''))
    ? wrong(`imports '${name}', which lies in a layer that ${own} must not know`)
    : []
}

/** Dependencies that no source of the package imports. Tools are run, not imported: knip judges those. */
function unusedDependencies({ folder, manifest }: WorkspacePackage, imports: readonly Import[]): readonly string[] {
  if (folder === '') return []
  const used = (test: boolean): ReadonlySet<string> =>
    new Set(imports.filter(({ from }) => test || !isTest(from.path)).map(({ specifier }) => packageOf(specifier)))
  const bySources = used(false)
  const byAny = used(true)
  return [
    ...Object.keys(manifest.dependencies ?? {}).filter((name) => !bySources.has(name)),
    ...Object.keys(manifest.devDependencies ?? {}).filter(
      (name) => !byAny.has(name) && !/^(@types\/|(typescript|vitest)$)/.test(name),
    ),
  ].map((name) => `${folder}/package.json: declares '${name}', which nothing there imports`)
}

/** One cycle for each knot of files, as the paths walked. */
export function cycles(imports: readonly Import[]): readonly (readonly string[])[] {
  const edges = new Map<string, readonly string[]>()
  for (const { from, specifier } of imports) {
    if (!specifier.startsWith('.')) continue
    edges.set(from.path, [...(edges.get(from.path) ?? []), posix.join(dirname(from.path), specifier)])
  }
  const found: string[][] = []
  const finished = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      found.push([...trail.slice(start), path])
      return
    }
    if (finished.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    finished.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return found
}

function checkFile({ path, text }: SourceFile): readonly string[] {
  if (isTest(path)) return []
  const own = /^packages\/([^/]+)\//.exec(path)?.[1] ?? ''
  const lines = text.split('\n')
  const faults: string[] = []
  if (lines.length - 1 > lineLimit) faults.push(`${path}: ${lines.length - 1} lines, more than ${lineLimit}`)
  if (/(^|\/)(utils?|helpers?|misc|common)(\.ts|\/)/.test(path)) faults.push(`${path}: name it after what it holds`)
  lines.forEach((line, index) => {
    if (/^\s*(\*|\/\/|\/\*)/.test(line)) return
    const at = `${path}:${index + 1}`
    if (/^(export )?let /.test(line)) faults.push(`${at}: mutable state of a module`)
    if (!pure.has(own)) return
    for (const [pattern, what] of impure) if (pattern.test(line)) faults.push(`${at}: ${what}, but ${own} is pure`)
  })
  return faults
}

/** Median, ninth decile and maximum of the sources' lengths. */
export function lengths(files: readonly SourceFile[]): string {
  const counts = files
    .filter(({ path }) => path.startsWith('packages/') && !isTest(path))
    .map(({ text }) => text.split('\n').length - 1)
    .toSorted((a, b) => a - b)
  const quantile = (share: number): number => counts[Math.floor((counts.length - 1) * share)] ?? 0
  return `${counts.length} source files: median ${quantile(0.5)} lines, p90 ${quantile(0.9)}, longest ${quantile(1)}`
}

if (import.meta.main) {
  const files = repositoryFiles()
    // Tests of the scripts are full of imports that are samples.
    .filter((path) => !/^scripts\/.*\.test\.ts$/.test(path))
    .filter((path) => /^(packages|examples|e2e|bench|scripts)\/.*\.m?[jt]s$/.test(path) && !path.endsWith('.d.ts'))
    .map((path): SourceFile => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  const faults = checkImports(files, workspacePackages())
  for (const fault of faults) console.error(fault)
  console.log(lengths(files))
  process.exitCode = faults.length === 0 ? 0 : 1
}
