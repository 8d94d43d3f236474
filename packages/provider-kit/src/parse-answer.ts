import { ProviderError } from '@failover-ip/provider'
import type { Outcome, StandardSchema } from '@failover-ip/provider'

export interface ParseAnswerOptions {
  /** Names the answer in the error, like `The list of addresses of Acme`. */
  readonly what: string
  /** `unknown` for the answer to a mutation, which may have happened although its answer makes no sense. */
  readonly outcome: Outcome
  readonly status?: number
}

/** Most problems that an error's message lists. */
const mostProblems = 3

/**
 * Checks an answer against a schema. Rejects with a `Transient` error that names the places where it is wrong and
 * repeats none of its values.
 *
 * @example
 * const { ips } = await parseAnswer(ipList, body, { what: 'The list of addresses', outcome: 'not-applied' })
 */
export async function parseAnswer<Value>(
  schema: StandardSchema<unknown, Value>,
  value: unknown,
  { what, outcome, status }: ParseAnswerOptions,
): Promise<Value> {
  const result = await schema['~standard'].validate(value)
  if (result.issues === undefined) return result.value
  const problems = result.issues.slice(0, mostProblems).map(({ message, path = [] }) => {
    const place = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
    return place === '' ? message : `${place}: ${message}`
  })
  const message = `${what} is not of the documented form: ${problems.join('; ')}.`
  throw new ProviderError('Transient', message, { outcome, ...(status === undefined ? {} : { status }) })
}
