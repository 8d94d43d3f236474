import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { ApiClient } from '../harness/api-client.ts'
import { releaseNamespace } from './install-chart.ts'

/** `patch failover-ip.dev/failoverips/status`; the core group is empty. */
export type Right = string

/** What ServiceAccounts of the release's namespace did with the API, by the audit log of the cluster's API server. */
export interface UsedRights {
  /** By ServiceAccount: what it was allowed at least once. */
  readonly allowed: ReadonlyMap<string, ReadonlySet<Right>>
  /** By ServiceAccount: what it was refused in the end. A rule that is yet to get about refuses in the beginning. */
  readonly refused: ReadonlyMap<string, ReadonlySet<Right>>
  /** By ServiceAccount: what a rule allowed, and admission refused, at whatever time. */
  readonly notAdmitted: ReadonlyMap<string, ReadonlySet<Right>>
}

/** Written by `cluster/control-plane.sh`. */
const auditLog = '/var/cache/failover-ip/logs/audit.log'

const event = z.object({
  stage: z.string(),
  verb: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z
    .object({
      apiGroup: z.string().default(''),
      resource: z.string(),
      subresource: z.string().optional(),
    })
    .optional(),
  responseStatus: z.object({ code: z.number() }).optional(),
  annotations: z.record(z.string(), z.string()).default({}),
})

export async function usedRights(): Promise<UsedRights> {
  return rightsOf(await readFile(auditLog, 'utf8'))
}

/** @param log an event a line, in the order of the answers */
export function rightsOf(log: string): UsedRights {
  const [allowed, refused, notAdmitted] = [createRights(), createRights(), createRights()]
  for (const line of log.split('\n')) {
    if (line === '') continue
    const { verb, user, objectRef, responseStatus, annotations } = event.parse(JSON.parse(line))
    const account = user.username.split(':').at(-1) ?? ''
    if (objectRef === undefined) continue // discovery, which everybody may
    const { apiGroup, resource, subresource } = objectRef
    const right = `${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`
    if (responseStatus?.code !== 403) {
      allowed.of(account).add(right)
      refused.of(account).delete(right)
    } else if (annotations['authorization.k8s.io/decision'] === 'allow') notAdmitted.of(account).add(right)
    else refused.of(account).add(right)
  }
  return { allowed: allowed.all, refused: refused.all, notAdmitted: notAdmitted.all }
}

interface Rights {
  readonly all: ReadonlyMap<string, ReadonlySet<Right>>
  /** Of this ServiceAccount, to be added to. */
  of(account: string): Set<Right>
}

function createRights(): Rights {
  const all = new Map<string, Set<Right>>()
  const of = (account: string): Set<Right> => {
    const known = all.get(account) ?? new Set<Right>()
    all.set(account, known)
    return known
  }
  return { all, of }
}

const named = z.object({ kind: z.string(), name: z.string() })
const binding = z.object({
  metadata: z.object({ namespace: z.string().optional() }),
  roleRef: named,
  subjects: z.array(named.extend({ namespace: z.string().optional() })).default([]),
})
const role = z.object({
  rules: z
    .array(z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }))
    .default([]),
})

/** What the roles that are bound to a ServiceAccount of the release's namespace grant it. */
export async function grantedRights(api: ApiClient, account: string): Promise<ReadonlySet<Right>> {
  const group = '/apis/rbac.authorization.k8s.io/v1'
  const listOf = async (path: string) =>
    (await api.get(`${group}/${path}`, z.object({ items: z.array(binding) }))).items
  const bindings = [...(await listOf('clusterrolebindings')), ...(await listOf('rolebindings'))].filter(
    ({ subjects }) => subjects.some(({ name, namespace }) => name === account && namespace === releaseNamespace),
  )
  const granted = new Set<Right>()
  for (const { metadata, roleRef } of bindings) {
    const folder = roleRef.kind === 'ClusterRole' ? 'clusterroles' : `namespaces/${metadata.namespace}/roles`
    const { rules } = await api.get(`${group}/${folder}/${roleRef.name}`, role)
    for (const { apiGroups, resources, verbs } of rules)
      for (const apiGroup of apiGroups)
        for (const resource of resources) for (const verb of verbs) granted.add(`${verb} ${apiGroup}/${resource}`)
  }
  return granted
}
