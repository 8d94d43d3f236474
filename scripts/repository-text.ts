/** What must not stand in a repository that speaks of the product alone: paths of a machine, hosts of registries. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFiles, root } from './repository-files.ts'

const unwanted: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/(?<![\w.-])\/work\//, 'a path of one machine'],
  [/\/(home|Users)\/(?!runner\b)[a-z]\w+\//, 'a path of one person'],
  [/\.\.\/shared\b/, 'a path outside the repository'],
  [
    /\bregistry\.(npmjs\.org|yarnpkg\.com)\b|\b(proxy|sum)\.golang\.org\b|\bdeb\.debian\.org\b/,
    'the host of a registry',
  ],
  [/^(<{7}|>{7}) /m, 'an unresolved merge'],
]

export function unwantedText(path: string, text: string): readonly string[] {
  return unwanted.flatMap(([pattern, why]) => {
    const index = text.search(pattern)
    return index < 0 ? [] : [`${path}:${text.slice(0, index).split('\n').length}: ${why}`]
  })
}

if (import.meta.main) {
  const own = 'scripts/repository-text'
  const faults = repositoryFiles()
    .filter((path) => !path.startsWith(own))
    .flatMap((path) => {
      const content = readFileSync(join(root, path))
      return content.includes(0) ? [] : unwantedText(path, content.toString('utf8'))
    })
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
}
