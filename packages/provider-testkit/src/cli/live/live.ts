import { configureProvider, parseSettings, variantOf } from '@failover-ip/provider'
import type { Clock, Provider, TrialRecord, UnverifiedFact } from '@failover-ip/provider'
import { LiveError } from './live-error.ts'
import { preflight } from './preflight.ts'
import type { Preflight } from './preflight.ts'
import { recordExchanges } from './record-exchanges.ts'
import { paceSeconds, runTrial, sentenceOf } from './trial.ts'

export interface LiveTrial {
  readonly provider: Provider
  readonly unverifiedFacts?: readonly UnverifiedFact[]
  readonly parameters: Readonly<Record<string, unknown>>
  /** Keys of the Secret. */
  readonly credentials: Readonly<Record<string, string>>
  readonly address: string
  /** By providerID, address or name. Only these may have the address now, and get it. */
  readonly servers: readonly string[]
}

export interface LiveContext {
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
  readonly write: (text: string) => void
  /** Whether to go on, after it was said what will be done. */
  readonly confirm: (question: string) => Promise<boolean>
  /** Ends the trial; the address is put back all the same. */
  readonly signal: AbortSignal
  /** Keeps credentials that the cloud has replaced. Without it the user is told that there are new ones, once. */
  readonly saveCredentials?: (change: Readonly<Record<string, string>>) => Promise<void>
}

export type LiveResult = 'passed' | 'failed' | 'refused'

/**
 * Tries a provider at its real cloud with one address: looks, says what it will do, asks, moves the address between the
 * named servers, puts it back, and says which unverified facts hold.
 *
 * @example
 * await runLiveTrial({ provider: scaleway, parameters: {}, credentials, address: '51.15.129.35', servers: ['a', 'b'] }, context)
 */
export async function runLiveTrial(trial: LiveTrial, context: LiveContext): Promise<LiveResult> {
  const { clock, write, confirm, signal } = context
  try {
    const { open, capabilities, exchanges } = await configure(trial, context)
    const routing = open()
    const found = await preflight(routing, capabilities, trial, { signal })
    write(`${describePreflight(found)}\n`)
    const count = found.servers.filter(({ name }) => name !== found.holder?.name).length + 1
    const least = Math.ceil((paceSeconds(capabilities) * (count - 1)) / 60)
    write(
      `\nThis makes ${count} changes${least > 1 ? ` and takes at least ${least} minutes` : ''}. Until it is put back, ` +
        `traffic for ${found.unit} goes to the other servers.\n`,
    )
    if (!(await confirm('Go on?'))) {
      write('Nothing was changed.\n')
      return 'refused'
    }
    const { moves, error, restored } = await runTrial(found, { routing, capabilities, clock, write, signal })
    write(describeFacts(trial.unverifiedFacts ?? [], { origin: found.holder?.server.id ?? null, exchanges, moves }))
    return error === undefined && restored ? 'passed' : 'failed'
  } catch (error) {
    write(`${sentenceOf(error)}\n`)
    return error instanceof LiveError ? 'refused' : 'failed'
  }
}

async function configure(
  { provider, parameters, credentials }: LiveTrial,
  { fetch, clock, write, saveCredentials = tellReplaced(write) }: LiveContext,
): Promise<{
  readonly open: () => ReturnType<ReturnType<typeof configureProvider>['open']>
  readonly capabilities: Provider['capabilities']
  readonly exchanges: TrialRecord['exchanges']
}> {
  const given = await parseSettings(provider.parameters, parameters)
  if (!given.ok) throw new LiveError(`The parameters are wrong: ${given.problems.join('; ')}.`)
  const variant = variantOf(provider, given.value)
  const keys = await parseSettings(variant.credentials, credentials)
  if (!keys.ok) throw new LiveError(`The credentials are wrong: ${keys.problems.join('; ')}.`)
  const recorder = recordExchanges(fetch, Object.values(credentials))
  const account = configureProvider(provider, { parameters: given.value, credentials: keys.value })
  return {
    open: () => account.open({ fetch: recorder.fetch, clock, userAgent: 'failover-ip/live-trial', saveCredentials }),
    capabilities: variant.capabilities,
    exchanges: recorder.exchanges,
  }
}

function tellReplaced(write: LiveContext['write']): NonNullable<LiveContext['saveCredentials']> {
  const told = new Set<string>()
  return (change) => {
    const names = Object.keys(change).filter((name) => !told.has(name))
    for (const name of names) told.add(name)
    if (names.length > 0) {
      write(
        `The cloud has replaced ${names.join(', ')}: what you gave is not valid any more. Log in again afterwards.\n`,
      )
    }
    return Promise.resolve()
  }
}

function describePreflight({ unit, location, holder, servers }: Preflight): string {
  return [
    'credentials  ok',
    `address      ok    ${unit}${location === '' ? '' : `, ${location}`}, with ${holder?.name ?? 'nobody'}`,
    ...servers.map(({ name, server }) => `server       ok    ${name} is ${server.id}`),
  ].join('\n')
}

function describeFacts(facts: readonly UnverifiedFact[], record: TrialRecord): string {
  if (facts.length === 0) return '\nThe package lists no unverified facts.\n'
  const lines = facts.map(({ claim, judge }) => `${judge(record).padEnd(9)} ${claim}`)
  return `\nFacts that were unverified:\n${lines.join('\n')}\n`
}
