import type { Account } from '../domain/account.ts'
import { soleAuthority } from '../ports/authority.ts'
import type { Engine, EngineInput, EngineOptions } from '../reconcile/engine-options.ts'
import type { FailoverEvent } from '../reconcile/failover-event.ts'
import { failoverIPInput, nodeState } from './engine-input.ts'
import type { FailoverOptions } from './failover-options.ts'
import { openLibraryState } from './library-state.ts'
import { watchProbePaths } from './probe-paths.ts'
import type { ProbePathEvent } from './tell-probe-paths.ts'
import { seededRandom } from './seeded-random.ts'

export interface EngineRun {
  readonly makeEngine: (options: EngineOptions) => Engine
  readonly options: FailoverOptions
  readonly account: Account
  readonly onEvent: (event: FailoverEvent | ProbePathEvent) => void
  /** Told of what failed and was survived. */
  readonly onTrouble: (error: unknown) => void
  readonly signal: AbortSignal
}

/** Runs one engine on what is stored, until the signal is aborted; what it stores is its next input. */
export async function runEngine({
  makeEngine,
  options,
  account,
  onEvent,
  onTrouble,
  signal,
}: EngineRun): Promise<void> {
  const { failoverIPs, dryRun } = options
  const { clock, prober, store, random } = options.ports
  const startedAt = clock.now()
  const nodes = options.nodes.map(nodeState)
  const state = await openLibraryState({ clock, store, signal, changed: () => engine.update(input()) })
  const input = (): EngineInput => ({
    nodes,
    failoverIPs: failoverIPs.map((definition) =>
      failoverIPInput(definition, { account: account.key, startedAt, statuses: state.statuses }),
    ),
    accounts: [{ ...account, recentOperations: state.recentOperations }],
  })
  const engine = makeEngine({
    clock,
    random: random ?? seededRandom(startedAt),
    prober,
    store: state.store,
    authority: soleAuthority,
    onEvent,
    onTrouble,
    ...(dryRun === undefined ? {} : { dryRun }),
  })
  engine.update(input())
  await Promise.all([engine.run({ signal }), watchProbePaths({ clock, prober, nodes: options.nodes, onEvent, signal })])
}
