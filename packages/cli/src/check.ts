import {
  createKubernetesClient,
  type KubernetesTransport,
  type ParsedFailoverIP,
  type ParsedFailoverIPClass,
  type ResourceType,
} from '@failover-ip/kubernetes'
import { nodeStateOf, type NodeRecord } from '@failover-ip/operator/preflight'
import type { Clock, NodeFacts, Provider } from '@failover-ip/provider'
import { checkAddresses } from './checks/address-check.ts'
import { checkAgents, nodesWithAgent } from './checks/agents-check.ts'
import { checkedAddressesOf } from './checks/checked-addresses-of.ts'
import { candidateNodes, type CheckedAddresses } from './checks/checked-addresses.ts'
import { checkClass, checkCredentials } from './checks/class-check.ts'
import { checkConfigured } from './checks/configured-check.ts'
import { checkNodesReady } from './checks/node-ready-check.ts'
import { checkNodes } from './checks/nodes-check.ts'
import { checkOperator, operatorsOf } from './checks/operator-check.ts'
import { checkProbePath } from './checks/probe-path-check.ts'
import { checkReady } from './checks/ready-check.ts'
import { checkRights } from './checks/rights-check.ts'
import { checkService } from './checks/service-check.ts'
import { createReviewAccess } from './cluster/access-review.ts'
import { readCluster, type Cluster } from './cluster/read-cluster.ts'
import { readItems, reading } from './cluster/reading.ts'
import { usualProbePort } from './cluster/running-operators.ts'
import { askAccount, type AccountAnswer, type AskContext } from './provider/ask-account.ts'
import { createFindProvider } from './provider/find-provider.ts'
import { reportOf, type CheckReport, type Finding, type Section } from './report/finding.ts'

export interface CheckRequest {
  /** Canonical. Empty: every FailoverIP. */
  readonly addresses?: readonly string[]
  /** Of the FailoverIPs. Absent: all. */
  readonly namespace?: string
  /** Where the classes' Secrets lie. Absent: where their operator runs, or `failover-ip`. */
  readonly operatorNamespace?: string
  /** Those from elsewhere; the three of this project are known. */
  readonly providers?: readonly Provider[]
}

export interface CheckPorts {
  readonly transport: KubernetesTransport
  readonly clock: Clock
  /** To the clouds. */
  readonly fetch: typeof globalThis.fetch
}

/** Where the chart puts operators. */
const usualNamespace = 'failover-ip'
const serviceResource: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
}

/**
 * Looks whether addresses will move when they have to: at the cluster, at what the operator says, and at the provider, as
 * far as the asker may. Changes nothing, but for a token that the cloud replaces when it is used: the new one goes into
 * its Secret. Rejects when the API server cannot be reached.
 *
 * @example
 * const { ok, sections } = await check({ addresses: ['51.15.129.35'] }, { transport, clock, fetch }, { signal })
 */
export async function check(
  request: CheckRequest,
  ports: CheckPorts,
  { signal }: { readonly signal: AbortSignal },
): Promise<CheckReport> {
  const client = createKubernetesClient(ports)
  const cluster = await readCluster(client, { namespace: request.namespace, signal })
  const missing = [...clusterFindings(cluster), ...checkNamespace(request, cluster)]
  const checked = checkedAddressesOf(request.addresses ?? [], cluster)
  const review = createReviewAccess(ports)
  const findProvider = createFindProvider(request.providers ?? [])
  const sectionsOf = async (served: ParsedFailoverIPClass): Promise<readonly Section[]> => {
    const own = checked.filter((each) => each.class === served)
    const [operator] = operatorsOf(served, cluster.operators)
    const operatorNamespace = request.operatorNamespace ?? operator?.namespace ?? usualNamespace
    const context: AskContext = { ...ports, client, findProvider, operatorNamespace, review, signal }
    const answer = await askAccount(served, questionOf(own, cluster), context)
    const rights =
      operator?.serviceAccount === undefined
        ? []
        : [await checkRights(operator, served, createReviewAccess(ports, userOf(operator)), { signal })]
    const findings = [
      checkOperator(served, cluster.operators),
      checkClass(served, answer),
      checkCredentials(served, answer),
      ...rights,
    ]
    const ofAddresses = await Promise.all(own.map((each) => sectionOf(each, answer)))
    return [{ about: { kind: 'FailoverIPClass', name: served.name }, findings }, ...ofAddresses]
  }
  const sectionOf = async (each: CheckedAddresses, answer: AccountAnswer): Promise<Section> => {
    const nodes = readItems(cluster.nodes)
    const [operator] = each.class === undefined ? [] : operatorsOf(each.class, cluster.operators)
    const service = each.failoverIP?.spec.serviceRef === undefined ? [] : [await checkServiceOf(each.failoverIP)]
    const candidates = candidateNodes(nodes, each)
    const withAgent = nodesWithAgent(nodes.filter(isReady), cluster.agents)
    const answering = candidates.filter((node) => withAgent.includes(node))
    const findings = [
      ...checkAddresses(each, answer),
      ...checkNodes(each, nodes, answer),
      ...checkNodesReady(candidates),
      ...checkAgents(candidates.filter(isReady), cluster.agents),
      ...checkProbePath(answering, cluster.failoverNodes, operator?.probePort ?? usualProbePort),
      ...service,
      ...(each.failoverIP === undefined ? [] : toldOf(each.failoverIP, withAgent)),
    ]
    return { about: aboutOf(each), findings }
  }
  const checkServiceOf = async (failoverIP: ParsedFailoverIP): Promise<Finding> => {
    const name = { namespace: failoverIP.namespace ?? '', name: failoverIP.spec.serviceRef?.name ?? '' }
    return checkService(failoverIP, await reading('Services', client.get(serviceResource, name, { signal })))
  }

  const classes = readItems(cluster.classes).filter(
    (served) => (request.addresses ?? []).length === 0 || checked.some((each) => each.class === served),
  )
  const ofClasses = await Promise.all(classes.map(sectionsOf))
  const classless = checked
    .filter((each) => each.class === undefined)
    .map((each): Section => ({ about: aboutOf(each), findings: checkAddresses(each, { kind: 'notAsked', why: '' }) }))
  const ofCluster: Section = { about: { kind: 'cluster', name: '' }, findings: missing }
  return reportOf([ofCluster, ...ofClasses.flat(), ...classless])
}

function userOf({ namespace, serviceAccount = '' }: { namespace: string; serviceAccount: string | undefined }): string {
  return `system:serviceaccount:${namespace}:${serviceAccount}`
}

function isReady({ ready }: NodeRecord): boolean {
  return ready === 'True'
}

/** What the operator says of it. */
function toldOf(failoverIP: ParsedFailoverIP, withAgent: readonly NodeRecord[]): readonly Finding[] {
  return [checkReady(failoverIP), ...checkConfigured(failoverIP, new Set(withAgent.map(({ name }) => name)))]
}

function aboutOf({ failoverIP, addresses }: CheckedAddresses): Section['about'] {
  if (failoverIP !== undefined) return { kind: 'FailoverIP', name: failoverIP.key }
  return { kind: 'address', name: addresses.join(', ') }
}

function questionOf(
  checked: readonly CheckedAddresses[],
  { nodes, failoverIPs }: Cluster,
): { readonly addresses: readonly string[]; readonly nodes: readonly NodeFacts[] } {
  const addresses = checked.flatMap((each) => each.addresses)
  const failoverAddresses = new Set([...addresses, ...readItems(failoverIPs).flatMap(({ spec }) => spec.addresses)])
  const facts = readItems(nodes).map((node) => nodeStateOf(node, undefined, undefined, failoverAddresses).facts)
  return { addresses: [...new Set(addresses)], nodes: facts }
}

/** That there is nothing to look at is no proof that all is well. */
function checkNamespace(
  { namespace, addresses = [] }: CheckRequest,
  { failoverIPs, unreadable }: Cluster,
): readonly Finding[] {
  if (failoverIPs.kind !== 'read' || failoverIPs.value.length > 0) return []
  if (unreadable.some(({ kind }) => kind === 'FailoverIP')) return []
  if (namespace === undefined && addresses.length > 0) return []
  const message =
    namespace === undefined
      ? 'There is no FailoverIP yet.'
      : `There is no FailoverIP in the namespace ${namespace}: is the name right?`
  return [{ subject: 'ready', verdict: 'warn', message }]
}

/** What stands in the way of everything else. */
function clusterFindings({ classes, failoverIPs, nodes, unreadable }: Cluster): readonly Finding[] {
  const absent = classes.kind === 'absent' || failoverIPs.kind === 'absent'
  const install =
    'The custom resources of failover-ip are not installed: install the chart, or apply what an operator prints with --print-crds.'
  const readings = [
    { subject: 'class', what: classes },
    { subject: 'ready', what: failoverIPs },
    { subject: 'nodes', what: nodes },
  ] as const
  return [
    ...(absent ? [{ subject: 'class', verdict: 'FAIL', message: install } as const] : []),
    ...readings.flatMap(({ subject, what }): readonly Finding[] =>
      what.kind === 'unread' ? [{ subject, verdict: 'skip', message: what.why }] : [],
    ),
    ...unreadable.map(({ kind, key, why }): Finding => {
      const message = `The ${kind} ${key} cannot be read: ${why}`
      return { subject: kind === 'FailoverIP' ? 'ready' : 'class', verdict: 'FAIL', message }
    }),
    ...(classes.kind === 'read' && classes.value.length === 0
      ? [
          {
            subject: 'class',
            verdict: 'FAIL',
            message: 'There is no FailoverIPClass: make one, which names the account and lists the addresses.',
          } as const,
        ]
      : []),
  ]
}
