/**
 * `npm run bench -- agent [SECONDS]`: the agent's bundle with 1, 100 and 1000 addresses on its interface, in a network
 * namespace of its own, with a pod's service account, probed as a holder: memory, processor, packets and API requests while nothing happens. Needs root.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import {
  createKubernetesClient,
  failoverIPResource,
  failoverNodeResource,
  namespaceResource,
  nodeResource,
  parseFailoverNode,
  type KubernetesClient,
  type KubernetesTransport,
} from '@failover-ip/kubernetes'
import { createApiServer, failoverIPResources, startApiHttpServer } from '@failover-ip/local-cluster'
import { createKeyRing, systemClock, udpProber } from '@failover-ip/runtime'
import { memoryOf, processorSeconds } from './process-usage.ts'
import { writeResult } from './write-result.ts'

const marker = 'FAILOVER_IP_BENCH_NAMESPACE'
const seconds = Number(process.argv[2] ?? 60)
const clock = systemClock()
const { signal } = new AbortController()
const node = 'node-1'
const probePort = 7476
const metricsPort = 8082
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

if (process.env[marker] === undefined) {
  const argv = [
    '--net',
    '--mount',
    process.execPath,
    ...process.execArgv,
    fileURLToPath(import.meta.url),
    String(seconds),
  ]
  const inside = spawn('unshare', argv, { stdio: 'inherit', env: { ...process.env, [marker]: '1' } })
  await once(inside, 'exit')
  process.exitCode = inside.exitCode ?? 1
} else {
  const ip = (argv: string): void => void execFileSync('ip', argv.split(' '))
  for (const step of [
    'link set lo up',
    'link add eth0 type veth peer name wire',
    'address add 192.0.2.10/24 dev eth0',
    'link set eth0 up',
    'link set wire up',
    'route add default via 192.0.2.1',
  ])
    ip(step)
  makeServiceAccount()
  const rows: object[] = []
  for (const count of [1, 100, 1000]) {
    const row = await measure(count)
    rows.push(row)
    console.table([row])
  }
  writeResult('agent', { seconds, rows })
}

async function measure(count: number): Promise<object> {
  const api = createApiServer({ resources: failoverIPResources(), clock, random: Math.random })
  let requests = 0
  const counted: KubernetesTransport = {
    request: (request) => {
      requests++
      return api.transport.request(request)
    },
  }
  const http = await startApiHttpServer(counted)
  const tls = await serveTls(Number(new URL(http.url).port))
  const client = createKubernetesClient({ transport: api.transport, clock })
  const key = new Uint8Array(32).fill(7)
  const keys = await mkdtemp(join(tmpdir(), 'failover-ip-key-'))
  await writeFile(join(keys, 'current'), key)
  await populate(client, count)
  const agent = spawn(
    fileURLToPath(new URL('../packages/agent/dist/failover-ip-agent.mjs', import.meta.url)),
    [`--node-name=${node}`, `--probe-key-dir=${keys}`, '--log-level=warn'],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
        KUBERNETES_SERVICE_HOST: '127.0.0.1',
        KUBERNETES_SERVICE_PORT: String(tls.port),
      },
    },
  )
  const ring = createKeyRing({ current: key })
  const prober = udpProber({ keyRing: () => ring, handshakePort: 'none' })
  prober.watch([{ node, address: `127.0.0.1:${probePort}`, interval: 200 }])
  try {
    const began = clock.monotonic()
    await untilCarried(client, count)
    const carriedAfterSeconds = Number(((clock.monotonic() - began) / 1000).toFixed(1))
    await clock.sleep(15_000)
    const before = { requests, packets: await packets(), processor: processorSeconds(agent.pid) }
    await clock.sleep(seconds * 1000)
    const perSecond = (value: number): number => Number((value / seconds).toFixed(2))
    return {
      addresses: count,
      carriedAfterSeconds,
      ...memoryOf(agent.pid),
      processorPercent: perSecond((processorSeconds(agent.pid) - before.processor) * 100),
      packetsPerSecond: perSecond((await packets()) - before.packets),
      requestsPerMinute: Math.round(((requests - before.requests) * 60) / seconds),
    }
  } finally {
    const ended = once(agent, 'exit')
    agent.kill('SIGTERM')
    await ended
    await prober.close()
    await http.close()
    await tls.close()
    await rm(keys, { recursive: true })
  }
}

/** As the kubelet gives it to a pod, and a certificate for the API server; in a mount namespace of our own. */
function makeServiceAccount(): void {
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run'])
  mkdirSync(serviceAccount, { recursive: true })
  const subject = ['-subj', '/CN=bench', '-addext', 'subjectAltName=IP:127.0.0.1']
  const files = ['-keyout', `${serviceAccount}/key`, '-out', `${serviceAccount}/ca.crt`]
  const argv = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject, ...files]
  execFileSync('openssl', argv, { stdio: 'ignore' })
  writeFileSync(`${serviceAccount}/token`, 'bench')
  writeFileSync(`${serviceAccount}/namespace`, 'failover-ip')
}

async function serveTls(to: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  const read = (name: string): Buffer => readFileSync(`${serviceAccount}/${name}`)
  const server = createServer({ key: read('key'), cert: read('ca.crt') }, (socket) => {
    const inner = connect(to, '127.0.0.1')
    for (const each of [socket, inner]) each.on('error', () => undefined)
    socket.pipe(inner).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function populate(client: KubernetesClient, count: number): Promise<void> {
  await client.create(nodeResource, { metadata: { name: node } }, { signal })
  await client.create(namespaceResource, { metadata: { name: 'default' } }, { signal }).catch(() => undefined)
  for (let index = 0; index < count; index++) {
    const address = `203.0.${113 + Math.floor(index / 250)}.${(index % 250) + 1}`
    const metadata = { name: `ip-${index}`, namespace: 'default' }
    const made = await client.create(failoverIPResource, { metadata, spec: { addresses: [address] } }, { signal })
    const nodePlan = {
      carriedBy: 'Candidates',
      prefixLength: 32,
      device: { rule: 'defaultRoute', family: 'ipv4' },
      scope: 'global',
      announce: 'none',
    }
    const status = {
      node,
      standbys: ['node-2', 'node-3'],
      addresses: [{ address, unit: `${address}/32`, epoch: 1_767_225_601, node, nodePlan }],
    }
    await client.updateStatus(failoverIPResource, { metadata: made.metadata, status }, { signal })
  }
}

async function untilCarried(client: KubernetesClient, count: number): Promise<void> {
  for (;;) {
    const found = await client.get(failoverNodeResource, { name: node }, { signal }).catch(() => undefined)
    const parsed = found === undefined ? undefined : parseFailoverNode(found)
    const addresses = parsed?.ok === true ? (parsed.value.status.addresses ?? []) : []
    if (addresses.filter(({ carried }) => carried).length === count) return
    await clock.sleep(200)
  }
}

/** Of probes, both ways, as the agent counts them. */
async function packets(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  const values = [...text.matchAll(/^failover_ip_agent_probe_packets_total\{kind="(?:sent|received)"\} (\d+)$/gm)]
  return values.reduce((sum, [, value]) => sum + Number(value), 0)
}
