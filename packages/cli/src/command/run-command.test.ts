import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ConnectedTransport, KubernetesTransportOptions } from '@failover-ip/kubernetes'
import { TransportError } from '@failover-ip/kubernetes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { address, createCheckedCluster, type CheckedCluster } from '../testing/checked-cluster.ts'
import { runCommand } from './run-command.ts'

const { signal } = new AbortController()

let cluster: CheckedCluster
let connections: KubernetesTransportOptions[]
let folder: string
beforeEach(async () => {
  cluster = await createCheckedCluster()
  connections = []
  folder = await mkdtemp(join(tmpdir(), 'failover-ip-cli-'))
})
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

interface Run {
  readonly code: number
  readonly output: string
  readonly error: string
}

async function run(args: readonly string[], fails?: Error): Promise<Run> {
  let [output, error] = ['', '']
  const connect = (options: KubernetesTransportOptions = {}): Promise<ConnectedTransport> => {
    connections.push(options)
    if (fails !== undefined) return Promise.reject(fails)
    const { transport } = cluster.api
    return Promise.resolve({ ...transport, server: 'embedded', namespace: undefined, close: () => undefined })
  }
  const ports = {
    clock: cluster.clock,
    fetch: cluster.cloud.fetch,
    environment: {},
    folder,
    write: (text: string) => void (output += text),
    writeError: (text: string) => void (error += text),
    connect,
  }
  const code = await cluster.clock.advanceUntil(runCommand(args, ports, signal), { withinMilliseconds: 60_000 })
  return { code, output, error }
}

describe('failover-ip check', () => {
  it('exits with 0 when nothing fails, and with 1 when something does, as JSON too', async () => {
    await cluster.install()
    await cluster.serve()
    expect(await run(['check', address])).toMatchObject({ code: 0, error: '' })
    await cluster.agentSays('node-1', 'False')
    const { code, output } = await run(['check', '-o', 'json'])
    expect(code).toBe(1)
    expect(JSON.parse(output)).toMatchObject({
      ok: false,
      sections: expect.arrayContaining([
        {
          about: { kind: 'FailoverIP', name: 'ingress/web' },
          findings: expect.arrayContaining([expect.objectContaining({ subject: 'probe path', verdict: 'FAIL' })]),
        },
      ]),
    })
  })

  it('takes file and context of the kubeconfig', async () => {
    await run(['check', '--kubeconfig', 'a.yaml', '--context', 'b'])
    expect(connections).toMatchObject([{ kubeConfig: { file: 'a.yaml' }, context: 'b' }])
  })

  it.each([
    [['chekc'], 'There is no command "chekc"; there is check.'],
    [[], 'What is to be done? There is check; see --help.'],
    [['check', '--contxt', 'a'], 'The flag --contxt is not known; did you mean --context?'],
    [['check', '-o', 'yaml'], '--output has to be text or json.'],
    [['check', '-n'], "Option '-n, --namespace <value>' argument missing; see --help."],
    [['check', 'web'], '"web" is no IP address; check takes addresses like 51.15.129.35.'],
    [['check', '--provider-package', './none.js'], /^--provider-package: \.\/none\.js cannot be loaded: /u],
  ])('exits with 2 for %j', async (args, message) => {
    const { code, output, error } = await run(args)
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(error.trimEnd()).toMatch(message)
    expect(connections).toEqual([])
  })

  it('exits with 1 and a sentence when there is no way to an API server', async () => {
    const fails = new TransportError('There is no kubeconfig.', { code: 'NO_KUBECONFIG', outcome: 'not-applied' })
    expect(await run(['check'], fails)).toEqual({ code: 1, output: '', error: 'There is no kubeconfig.\n' })
  })

  it('asks a provider from elsewhere, which its package exports', async () => {
    await cluster.install({ spec: { controllerName: 'failover-ip.dev/acme', credentialsSecretRef: undefined } })
    await writeFile(join(folder, 'acme.mjs'), acme)
    // What takes real time is over before virtual time begins.
    await import(pathToFileURL(join(folder, 'acme.mjs')).href)
    const { output } = await run(['check', '--provider-package', './acme.mjs'])
    expect(output).toContain('credentials  ok    acme takes them for reading')
    expect(output).toContain('51.15.129.35/32, moon, attached to no server (will be assigned)')
    expect(output).toContain('No node is in moon, the only site that the addresses can go to')
  })
})

/** Without imports, as it lies in no package. */
const acme = `
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }
export const acme = {
  specificationVersion: 'v1', name: 'acme', providerIDPrefix: 'acme://', parameters: anything, credentials: anything,
  capabilities: { unitPrefixLength: { ipv4: 32 }, locationRule: { location: 'site' } },
  create: () => ({
    observe: async (units) => units.map((unit) => ({ kind: 'found', unit, location: 'moon', server: null, inFlight: false, locked: false })),
    resolve: async (nodes) => nodes.map(({ name: node }) => ({ kind: 'matched', node, server: { id: node, location: 'mars' } })),
  }),
}
`
