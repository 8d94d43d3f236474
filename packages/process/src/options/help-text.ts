import { variableOf, type Setting } from './setting.ts'
import type { Command } from './read-settings.ts'

/** What `--help` prints: every flag and variable with its default. */
export function helpText(title: string, settings: readonly Setting[], commands: readonly Command[]): string {
  return [
    title,
    '',
    'Each flag can be given as the environment variable beside it; the flag wins.',
    '',
    ...settings.map(describe),
    ...commands.map(({ name, says }) => `  --${name}\n      ${says}`),
    '',
  ].join('\n')
}

function describe({ name, value, default: defaultText, says }: Setting): string {
  const flag = value === undefined ? `--${name}[=true|false]` : `--${name} ${value}`
  const suffix = defaultText === '' ? '' : ` Default: ${defaultText}.`
  return `  ${flag}  (${variableOf(name)})\n      ${says}${suffix}`
}
