import { parseArgs } from 'node:util'
import { nearestKey } from '@failover-ip/provider'

const options = {
  output: { type: 'string' },
  print: { type: 'boolean', default: false },
  name: { type: 'string', default: 'netcup' },
  namespace: { type: 'string', default: 'failover-ip' },
  'api-url': { type: 'string', default: 'https://www.servercontrolpanel.de' },
  help: { type: 'boolean', default: false },
} as const

export interface LoginOptions {
  readonly output: string | undefined
  readonly print: boolean
  /** Of the Secret. */
  readonly name: string
  readonly namespace: string
  readonly apiUrl: string
}

export type ReadLoginOptions =
  | { readonly kind: 'help' }
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'login'; readonly options: LoginOptions }

/** Reads what follows the program's name. */
export function readLoginOptions(argv: readonly string[]): ReadLoginOptions {
  const unknown = optionProblem(argv)
  if (unknown !== undefined) return { kind: 'problem', message: unknown }
  const { positionals, values } = parseArgs({ args: [...argv], options, allowPositionals: true })
  if (values.help) return { kind: 'help' }
  const { output, print, name, namespace, 'api-url': url } = values
  const message = problemOf(positionals, { name, namespace, url })
  if (message !== undefined) return { kind: 'problem', message }
  return { kind: 'login', options: { output, print, name, namespace, apiUrl: url.replace(/\/+$/, '') } }
}

function optionProblem(argv: readonly string[]): string | undefined {
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    if (!isOption(name)) {
      const nearest = nearestKey(name, Object.keys(options))
      return `The option ${rawName} is not known${nearest === undefined ? '.' : `; did you mean --${nearest}?`}`
    }
    if (options[name].type === 'boolean') {
      if (value !== undefined) return `${rawName} takes no value.`
    } else if (value === undefined || value === '' || (!inlineValue && value.startsWith('-'))) {
      return `${rawName} needs a value, as in ${rawName}=VALUE.`
    }
  }
  return undefined
}

function isOption(name: string): name is keyof typeof options {
  return Object.hasOwn(options, name)
}

function problemOf(
  positionals: readonly string[],
  { url, ...names }: { readonly name: string; readonly namespace: string; readonly url: string },
): string | undefined {
  if (positionals.join(' ') !== 'login') return 'The only command is "login".'
  for (const [key, text] of Object.entries(names)) {
    if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(text)) return `--${key} is no name of Kubernetes.`
  }
  return /^https?:\/\/[^\s]+$/.test(url) ? undefined : '--api-url must be an http or https URL.'
}
