import { parseArgs } from 'node:util'
import { nearestKey } from '@failover-ip/provider'
import { logFormats, logLevels, type LogFormat, type LogLevel } from '../logging/logger.ts'
import type { Environment } from '../program/process-port.ts'
import { variableOf, type Setting } from './setting.ts'

/** Prints something and ends the process: a flag alone, no variable. */
export interface Command {
  readonly name: string
  readonly says: string
}

export type ReadSettings =
  | { readonly kind: 'values'; readonly values: SettingValues }
  | { readonly kind: 'command'; readonly command: string }
  | SettingProblem

/** One sentence, with the nearest known flag where there is one. */
export interface SettingProblem {
  readonly kind: 'problem'
  readonly message: string
}

/** The text of each setting, checked. */
export interface SettingValues {
  readonly text: (name: string) => string
  /** `undefined` when nothing was said and there is no default. */
  readonly optional: (name: string) => string | undefined
  readonly isOn: (name: string) => boolean
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}

export interface SettingsSource {
  readonly argv: readonly string[]
  readonly environment: Environment
  readonly settings: readonly Setting[]
  readonly commands: readonly Command[]
}

/** Reads flags, variables and defaults, in this order of precedence. */
export function readSettings(source: SettingsSource): ReadSettings {
  const flags = readFlags(source)
  if (flags.kind !== 'flags') return flags
  const values = new Map<string, string>()
  for (const setting of source.settings) {
    const { text, where } = valueOf(setting, flags.values, source.environment)
    const wrong = text === '' ? undefined : setting.check?.(text)
    if (wrong !== undefined) return problem(`${where}: ${JSON.stringify(text)} ${wrong}.`)
    values.set(setting.name, text)
  }
  return { kind: 'values', values: settingValues(values) }
}

function settingValues(values: ReadonlyMap<string, string>): SettingValues {
  const text = (name: string): string => values.get(name) ?? ''
  return {
    text,
    optional: (name) => (text(name) === '' ? undefined : text(name)),
    isOn: (name) => text(name) === 'true',
    logLevel: logLevels.find((level) => level === text('log-level')) ?? 'info',
    logFormat: logFormats.find((format) => format === text('log-format')) ?? 'json',
  }
}

type Flags = { readonly kind: 'flags'; readonly values: ReadonlyMap<string, string> }

function readFlags({ argv, settings, commands }: SettingsSource): Flags | Exclude<ReadSettings, { kind: 'values' }> {
  const types = settings.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const)
  const commandTypes = commands.map(
    ({ name }) => [name, { type: 'boolean', ...(name === 'help' ? { short: 'h' } : {}) }] as const,
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries([...types, ...commandTypes]),
    strict: false,
    tokens: true,
  })
  const values = new Map<string, string>()
  let asked: string | undefined
  for (const token of tokens) {
    if (token.kind !== 'option') {
      return problem(
        `${JSON.stringify(argv[token.index])} is not understood; ${hintFor(argv[token.index - 1], settings)}.`,
      )
    }
    if (commands.some(({ name }) => name === token.name)) {
      if (token.value !== undefined) return problem(`--${token.name} takes no value; see --help.`)
      asked ??= token.name
      continue
    }
    const setting = settings.find(({ name }) => name === token.name)
    if (setting === undefined) return unknownFlag(token.rawName, token.name, [...settings, ...commands])
    const text = token.value ?? (setting.value === undefined ? 'true' : undefined)
    if (text === undefined || text === '') return problem(`--${setting.name} needs a value; see --help.`)
    values.set(setting.name, text)
  }
  return asked === undefined ? { kind: 'flags', values } : { kind: 'command', command: asked }
}

/** A switch takes its value after an equals sign alone. */
function hintFor(before: string | undefined, settings: readonly Setting[]): string {
  const isSwitch = settings.some(({ name, value }) => value === undefined && before === `--${name}`)
  return isSwitch ? `write ${before}=true or ${before}=false` : 'see --help'
}

function unknownFlag(raw: string, name: string, known: readonly { readonly name: string }[]): SettingProblem {
  const nearest = nearestKey(
    name,
    known.map((each) => each.name),
  )
  const hint = nearest === undefined ? 'see --help' : `did you mean --${nearest}?`
  return problem(`The flag ${raw} is not known; ${hint}${hint.endsWith('?') ? '' : '.'}`)
}

function valueOf(
  setting: Setting,
  flags: ReadonlyMap<string, string>,
  environment: Environment,
): { readonly text: string; readonly where: string } {
  const flag = flags.get(setting.name)
  if (flag !== undefined) return { text: flag, where: `--${setting.name}` }
  const variable = variableOf(setting.name)
  const fromEnvironment = environment[variable]
  // An empty variable is how a manifest leaves one out.
  if (fromEnvironment !== undefined && fromEnvironment !== '') return { text: fromEnvironment, where: variable }
  return { text: setting.default, where: `--${setting.name}` }
}

function problem(message: string): SettingProblem {
  return { kind: 'problem', message }
}
