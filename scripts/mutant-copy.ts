import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repositoryFiles } from './repository-files.ts'

/**
 * Copies the sources, and links what is installed. The root's modules are links into the original; those of a package
 * are copied as the relative links they are, so that one package of the copy imports the next one *of the copy*.
 */
export function copySources(base: string, copy: string): void {
  const files = repositoryFiles(base)
  for (const file of files) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(base, file), join(copy, file), { verbatimSymlinks: true })
  }
  const modules = join(copy, 'node_modules')
  mkdirSync(modules)
  for (const entry of readdirSync(join(base, 'node_modules'))) {
    if (!entry.startsWith('.vite')) symlinkSync(join(base, 'node_modules', entry), join(modules, entry))
  }
  const packages = new Set(files.filter((file) => file.endsWith('/package.json')).map((file) => dirname(file)))
  for (const folder of packages) {
    const installed = join(base, folder, 'node_modules')
    if (!existsSync(installed) || !lstatSync(installed).isDirectory()) continue
    cpSync(installed, join(copy, folder, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/\/\.(bin|vite)/.test(path.slice(installed.length)),
    })
  }
}
