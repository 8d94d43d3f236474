import { commands, settingsTable, variableOf, type Setting } from './settings-table.ts'

/** What `--help` prints: every flag and variable with its default. */
export function helpText(provider: string): string {
  const settings = settingsTable(provider).map(describe)
  const others = Object.entries(commands).map(([name, says]) => `  --${name}\n      ${says}`)
  return [
    `failover-ip operator for ${provider}: keeps the addresses of FailoverIPs on healthy nodes.`,
    '',
    'Each flag can be given as the environment variable beside it; the flag wins.',
    '',
    ...settings,
    ...others,
    '',
  ].join('\n')
}

function describe({ name, value, default: defaultText, says }: Setting): string {
  const flag = value === undefined ? `--${name}[=true|false]` : `--${name} ${value}`
  const suffix = defaultText === '' ? '' : ` Default: ${defaultText}.`
  return `  ${flag}  (${variableOf(name)})\n      ${says}${suffix}`
}
