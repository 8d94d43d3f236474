/**
 * What somebody who installs a public package gets: the shape of its package.json, and its packed tarball judged by
 * publint and arethetypeswrong, unpacked beside its dependencies, and imported. Needs built packages.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { runCommand } from './command.ts'
import { root } from './repository-files.ts'
import { type Manifest, readManifest, type WorkspacePackage, workspacePackages } from './workspace-packages.ts'

const work = join(root, '.cache', 'tarballs')
const modules = join(work, 'node_modules')
const timeout = 120_000

/** What every public package.json says, and why a reader of npm needs it. */
export function shapeFaults(manifest: Manifest): readonly string[] {
  const main = manifest.exports?.['.']
  const conditions = typeof main === 'object' ? Object.keys(main) : []
  const rules: readonly (readonly [holds: boolean, sentence: string])[] = [
    [/^@failover-ip\/[a-z-]+$/.test(manifest.name), 'its name lies in the scope @failover-ip'],
    [(manifest.description ?? '').length > 20, 'it has a description'],
    [(manifest.keywords ?? []).length >= 3, 'it has three keywords or more, by which it is found'],
    [manifest.license === 'Apache-2.0', 'its license is Apache-2.0'],
    [manifest.type === 'module', 'its type is module'],
    [manifest.sideEffects === false, 'it declares sideEffects: false'],
    [manifest.engines?.node === '>=22.19', 'its engines.node is >=22.19'],
    [manifest.publishConfig?.access === 'public', 'its publishConfig.access is public'],
    [manifest.publishConfig?.provenance === true, 'it is published with provenance'],
    [manifest.files?.includes('dist') === true, 'its files hold dist'],
    [manifest.exports?.['./package.json'] === './package.json', 'it exports ./package.json'],
    [
      conditions.join() === '@failover-ip/source,types,default' || conditions.join() === 'types,default',
      'its export "." names types before default',
    ],
    [Object.keys(manifest.exports ?? {}).every((path) => !path.includes('*')), 'it exports no wildcard'],
  ]
  return rules.filter(([holds]) => !holds).map(([, sentence]) => `${manifest.name}: expected that ${sentence}`)
}

function readmeFaults({ folder, manifest }: WorkspacePackage): readonly string[] {
  const path = join(root, folder, 'README.md')
  if (!existsSync(path)) return [`${manifest.name}: has no README.md`]
  return /^```ts\b/m.test(readFileSync(path, 'utf8')) ? [] : [`${manifest.name}: its README.md has no ts example`]
}

/** Packs one package and returns the tarball's path. */
async function pack({ folder }: WorkspacePackage): Promise<string> {
  const command = ['pnpm', 'pack', '--json', '--pack-destination', work]
  const { ok, stdout, output } = await runCommand(command, { cwd: join(root, folder), timeout })
  if (!ok) throw new Error(output)
  const parsed: unknown = JSON.parse(stdout)
  const packed: unknown = Array.isArray(parsed) ? parsed[0] : parsed
  if (typeof packed === 'object' && packed !== null && 'filename' in packed && typeof packed.filename === 'string') {
    return join(work, basename(packed.filename))
  }
  throw new Error(`pnpm pack named no tarball: ${stdout}`)
}

/** Unpacks where an installation would put it, with the third-party dependencies it declares and no others. */
async function unpack({ folder, manifest }: WorkspacePackage, tarball: string): Promise<readonly string[]> {
  const target = join(modules, manifest.name)
  mkdirSync(target, { recursive: true })
  const command = ['tar', 'xzf', tarball, '--strip-components=1', '-C', target]
  const { ok, output } = await runCommand(command, { cwd: work, timeout })
  if (!ok) throw new Error(output)
  const packed = readManifest(join(target, 'package.json'))
  const unlicensed = existsSync(join(target, 'LICENSE')) ? [] : [`${manifest.name}: its tarball holds no LICENSE`]
  const dependencies = Object.entries({ ...packed.dependencies, ...packed.peerDependencies })
  for (const [name] of dependencies.filter(([name]) => !name.startsWith('@failover-ip/'))) {
    const link = join(target, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, folder, 'node_modules', name), link)
  }
  const unresolved = dependencies
    .filter(([, range]) => /^(workspace|catalog):/.test(range))
    .map(([name, range]) => `${manifest.name}: its tarball still asks for ${name}@${range}`)
  return [...unlicensed, ...unresolved]
}

async function publintFaults({ manifest }: WorkspacePackage, tarball: string): Promise<readonly string[]> {
  const content = readFileSync(tarball)
  const { messages, pkg } = await publint({
    pack: { tarball: content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength) },
    level: 'warning',
    strict: true,
  })
  return messages.map(
    (message) => `${manifest.name}: publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`,
  )
}

/** The output of a command that failed, as one fault. */
async function commandFaults(name: string, ...command: readonly string[]): Promise<readonly string[]> {
  const { ok, output } = await runCommand(command, { cwd: work, timeout })
  return ok ? [] : [`${name}: ${command.slice(0, 2).join(' ')} failed:\n${output}`]
}

async function checkTarballs(packages: readonly WorkspacePackage[]): Promise<readonly string[]> {
  rmSync(work, { recursive: true, force: true })
  mkdirSync(modules, { recursive: true })
  const tarballs = new Map<WorkspacePackage, string>()
  const faults: string[] = []
  for (const package_ of packages) {
    try {
      const tarball = await pack(package_)
      tarballs.set(package_, tarball)
      faults.push(...(await unpack(package_, tarball)))
    } catch (error) {
      faults.push(`${package_.manifest.name}: cannot be packed: ${String(error)}`)
    }
  }
  for (const [package_, tarball] of tarballs) {
    const { name } = package_.manifest
    const script = `if (Object.keys(await import('${name}')).length === 0) throw new Error('it exports nothing')`
    const [lint, types, imported] = await Promise.all([
      publintFaults(package_, tarball),
      commandFaults(
        name,
        'attw',
        tarball,
        '--profile',
        'esm-only',
        '--no-color',
        '--no-emoji',
        '--format',
        'table-flipped',
      ),
      commandFaults(name, 'node', '--input-type=module', '-e', script),
    ])
    faults.push(...lint, ...types, ...imported)
  }
  return faults
}

if (import.meta.main) {
  const packages = workspacePackages().filter(
    ({ folder, manifest }) => folder.startsWith('packages/') && manifest.private !== true,
  )
  const faults = [
    ...packages.flatMap(({ manifest }) => shapeFaults(manifest)),
    ...packages.flatMap(readmeFaults),
    ...(await checkTarballs(packages)),
  ]
  for (const fault of faults) console.error(fault)
  console.log(`${packages.length} packages packed, linted and imported`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
