import { parseArgs } from 'node:util'
import type { ParseArgsOptionsConfig } from 'node:util'
import { nearestKey } from '@failover-ip/provider'

/** What is wrong with the options among the arguments, in one sentence; undefined when nothing is. */
export function optionProblem(args: readonly string[], options: ParseArgsOptionsConfig): string | undefined {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined) {
      const nearest = nearestKey(name, Object.keys(options))
      return `The option ${rawName} is not known; ${nearest === undefined ? 'see --help.' : `did you mean --${nearest}?`}`
    }
    if (option.type === 'boolean') {
      if (value !== undefined) return `${rawName} takes no value.`
    } else if (value === undefined || (!inlineValue && value.startsWith('-'))) {
      return `${rawName} needs a value, as in ${rawName}=VALUE.`
    }
  }
  return undefined
}
