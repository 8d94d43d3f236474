import { parseArgs } from 'node:util'
import { leaderElectionTimingProblem, parseDuration } from '@failover-ip/kubernetes'
import { nearestKey } from '@failover-ip/provider'
import { logFormats, logLevels } from '../logging/logger.ts'
import type { OperatorOptions } from './operator-options.ts'
import { commands, settingNames, settingsTable, variableOf, type Command, type Setting } from './settings-table.ts'

type Environment = Readonly<Record<string, string | undefined>>

export type ReadOptions =
  | { readonly kind: 'run'; readonly options: OperatorOptions }
  | { readonly kind: 'command'; readonly command: Command }
  /** One sentence, with the nearest known flag where there is one. */
  | { readonly kind: 'problem'; readonly message: string }

type Problem = Extract<ReadOptions, { kind: 'problem' }>

/** Reads flags, variables and defaults, in this order of precedence. */
export function readOptions(argv: readonly string[], environment: Environment, provider: string): ReadOptions {
  const settings = settingsTable(provider)
  const flags = readFlags(argv, settings)
  if (flags.kind !== 'flags') return flags
  const values = new Map<string, string>()
  for (const setting of settings) {
    const { text, source } = valueOf(setting, flags.values, environment)
    const wrong = text === '' ? undefined : setting.check?.(text)
    if (wrong !== undefined) return problem(`${source}: ${JSON.stringify(text)} ${wrong}.`)
    values.set(setting.name, text)
  }
  const options = optionsOf(values)
  const timing = options.leaderElect ? leaderElectionTimingProblem(options.leaseTiming) : undefined
  return timing === undefined ? { kind: 'run', options } : problem(`The times contradict each other; ${timing}.`)
}

function readFlags(
  argv: readonly string[],
  settings: readonly Setting[],
): Exclude<ReadOptions, { kind: 'run' }> | { readonly kind: 'flags'; readonly values: ReadonlyMap<string, string> } {
  const types = settings.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const)
  const commandTypes = Object.keys(commands).map(
    (name) => [name, { type: 'boolean', ...(name === 'help' ? { short: 'h' } : {}) }] as const,
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries([...types, ...commandTypes]),
    strict: false,
    tokens: true,
  })
  const values = new Map<string, string>()
  let command: Command | undefined
  for (const token of tokens) {
    if (token.kind !== 'option') {
      return problem(
        `${JSON.stringify(argv[token.index])} is not understood; ${hintFor(argv[token.index - 1], settings)}.`,
      )
    }
    if (isCommand(token.name)) {
      if (token.value !== undefined) return problem(`--${token.name} takes no value; see --help.`)
      command ??= token.name
      continue
    }
    const setting = settings.find(({ name }) => name === token.name)
    if (setting === undefined) return unknownFlag(token.rawName, token.name, settings)
    const text = token.value ?? (setting.value === undefined ? 'true' : undefined)
    if (text === undefined || text === '') return problem(`--${setting.name} needs a value; see --help.`)
    values.set(setting.name, text)
  }
  return command === undefined ? { kind: 'flags', values } : { kind: 'command', command }
}

/** A switch takes its value after an equals sign alone. */
function hintFor(before: string | undefined, settings: readonly Setting[]): string {
  const isSwitch = settings.some(({ name, value }) => value === undefined && before === `--${name}`)
  return isSwitch ? `write ${before}=true or ${before}=false` : 'see --help'
}

function unknownFlag(raw: string, name: string, settings: readonly Setting[]): Problem {
  const nearest = nearestKey(name, [...settings.map((setting) => setting.name), ...Object.keys(commands)])
  const hint = nearest === undefined ? 'see --help' : `did you mean --${nearest}?`
  return problem(`The flag ${raw} is not known; ${hint}${hint.endsWith('?') ? '' : '.'}`)
}

function valueOf(
  setting: Setting,
  flags: ReadonlyMap<string, string>,
  environment: Environment,
): { readonly text: string; readonly source: string } {
  const flag = flags.get(setting.name)
  if (flag !== undefined) return { text: flag, source: `--${setting.name}` }
  const variable = variableOf(setting.name)
  const fromEnvironment = environment[variable]
  // An empty variable is how a manifest leaves one out.
  if (fromEnvironment !== undefined && fromEnvironment !== '') return { text: fromEnvironment, source: variable }
  return { text: setting.default, source: `--${setting.name}` }
}

function optionsOf(values: ReadonlyMap<string, string>): OperatorOptions {
  const text = (name: string): string => values.get(name) ?? ''
  const optional = (name: string): string | undefined => (text(name) === '' ? undefined : text(name))
  const milliseconds = (name: string): number => parseDuration(text(name)) ?? Number.NaN
  const renewDeadline = milliseconds(settingNames.renewDeadline)
  const retryPeriod = milliseconds(settingNames.retryPeriod)
  return {
    kubeconfig: optional(settingNames.kubeconfig),
    namespace: optional(settingNames.namespace),
    leaderElect: text(settingNames.leaderElect) === 'true',
    leaseName: text(settingNames.leaseName),
    leaseTiming: {
      leaseDuration: milliseconds(settingNames.leaseDuration),
      renewDeadline,
      retryPeriod,
      // Every second, or so often that one failed try leaves room for another.
      renewInterval: Math.min(1000, (renewDeadline - retryPeriod) / 2),
    },
    metricsBindAddress: text(settingNames.metricsBindAddress),
    healthProbeBindAddress: text(settingNames.healthProbeBindAddress),
    logLevel: logLevels.find((level) => level === text(settingNames.logLevel)) ?? 'info',
    logFormat: logFormats.find((format) => format === text(settingNames.logFormat)) ?? 'json',
    dryRun: text(settingNames.dryRun) === 'true',
    controllerName: text(settingNames.controllerName),
  }
}

function isCommand(name: string): name is Command {
  return name in commands
}

function problem(message: string): Problem {
  return { kind: 'problem', message }
}
