import { stripVTControlCharacters } from 'node:util'

/** A file that the reader of a page writes, or a command of theirs with lines that it prints. */
export type PageBlock =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly printed: readonly string[] }

/**
 * What a page tells its reader to do, in its order: blocks whose fence names a file below `folder`, and the lines that begin
 * with `$ ` in blocks of `console`, each with what it prints.
 */
export function blocksOf(markdown: string, folder: string): readonly PageBlock[] {
  return [...markdown.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].flatMap(
    ([, language, path = '', text = '']): readonly PageBlock[] => {
      if (path.startsWith(folder)) return [{ kind: 'file', path: path.slice(folder.length), text }]
      return language === 'console' ? commandsOf(text) : []
    },
  )
}

function commandsOf(text: string): readonly PageBlock[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...printed] = part.trimEnd().split('\n')
      return { kind: 'command', command, printed }
    })
}

/** The first line of `printed` that is not in the output, after the lines before it. Numbers and spaces do not count. */
export function missingLine(printed: readonly string[], output: string): string | undefined {
  const lines = output.split('\n').map(shape)
  let from = 0
  return printed.find((line) => {
    const at = lines.indexOf(shape(line), from)
    from = at + 1
    return at < 0
  })
}

function shape(line: string): string {
  return stripVTControlCharacters(line).replaceAll(/\s+/g, ' ').replaceAll(/\d+/g, '0').trim()
}
