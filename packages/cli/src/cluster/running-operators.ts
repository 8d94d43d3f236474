import { leaseResource, type KubernetesClient, type KubernetesObject } from '@failover-ip/kubernetes'
import { z } from 'zod'
import { podResource } from './pod-resource.ts'
import { reading, type Reading } from './reading.ts'

/** An operator that holds a Lease now, whoever its provider is. */
export interface RunningOperator {
  readonly namespace: string
  readonly lease: string
  /** Of its Lease: the pod's name, mostly, with a suffix. */
  readonly identity: string
  readonly controllerName: string
  /** Undefined: it runs in no pod that can be read. */
  readonly serviceAccount: string | undefined
  /** Where it probes agents, by its pod; else the usual one. */
  readonly probePort: number
}

/** How operators sign their Leases, and nobody else known does: eight hexadecimal digits after an underscore. */
const identityPattern = /^(?<pod>.+)_[0-9a-f]{8}$/
const defaultLease = /^failover-ip-(?<provider>[a-z][a-z0-9-]*)$/
/** That of operators and agents which are told no other. */
export const usualProbePort = 7476
/** Milliseconds: some renewals of the longest Lease that anybody would choose. */
const longestSilence = 60_000

const leaseSchema = z.object({ holderIdentity: z.string(), renewTime: z.string() })
const managedSchema = z.object({ managedFields: z.array(z.object({ time: z.string() })) })
const podSchema = z.object({
  serviceAccountName: z.string().optional(),
  containers: z.array(
    z.object({
      args: z.array(z.string()).default([]),
      command: z.array(z.string()).default([]),
      env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
    }),
  ),
})

/** Finds them by their Leases, in all namespaces. */
export async function findRunningOperators(
  client: KubernetesClient,
  options: { readonly signal: AbortSignal },
): Promise<Reading<readonly RunningOperator[]>> {
  const leases = await reading('Leases', client.list(leaseResource, options))
  if (leases.kind !== 'read') return leases
  const held = leases.value.items.flatMap(heldLease)
  // The kubelets renew theirs every ten seconds: the newest is the cluster's own time, whatever the clock is here.
  const now = Math.max(...latest(held))
  const signed = held.filter(
    ({ writtenAt, renewedAt, identity }) =>
      now - (writtenAt ?? renewedAt) < longestSilence && identityPattern.test(identity),
  )
  const found = await Promise.all(signed.map((lease) => operatorOf(client, lease, options)))
  return { kind: 'read', value: found.filter((operator) => operator !== undefined) }
}

interface HeldLease {
  readonly namespace: string
  readonly name: string
  readonly identity: string
  /** By the clock of its holder. */
  readonly renewedAt: number
  /** By the clock of the API server, where that has noted it. */
  readonly writtenAt: number | undefined
}

function heldLease({ metadata, ...object }: KubernetesObject): readonly HeldLease[] {
  const { name, namespace = '' } = metadata
  const spec = leaseSchema.safeParse(object['spec']).data
  const renewedAt = Date.parse(spec?.renewTime ?? '')
  if (spec === undefined || Number.isNaN(renewedAt)) return []
  const written = managedSchema.safeParse(metadata).data?.managedFields.map(({ time }) => Date.parse(time)) ?? []
  const writtenAt = Math.max(...written.filter((time) => !Number.isNaN(time)))
  const noted = Number.isFinite(writtenAt) ? writtenAt : undefined
  return [{ namespace, name, identity: spec.holderIdentity, renewedAt, writtenAt: noted }]
}

/** Times that are the present at the latest: a holder whose clock is ahead dates its Lease in the future, the API server nothing. */
function latest(held: readonly HeldLease[]): readonly number[] {
  const written = held.flatMap(({ writtenAt }) => writtenAt ?? [])
  return written.length > 0 ? written : held.map(({ renewedAt }) => renewedAt)
}

async function operatorOf(
  client: KubernetesClient,
  { namespace, name: lease, identity }: HeldLease,
  options: { readonly signal: AbortSignal },
): Promise<RunningOperator | undefined> {
  const name = identityPattern.exec(identity)?.groups?.['pod'] ?? identity
  const pod = await reading('Pods', client.get(podResource, { namespace, name }, options))
  const spec = pod.kind === 'read' ? podSchema.safeParse(pod.value['spec']).data : undefined
  const provider = defaultLease.exec(lease)?.groups?.['provider']
  const usual = provider === undefined ? undefined : `failover-ip.dev/${provider}`
  const told = (setting: string): string | undefined =>
    spec?.containers.map((container) => settingOf(container, setting)).find((value) => value !== undefined)
  const controllerName = told('controller-name') ?? usual
  // A Lease of another name, by a pod that tells nothing: some other program that signs alike.
  if (controllerName === undefined) return undefined
  const serviceAccount = spec && (spec.serviceAccountName ?? 'default')
  const probePort = Number(told('probe-port') ?? usualProbePort)
  return { namespace, lease, identity, controllerName, serviceAccount, probePort }
}

type Container = z.infer<typeof podSchema>['containers'][number]

/** Of a flag, or of the variable that stands for it. */
function settingOf({ command, args, env }: Container, setting: string): string | undefined {
  const flag = `--${setting}`
  const words = [...command, ...args]
  const at = words.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`))
  const word = words[at]
  if (word !== undefined) return word === flag ? words[at + 1] : word.slice(flag.length + 1)
  const variable = `FAILOVER_IP_${setting.toUpperCase().replaceAll('-', '_')}`
  return env.find(({ name }) => name === variable)?.value
}
