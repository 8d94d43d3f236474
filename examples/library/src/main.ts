/**
 * Keeps an address at Scaleway on a node that lives, without Kubernetes. Takes from the environment:
 *
 * - `SCW_ACCESS_KEY`, `SCW_SECRET_KEY`, `SCW_DEFAULT_PROJECT_ID` and, for another API than Scaleway's, `SCW_API_URL`;
 * - `NODES`: for each node its name, server, and where it is probed, as
 *   `a scaleway://instance/fr-par-1/<id> 10.0.0.1:22, b scaleway://...`;
 * - `ADDRESSES`: what clients dial, separated by commas;
 * - `STATE_FILE`, in a folder that exists. Default: `state.json`.
 */
import { createFailover, type FailoverNode, type Prober } from '@failover-ip/core'
import { createScaleway } from '@failover-ip/provider-scaleway'
import { fileStore, systemClock, tcpProber } from '@failover-ip/runtime'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Options {
  readonly signal: AbortSignal
  readonly log?: (line: string) => void
  readonly prober?: Prober
}

export async function main(environment: Environment, options: Options): Promise<void> {
  const { signal, log = console.log, prober = tcpProber({ interval: 200 }) } = options
  const failover = createFailover({
    provider: createScaleway({
      accessKey: environment['SCW_ACCESS_KEY'] ?? '',
      secretKey: environment['SCW_SECRET_KEY'] ?? '',
      projectId: environment['SCW_DEFAULT_PROJECT_ID'] ?? '',
      apiUrl: environment['SCW_API_URL'] ?? 'https://api.scaleway.com',
    }),
    nodes: listOf(environment['NODES']).map(readNode),
    failoverIPs: [{ name: 'web', addresses: listOf(environment['ADDRESSES']) }],
    ports: { clock: systemClock(), prober, store: fileStore(environment['STATE_FILE'] ?? 'state.json') },
  })
  for await (const { reason, summary } of failover.run({ signal })) log(`${reason}: ${summary}`)
}

function listOf(text = ''): readonly string[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '')
}

function readNode(text: string): FailoverNode {
  const [name = '', providerID = '', probe = ''] = text.split(/\s+/)
  return { name, providerID, probe }
}

if (process.argv[1] === import.meta.filename) {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  await main(process.env, { signal: stop.signal }).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
