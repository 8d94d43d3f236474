import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createApiClient } from './api-client.ts'
import type { ApiServerPower, PowerOptions } from './api-server-power.ts'
import { run } from './command.ts'
import { freePorts } from './free-ports.ts'
import { startGuard } from './guard.ts'
import { endProgram, programRuns, readLogTail, signalProgram, startProgram } from './program-process.ts'
import { clusterFolder, controlPlanePrograms } from './programs.ts'
import { until } from './until.ts'

/** etcd and kube-apiserver on free loopback ports: a real API without nodes or controllers. */
export interface ControlPlane extends ApiServerPower {
  /** Path of a kubeconfig with all rights. */
  readonly kubeconfig: string
  /** Where its files and logs are, until it is stopped. Enough for `attachControlPlane` in another process. */
  readonly folder: string
}

/** A control plane that whoever holds this ends. It also ends when the process that started it does, however that comes. */
export interface OwnedControlPlane extends ControlPlane {
  /** Twice is as good as once. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const readyDeadline = 60_000

/**
 * Starts a control plane and resolves when it is ready. Its programs come from `KUBEBUILDER_ASSETS` if that is set,
 * else they are built. Needs openssl, and no root.
 *
 * Without controllers nothing is garbage collected, and a namespace that is deleted stays `Terminating`.
 */
export async function startControlPlane({ signal }: PowerOptions = {}): Promise<OwnedControlPlane> {
  const programs = await controlPlanePrograms({ signal })
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-api-'))
  const guard = startGuard(folder)
  const stop = async () => {
    await endProgram(folder, 'kube-apiserver')
    await endProgram(folder, 'etcd')
    await guard.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const [client, peer, api] = await freePorts(3)
    await makeCertificates(folder, `https://127.0.0.1:${api}`, signal)
    const etcd = `http://127.0.0.1:${client}`
    await startProgram(folder, 'etcd', [join(programs, 'etcd'), ...etcdFlags(folder, etcd, `http://127.0.0.1:${peer}`)])
    const command = [join(programs, 'kube-apiserver'), ...apiServerFlags(folder, etcd, String(api))]
    await writeFile(commandFile(folder), JSON.stringify(command))
    const controlPlane = attachControlPlane(folder)
    await controlPlane.startApiServer({ signal })
    return { ...controlPlane, stop, [Symbol.asyncDispose]: stop }
  } catch (cause) {
    const logs = await Promise.all(['etcd', 'kube-apiserver'].map(async (name) => await readLogTail(folder, name)))
    await stop()
    signal?.throwIfAborted()
    throw new Error(`The control plane did not start: ${String(cause)}\n${logs.join('\n')}`, { cause })
  }
}

/** A handle on the control plane that another process of this test run has started. */
export function attachControlPlane(folder: string): ControlPlane {
  const kubeconfig = join(folder, 'admin.kubeconfig')
  return {
    folder,
    kubeconfig,
    pauseApiServer: async () => await signalProgram(folder, 'kube-apiserver', 'SIGSTOP'),
    resumeApiServer: async () => await signalProgram(folder, 'kube-apiserver', 'SIGCONT'),
    stopApiServer: async () => await endProgram(folder, 'kube-apiserver'),
    startApiServer: async ({ signal } = {}) => {
      const command = commandShape.parse(JSON.parse(await readFile(commandFile(folder), 'utf8')))
      await startProgram(folder, 'kube-apiserver', command)
      const api = createApiClient(kubeconfig)
      const look = async (current: AbortSignal) => {
        if (!(await programRuns(folder, 'kube-apiserver'))) return 'ended'
        return await api.get('/readyz', z.literal('ok'), { signal: current, deadline: 2_000 })
      }
      const outcome = await until('the API server to be ready', look, { signal, deadline: readyDeadline })
      if (outcome === 'ended') throw new Error('kube-apiserver ended at its start')
    },
  }
}

const commandShape = z.tuple([z.string()], z.string())
const commandFile = (folder: string) => join(folder, 'kube-apiserver.json')

function etcdFlags(folder: string, clientUrl: string, peerUrl: string): string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
  ]
}

function apiServerFlags(folder: string, etcdUrl: string, port: string): string[] {
  const file = (name: string) => join(folder, name)
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${file('apiserver.crt')}`,
    `--tls-private-key-file=${file('apiserver.key')}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--service-account-key-file=${file('service-account.key')}`,
    `--service-account-signing-key-file=${file('service-account.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged=true',
  ]
}

async function makeCertificates(folder: string, server: string, signal: AbortSignal | undefined): Promise<void> {
  const sign = async (verb: string, ...words: readonly string[]) => {
    await run([`${clusterFolder}certificates.sh`, verb, folder, ...words], { signal })
  }
  await sign('authority')
  await sign('certificate', 'apiserver', 'kube-apiserver', '', 'DNS:localhost,IP:127.0.0.1')
  await sign('certificate', 'admin', 'admin', 'system:masters')
  await sign('kubeconfig', 'admin', server)
}
