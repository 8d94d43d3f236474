import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { buildTraffic } from '../failover/traffic-program.ts'
import { startCloudOnBridge, type CloudName } from '../harness/cloud-on-bridge.ts'
import { joinAsServers } from '../harness/cloud-servers.ts'
import { run } from '../harness/command.ts'
import { removeTraces } from '../harness/node-traces.ts'
import { clusterFolder } from '../harness/programs.ts'
import { restoreNodes } from '../harness/restore-nodes.ts'
import { clusterUnderTest } from '../harness/under-test.ts'
import { blocksOf } from '../packages/page-blocks.ts'
import { createReader } from '../packages/reader.ts'
import { removeChart } from './install-chart.ts'

const cluster = clusterUnderTest()
const root = fileURLToPath(new URL('../..', import.meta.url))

/** The page's address, and what the page tells its reader to set, where the Secret has another name for it. */
const pages: readonly (readonly [CloudName, string, Readonly<Record<string, string>>])[] = [
  ['digitalocean', '203.0.113.50/32', {}],
  ['netcup', '198.18.88.63/32', { refreshToken: 'REFRESH_TOKEN' }],
  ['scaleway', '51.15.129.35/32', {}],
]

/** The real Helm, with the one value that no reader has: where the emulated cloud is. */
const helmAt = async (provider: string, apiUrl: string): Promise<string> => {
  const program = (await run(['sh', '-c', 'command -v helm'])).trim()
  const parameters = JSON.stringify({ apiUrl })
  return `[ "$1" != install ] || set -- "$@" --set-json 'operators.${provider}.parameters=${parameters}'
exec ${program} "$@"`
}

it.each(pages)(
  'the quick start for %s, word by word, ends with an address that has moved twice [A0] [A30]',
  async (provider, unit, variables) => {
    const page = await readFile(`${root}/docs/quick-start/${provider}.md`, 'utf8')
    const commands = blocksOf(page, 'docs/').filter(({ kind }) => kind === 'command')
    expect(commands.length).toBeGreaterThan(10)
    await using cleanUp = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'failover-ip-quick-start-'))
    cleanUp.defer(async () => await rm(folder, { recursive: true }))
    const cloud = cleanUp.use(await startCloudOnBridge(provider, cluster.nodes, [unit]))
    cleanUp.use(await joinAsServers(cluster, cloud, (await buildTraffic(folder)).program))
    cleanUp.defer(async () => await removeTraces(cluster))
    cleanUp.defer(async () => await removeChart(cluster))
    cleanUp.defer(async () => await restoreNodes(cluster))
    await using reader = await createReader({
      kubeconfig: cluster.kubeconfig,
      has: { charts: `${root}/charts`, docs: `${root}/docs` },
      programs: {
        helm: await helmAt(provider, cloud.url),
        // Nobody logs in to a node here: its power is what the page asks for.
        ssh: `exec ${clusterFolder}cluster.sh poweroff "\${1#root@}"`,
        'kubectl-failover_ip': `exec node ${root}/packages/cli/dist/failover-ip.mjs "$@"`,
      },
      environment: {
        ...Object.fromEntries(Object.entries(cloud.credentials).map(([key, value]) => [variables[key] ?? key, value])),
        REGISTRY: 'docker.io',
      },
    })
    const holders = new Set<string | undefined>()
    for (const command of commands) {
      await reader.follow(command)
      holders.add(cloud.holder(unit))
    }
    holders.delete(undefined)
    expect(holders.size).toBeGreaterThan(1)
  },
  600_000,
)
