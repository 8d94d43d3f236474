/**
 * Compiles every TypeScript block of the documentation against the sources. A block is a module of its own, must
 * compile as it stands, and resolves packages as a program of the workspace would. Errors name the line in the page.
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

/** The blocks fenced as `ts` or `typescript`, also when indented. */
export function examplesOf(page: string, markdown: string): readonly Example[] {
  const lines = markdown.split('\n')
  const examples: Example[] = []
  let open: { readonly language: string; readonly start: number; readonly indent: string } | undefined
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)```\s*(\w*)/.exec(line)
    if (fence === null) continue
    if (open === undefined) {
      open = { language: fence[2] ?? '', start: index + 1, indent: fence[1] ?? '' }
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
  if (examples.length > 0) {
    const { ok, output } = await runCommand(['tsc', '--noEmit', '-p', folder], { cwd: folder, timeout: 120_000 })
    if (!ok)
      console.error(output.replaceAll(/^(.*?)\.\d+\.ts\(/gm, (_, page: string) => `${page.replaceAll('--', '/')}(`))
    process.exitCode = ok ? 0 : 1
  }
  console.log(`${examples.length} examples in ${pages.length} pages`)
}
