import { nearestKey } from '@failover-ip/provider'
import type { Environment } from '../program/process-port.ts'
import { variableOf, type Setting } from './setting.ts'

const prefix = variableOf('')

/** What Kubernetes makes of a Service whose name begins like ours. */
const ofService = /_SERVICE_(HOST|PORT)|_PORT$|_PORT_\d/

/** One sentence for each variable that is close to one of ours and is none, with the one that was probably meant. */
export function misspeltVariables(environment: Environment, settings: readonly Setting[]): readonly string[] {
  const known = settings.map(({ name }) => variableOf(name).slice(prefix.length))
  return Object.keys(environment).flatMap((variable) => {
    const name = variable.slice(prefix.length)
    if (!variable.startsWith(prefix) || known.includes(name) || ofService.test(variable)) return []
    const nearest = nearestKey(name, known)
    return nearest === undefined ? [] : [`${variable} is not known and does nothing; did you mean ${prefix}${nearest}?`]
  })
}
