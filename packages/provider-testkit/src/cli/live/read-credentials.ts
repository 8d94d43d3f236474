import { variantOf } from '@failover-ip/provider'
import type { Provider, StandardSchema } from '@failover-ip/provider'
import { parseCredentialsFile } from './credentials-file.ts'
import type { CredentialsFile } from './credentials-file.ts'
import { LiveError } from './live-error.ts'

/** Of a file (JSON, or NAME=VALUE lines), or of environment variables that have the names of the Secret's keys. */
export async function readCredentials(
  provider: Provider,
  parameters: Readonly<Record<string, unknown>>,
  {
    file,
    environment,
  }: { readonly file?: CredentialsFile; readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<Readonly<Record<string, string>>> {
  const validated = await provider.parameters['~standard'].validate(parameters)
  const schema =
    validated.issues === undefined ? variantOf(provider, validated.value).credentials : provider.credentials
  const names = keysOf(schema)
  if (file !== undefined) return parseCredentialsFile(file, names)
  const found = names.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  if (found.length > 0) return Object.fromEntries(found)
  throw new LiveError(
    `There are no credentials. Name a file by --credentials, or set ${names.length === 0 ? 'environment variables' : names.join(', ')}.`,
  )
}

function keysOf(schema: StandardSchema<unknown, unknown>): readonly string[] {
  const properties = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' })['properties']
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
}
