import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { run } from '../harness/command.ts'

/** An npm registry on loopback that has the public packages of this clone, packed as they would be published. */
export interface PackageRegistry extends AsyncDisposable {
  readonly url: string
  readonly packages: readonly string[]
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifestShape = z.looseObject({ name: z.string(), version: z.string(), private: z.boolean().default(false) })

interface Packed {
  readonly manifest: z.output<typeof manifestShape>
  readonly file: string
  readonly tarball: Buffer
}

/** Packs what was built. */
export async function startPackageRegistry(): Promise<PackageRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-tarballs-'))
  const manifests = globSync('packages/*/package.json', { cwd: root }).map((path) => join(root, path))
  const all = await Promise.all(
    manifests.map(async (path) => ({ path, ...manifestShape.parse(JSON.parse(await readFile(path, 'utf8'))) })),
  )
  const packed: Packed[] = []
  for (const { path } of all.filter((one) => !one.private)) packed.push(await pack(dirname(path), folder))

  const server = createServer(({ url = '' }, response) => {
    const asked = decodeURIComponent(url.slice(1))
    const tarball = packed.find(({ file }) => asked === `tarballs/${file}`)?.tarball
    const described = packed.find(({ manifest }) => asked === manifest.name)
    if (tarball !== undefined) response.end(tarball)
    else if (described !== undefined) response.end(JSON.stringify(describe(described, origin)))
    else response.writeHead(404).end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The registry has no port.')
  const origin = `http://127.0.0.1:${address.port}`
  return {
    url: `${origin}/`,
    packages: packed.map(({ manifest }) => manifest.name),
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await rm(folder, { recursive: true })
    },
  }
}

async function pack(source: string, folder: string): Promise<Packed> {
  const pnpm = join(root, 'node_modules/.bin/pnpm')
  const said = await run([pnpm, '--dir', source, 'pack', '--json', '--pack-destination', folder], { deadline: 60_000 })
  const { filename } = z.object({ filename: z.string() }).parse(JSON.parse(said))
  const path = join(folder, basename(filename))
  const manifest = manifestShape.parse(JSON.parse(await run(['tar', 'xzOf', path, 'package/package.json'])))
  return { manifest, file: basename(filename), tarball: await readFile(path) }
}

/** What a registry says of a package with one version. */
function describe({ manifest, file, tarball }: Packed, origin: string): object {
  const { name, version } = manifest
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const dist = { tarball: `${origin}/tarballs/${file}`, integrity }
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } }
}
