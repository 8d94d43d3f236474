import type { Account } from '../domain/account.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { NodeState } from '../domain/node.ts'
import { overridePolicy } from '../domain/policy.ts'
import { parseProbeAddress } from '../ports/probe-address.ts'
import type { FailoverIPDefinition, FailoverNode } from './failover-options.ts'
import { libraryPolicy } from './library-policy.ts'

/** A node of the library form as the engine knows nodes: what Kubernetes would say is left at its harmless default. */
export function nodeState({ name, providerID, probe, labels = {} }: FailoverNode): NodeState {
  const host = parseProbeAddress(probe)?.host
  return {
    facts: { name, providerID, addresses: host === undefined ? [] : [host], labels, annotations: {} },
    uid: providerID,
    unschedulable: false,
    taints: [],
    networkUnavailable: false,
    deleting: false,
    probeAddress: probe,
  }
}

export interface FailoverIPContext {
  readonly account: Account['key']
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly statuses: ReadonlyMap<string, FailoverIPStatus>
}

/** A FailoverIP of the library form as the engine knows them. */
export function failoverIPInput(definition: FailoverIPDefinition, context: FailoverIPContext): FailoverIPInput {
  const { name, addresses, nodeSelector = {}, priority = 0, nodePreferences = [], spread, ...overrides } = definition
  return {
    key: name,
    uid: name,
    generation: 1,
    createdAt: context.startedAt,
    addresses,
    account: context.account,
    policy: overridePolicy(libraryPolicy, overrides),
    nodeSelector,
    tolerations: [],
    priority,
    nodePreferences,
    ...(spread === undefined ? {} : { spread }),
    deleting: false,
    protected: true,
    abandoned: false,
    status: context.statuses.get(name) ?? {},
  }
}
