/**
 * Compiles every TypeScript block of the documentation against the sources. A block is a module of its own, must
 * compile as it stands, and resolves packages as a program of the workspace would. Errors name the line in the page.
 * A block whose fence names a file, as in ```ts examples/library/src/main.ts, has to be that file to the letter.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runCommand } from './command.ts'
import { repositoryFiles, root } from './repository-files.ts'
import { workspacePackages } from './workspace-packages.ts'

interface Example {
  /** The page with the block's number, fit for a file name. */
  readonly file: string
  /** The block's code, moved down so that each line keeps its number in the page. */
  readonly code: string
}

/** The blocks fenced as `ts` or `typescript`, also when indented, but those that quote a file. */
export function examplesOf(page: string, markdown: string): readonly Example[] {
  const lines = markdown.split('\n')
  const examples: Example[] = []
  let open: { readonly language: string; readonly start: number; readonly indent: string } | undefined
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)```\s*(\w*)\s*(\S*)/.exec(line)
    if (fence === null) continue
    if (open === undefined) {
      const [, indent = '', language = '', file = ''] = fence
      open = { language: file === '' ? language : '', start: index + 1, indent }
      continue
    }
    const { language, start, indent } = open
    open = undefined
    if (language !== 'ts' && language !== 'typescript') continue
    const code = lines.slice(start, index).map((text) => (text.startsWith(indent) ? text.slice(indent.length) : text))
    examples.push({
      file: `${page.replaceAll('/', '--')}.${examples.length + 1}.ts`,
      code: `${'\n'.repeat(start)}${code.join('\n')}\n`,
    })
  }
  return examples
}

/** What the blocks that name a file get wrong. `read` gives the file's text, or nothing when there is none. */
export function quoteFaults(
  page: string,
  markdown: string,
  read: (path: string) => string | undefined,
): readonly string[] {
  return [...markdown.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].flatMap(([, path = '', quoted]) => {
    const text = read(path)
    if (text === undefined) return [`${page}: quotes ${path}, which does not exist`]
    return text === quoted ? [] : [`${page}: its block of ${path} is not what the file says`]
  })
}

/** Links what any package of the workspace may import into one folder of modules. */
function linkModules(folder: string): void {
  const link = (name: string, target: string): void => {
    const path = join(folder, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    if (existsSync(target) && !existsSync(path)) symlinkSync(target, path)
  }
  for (const { folder: own, manifest } of workspacePackages()) {
    if (own !== '') link(manifest.name, join(root, own))
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
      if (!name.startsWith('@failover-ip/')) link(name, join(root, own, 'node_modules', name))
    }
  }
}

if (import.meta.main) {
  const folder = join(root, '.cache', 'readme-examples')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const pages = repositoryFiles().filter((path) =>
    /^(README|CONTRIBUTING|docs\/.*|(packages|examples)\/[^/]+\/README)(\.md)$/.test(path),
  )
  const examples = pages.flatMap((page) => examplesOf(page, readFileSync(join(root, page), 'utf8')))
  linkModules(folder)
  for (const { file, code } of examples) writeFileSync(join(folder, file), code)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { moduleDetection: 'force', noUnusedLocals: false, noUnusedParameters: false },
      include: ['*.ts'],
    }),
  )
  const read = (path: string): string | undefined =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined
  const faults = pages.flatMap((page) => quoteFaults(page, readFileSync(join(root, page), 'utf8'), read))
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
  if (examples.length > 0) {
    const { ok, output } = await runCommand(['tsc', '--noEmit', '-p', folder], { cwd: folder, timeout: 120_000 })
    if (!ok)
      console.error(output.replaceAll(/^(.*?)\.\d+\.ts\(/gm, (_, page: string) => `${page.replaceAll('--', '/')}(`))
    if (!ok) process.exitCode = 1
  }
  console.log(`${examples.length} examples in ${pages.length} pages`)
}
