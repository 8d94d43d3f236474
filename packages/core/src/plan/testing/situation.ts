import {
  ProviderError,
  type ProviderErrorCode,
  type Capabilities,
  type Observation,
  type Routing,
  type ServerReference,
} from '@failover-ip/provider'
import type { Account } from '../../domain/account.ts'
import type { AddressStatus, OperationRecord } from '../../domain/failover-ip.ts'
import type { FailoverIPInput } from '../../domain/failover-ip-input.ts'
import { formatInstant } from '../../domain/instant.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Health, NodeVerdict, Verdict } from '../../health/verdict.ts'
import { reviewFailoverIP, type FailoverIPReview } from '../../snapshot/failover-ip-review.ts'
import { indexServers, type ServerIndex } from '../../snapshot/server-index.ts'
import type { UnitReading } from '../../snapshot/unit-reading.ts'
import { decide } from '../decide.ts'
import { noRemark } from '../placement-remarks.ts'
import { freeSlot, type Decision, type DecisionContext } from '../decision.ts'

/** The moment of every situation: Unix and local monotonic milliseconds. */
export const now: number = Date.UTC(2026, 0, 1)
export const monotonic = 1_000_000

export const v4 = '51.15.129.35/32'
export const v6 = '2001:bc8:710:3c3b::/64'

export const policy: Policy = {
  deletionPolicy: 'Retain',
  maintenance: { onCordon: 'Move', delay: 0 },
  failback: { mode: 'Never', delay: 600_000 },
  foreignHolder: 'Refuse',
  onDrift: 'Adopt',
  nodeConfiguration: 'Agent',
  detection: { interval: 200, misses: 3, witnesses: 1 },
  paused: false,
}

export function failoverIP(change: Partial<FailoverIPInput> = {}): FailoverIPInput {
  return {
    key: 'ingress/web',
    uid: 'uid-web',
    generation: 1,
    createdAt: Date.UTC(2025, 0, 1),
    addresses: ['51.15.129.35'],
    account: 'cloud',
    policy,
    nodeSelector: {},
    tolerations: [],
    priority: 0,
    nodePreferences: [],
    deleting: false,
    protected: true,
    abandoned: false,
    status: {},
    ...change,
  }
}

export const capabilities: Capabilities = {
  unitPrefixLength: { ipv4: 32, ipv6: 64 },
  locationRule: { location: 'zone' },
  slotsPerServer: null,
  move: 'direct',
  release: true,
  asynchronous: true,
  eventualReadSeconds: 0,
  coolDownSeconds: 0,
  accountWindows: [],
  node: 'none',
  announce: false,
  ipMode: 'VIP',
}

/** A routing that no pure function may call. */
const untouchable: Routing = {
  observe: () => Promise.reject(new Error('nothing is read here')),
  resolve: () => Promise.reject(new Error('nothing is resolved here')),
  assign: () => Promise.reject(new Error('nothing is assigned here')),
  poll: () => Promise.reject(new Error('nothing is polled here')),
  release: () => Promise.reject(new Error('nothing is released here')),
  nodePlan: () => {
    throw new Error('nothing is configured here')
  },
}

export function account(change: Partial<Capabilities> = {}, recentOperations: readonly string[] = []): Account {
  return {
    key: 'cloud',
    provider: 'acme',
    capabilities: { ...capabilities, ...change },
    routing: untouchable,
    recentOperations: recentOperations.map((at) => ({ unit: v4, at })),
  }
}

export function serverOf(node: string): ServerReference {
  return { id: `server-${node}`, location: 'z' }
}

export function serversOf(nodes: readonly string[], known = true): ServerIndex {
  return indexServers(new Map(nodes.map((node) => [node, { kind: 'matched', node, server: serverOf(node) }])), known)
}

export interface Seen {
  /** Milliseconds ago that the read was begun. Default 0. */
  readonly age?: number
  readonly equalReads?: number
  readonly inFlight?: boolean
  readonly locked?: boolean
  readonly location?: string
}

/** `node` may be a node's name, a server or `null`. */
export function seen(unit: string, node: string | ServerReference | null, options: Seen = {}): UnitReading {
  const { age = 0, equalReads = 2, inFlight = false, locked = false, location = 'z' } = options
  const server = typeof node === 'string' ? serverOf(node) : node
  return reading({ kind: 'found', unit, location, server, inFlight, locked }, age, equalReads)
}

export function unseen(unit: string, age = 0, code: ProviderErrorCode = 'Transient'): UnitReading {
  const error = new ProviderError(code, 'The cloud is away.', { outcome: 'not-applied' })
  return reading({ kind: 'unknown', unit, error }, age, 1)
}

export function gone(unit: string): UnitReading {
  return reading({ kind: 'absent', unit }, 0, 1)
}

function reading(observation: Observation, age: number, equalReads: number): UnitReading {
  return { observation, requestedAt: monotonic - age, equalReads }
}

/** Recorded on a node, or nowhere. */
export function recorded(unit: string, node: string | undefined, change: Partial<AddressStatus> = {}): AddressStatus {
  const address = unit === v4 ? '51.15.129.35' : '2001:bc8:710:3c3b::1'
  return { address, unit, epoch: 7, ...(node === undefined ? {} : { node, server: serverOf(node) }), ...change }
}

export function operation(from: string, to: string, change: Partial<OperationRecord> = {}): OperationRecord {
  return {
    id: 'op',
    kind: 'assign',
    epoch: 7,
    reason: 'NodeDead',
    from: serverOf(from),
    to: serverOf(to),
    fromNode: from,
    toNode: to,
    startedAt: formatInstant(now - 1000),
    callTimeoutSeconds: 5,
    ...change,
  }
}

export function health(verdicts: Readonly<Record<string, Verdict>>, brake?: string): Health {
  return {
    at: monotonic,
    verdicts: new Map(Object.entries(verdicts).map(([node, verdict]) => [node, nodeVerdict(node, verdict)])),
    questions: [],
    brake: brake === undefined ? undefined : { message: brake },
    lookAgainAt: undefined,
  }
}

function nodeVerdict(node: string, verdict: Verdict): NodeVerdict {
  const quiet = verdict === 'dead' || verdict === 'suspect'
  return {
    node,
    verdict,
    reason: quiet ? 'ProbesSilent' : verdict === 'leaving' ? 'Cordoned' : 'Healthy',
    message: `${node} is ${verdict}`,
    rank: 0,
    unstable: false,
    lastAliveAt: quiet ? monotonic - 700 : monotonic,
    since: quiet ? monotonic - 100 : 0,
  }
}

export interface Situation extends Partial<DecisionContext> {
  readonly failoverIP?: Partial<FailoverIPInput>
  readonly addresses?: readonly AddressStatus[]
  readonly capabilities?: Partial<Capabilities>
  readonly nodes?: readonly string[]
  readonly serversKnown?: boolean
  readonly readings?: readonly UnitReading[]
  /** Where placement wants it. */
  readonly target?: string
}

export function contextOf(situation: Situation): DecisionContext {
  let id = 0
  return {
    now,
    monotonic,
    health: health({ a: 'healthy', b: 'healthy', c: 'healthy' }),
    nodesByName: new Map(),
    calls: new Map(),
    firstSeen: new Map([['op', monotonic - 60_000]]),
    hold: undefined,
    accountRoom: { changes: Number.POSITIVE_INFINITY, hold: undefined },
    otherChanges: [],
    slot: freeSlot,
    remarkOn: noRemark,
    newOperationID: () => `new-${(id += 1)}`,
    explain: () => undefined,
    dryRun: false,
    draining: false,
    ...situation,
  }
}

export function reviewOf(situation: Situation): FailoverIPReview {
  const { addresses, nodes = ['a', 'b', 'c'], readings = [], serversKnown } = situation
  const units = addresses ?? [recorded(v4, undefined)]
  const input = failoverIP({
    addresses: units.map(({ address }) => address),
    status: addresses === undefined ? {} : { addresses },
    ...situation.failoverIP,
  })
  return reviewFailoverIP(input, {
    account: account(situation.capabilities),
    servers: serversOf(nodes, serversKnown),
    readings: new Map(readings.map((each) => [each.observation.unit, each])),
    now,
    monotonic,
  })
}

/** What the engine would do in a situation. */
export function decideIn(situation: Situation): Decision {
  const { target } = situation
  const assignment = target === undefined ? undefined : { node: target, level: 'only' as const, standbys: [] }
  return decide(reviewOf(situation), assignment, contextOf(situation))
}
