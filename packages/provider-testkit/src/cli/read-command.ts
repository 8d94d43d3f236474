import { parseArgs } from 'node:util'
import type { EmulateCommand } from './emulate/emulate.ts'
import { optionProblem } from './option-problem.ts'

/** What `live` is asked for, with everything still as text. */
export interface LiveCommand {
  readonly package: string
  readonly provider: string | undefined
  readonly address: string
  readonly servers: readonly string[]
  readonly parameters: Readonly<Record<string, unknown>>
  readonly credentialsFile: string | undefined
  readonly yes: boolean
}

export type Command =
  | { readonly kind: 'help'; readonly verb: string | undefined }
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'emulate'; readonly command: EmulateCommand }
  | { readonly kind: 'live'; readonly command: LiveCommand }

export const help = `Usage:
  provider-testkit emulate CLOUD [--port N] [--latency MS] [--switch NAME=VALUE ...]
      Serves an emulated account of scaleway, netcup or digitalocean on 127.0.0.1 and says how to reach it.
      --port     default 0: any that is free
      --latency  of every answer, default 150
      --switch   how the cloud behaves where that is not known; "emulate --help" lists all and their defaults

  provider-testkit live PACKAGE --address A --servers A,B [--provider NAME] [--parameter NAME=VALUE ...]
                                [--credentials FILE] [--yes]
      Tries the provider of a package at its real cloud: looks, says what it will do and asks, moves the address
      between the named servers, puts it back, and says which unverified facts hold. An address that is with any
      other server is left alone. Servers are named by providerID, address or name. Credentials are read from the
      file (JSON, or NAME=VALUE lines), else from environment variables of the names that the provider's Secret has.
`

const options = {
  help: { type: 'boolean', short: 'h' },
  port: { type: 'string', default: '0' },
  latency: { type: 'string', default: '150' },
  switch: { type: 'string', multiple: true, default: [] as string[] },
  address: { type: 'string' },
  servers: { type: 'string' },
  provider: { type: 'string' },
  parameter: { type: 'string', multiple: true, default: [] as string[] },
  credentials: { type: 'string' },
  yes: { type: 'boolean', default: false },
} as const

/** Reads what follows the program's name. */
export function readCommand(args: readonly string[]): Command {
  try {
    const problem = optionProblem(args, options)
    if (problem !== undefined) return { kind: 'problem', message: problem }
    const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options })
    const [verb, target, ...rest] = positionals
    if (values.help === true || verb === undefined) return { kind: 'help', verb }
    if (rest.length > 0) throw new Error(`"${rest.join(' ')}" is too much.`)
    if (verb !== 'emulate' && verb !== 'live') throw new Error(`There is no "${verb}"; there are emulate and live.`)
    if (target === undefined) throw new Error(`"${verb}" of what? See --help.`)
    if (verb === 'emulate') {
      const port = wholeNumber('--port', values.port, 65_535)
      const latencyMs = wholeNumber('--latency', values.latency, 60_000)
      return {
        kind: 'emulate',
        command: { cloud: target, port, latencyMs, switches: pairs('--switch', values.switch) },
      }
    }
    const { address, servers, provider, credentials: credentialsFile, yes } = values
    if (address === undefined || servers === undefined) throw new Error('"live" needs --address and --servers.')
    const parameters = Object.fromEntries(
      Object.entries(pairs('--parameter', values.parameter)).map(([name, text]) => [name, jsonOrText(text)]),
    )
    const names = servers.split(',').map((name) => name.trim())
    return {
      kind: 'live',
      command: {
        package: target,
        provider,
        address,
        servers: [...new Set(names.filter((name) => name !== ''))],
        parameters,
        credentialsFile,
        yes,
      },
    }
  } catch (error) {
    return { kind: 'problem', message: error instanceof Error ? error.message : String(error) }
  }
}

/** `NAME=VALUE` each. */
function pairs(option: string, texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new Error(`${option} takes NAME=VALUE.`)
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
    }),
  )
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= most) return number
  throw new Error(`${option} takes a whole number up to ${most}.`)
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
