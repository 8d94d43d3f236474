import { variantOf } from '@failover-ip/provider'
import type { Provider, StandardSchema } from '@failover-ip/provider'
import { z } from 'zod'
import { pairs } from '../read-command.ts'
import { LiveError } from './live-error.ts'

/** Of a file's text (JSON, or NAME=VALUE lines), or of environment variables that have the names of the Secret's keys. */
export async function readCredentials(
  provider: Provider,
  parameters: Readonly<Record<string, unknown>>,
  { file, environment }: { readonly file?: string; readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<Readonly<Record<string, string>>> {
  if (file !== undefined) return parseFile(file)
  const validated = await provider.parameters['~standard'].validate(parameters)
  const schema =
    validated.issues === undefined ? variantOf(provider, validated.value).credentials : provider.credentials
  const names = keysOf(schema)
  const found = names.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  if (found.length > 0) return Object.fromEntries(found)
  throw new LiveError(
    `There are no credentials. Name a file by --credentials, or set ${names.length === 0 ? 'environment variables' : names.join(', ')}.`,
  )
}

function parseFile(text: string): Readonly<Record<string, string>> {
  if (!text.trimStart().startsWith('{')) {
    const lines = text.split('\n').map((line) => line.trim())
    return pairs(
      'A line of the file of credentials',
      lines.filter((line) => line !== '' && !line.startsWith('#')),
    )
  }
  return z.record(z.string(), z.coerce.string()).parse(JSON.parse(text))
}

function keysOf(schema: StandardSchema<unknown, unknown>): readonly string[] {
  const properties = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' })['properties']
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
}
