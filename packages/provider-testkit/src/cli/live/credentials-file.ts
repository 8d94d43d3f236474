import { readFile } from 'node:fs/promises'
import { nearestKey } from '@failover-ip/provider'
import { z } from 'zod'
import { LiveError } from './live-error.ts'

export interface CredentialsFile {
  readonly path: string
  readonly text: string
}

const record = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))

export async function readCredentialsFile(path: string): Promise<CredentialsFile> {
  try {
    return { path, text: await readFile(path, 'utf8') }
  } catch (error) {
    throw new LiveError(`The file of credentials ${path} ${reasonOf(error)}.`)
  }
}

/**
 * Credentials of a file: JSON, or lines `NAME=VALUE` as a shell takes them. `names` are those that the provider knows; when
 * empty, all are taken. What is wrong is told by file and line alone, and without a cause: any of it may be a secret.
 */
export function parseCredentialsFile(
  { path, text }: CredentialsFile,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const trimmed = text.trim()
  return trimmed.startsWith('{') ? parseJson(path, trimmed) : parseLines(path, text, names)
}

function parseJson(path: string, text: string): Readonly<Record<string, string>> {
  const parsed = record.safeParse(jsonOf(path, text))
  if (parsed.success) return parsed.data
  throw new LiveError(`${path} must be one JSON object of names and texts, like {"NAME": "value"}.`)
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LiveError(`${path} begins like JSON and is none. Look for a comma or a quote too many or too few.`)
  }
}

function parseLines(path: string, text: string, names: readonly string[]): Readonly<Record<string, string>> {
  const entries = text.split('\n').flatMap((raw, index) => {
    const line = raw.trim().replace(/^export\s+/, '')
    if (line === '' || line.startsWith('#')) return []
    const at = line.indexOf('=')
    if (at < 1) throw new LiveError(`${path}, line ${index + 1}: this is not NAME=VALUE.`)
    const name = line.slice(0, at).trim()
    if (names.length > 0 && !names.includes(name)) {
      const nearest = nearestKey(name, names)
      const hint = nearest === undefined ? `known are ${names.join(', ')}` : `did you mean ${nearest}?`
      throw new LiveError(`${path}, line ${index + 1}: this name is not known; ${hint}${hint.endsWith('?') ? '' : '.'}`)
    }
    return [[name, unquoted(line.slice(at + 1).trim())] as const]
  })
  return Object.fromEntries(entries)
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
      return 'is not there'
    case 'EISDIR':
      return 'is a folder'
    case 'EACCES':
      return 'may not be read by this user'
    default:
      return `cannot be read (${String(code)})`
  }
}
