import {
  overridePolicy,
  type FailoverIPInput,
  type FailoverIPSpec,
  type FailoverIPStatus,
  type Policy,
  type SpreadRule,
} from '@failover-ip/core'
import { abandonAnnotation, type ResourceIdentity } from '@failover-ip/kubernetes'
import type { Problem } from './problem.ts'

/** What one FailoverIP's input is made of. */
export interface InputParts {
  readonly identity: ResourceIdentity
  readonly spec: FailoverIPSpec
  readonly status: FailoverIPStatus
  /** Of its class, or the defaults while it has none. */
  readonly policy: Policy
  readonly account: string | undefined
  /** The class of the account. */
  readonly className: string | undefined
  readonly problem: Problem | undefined
  /** It is served all the same. */
  readonly warning: Problem | undefined
}

export function failoverIPInputOf({
  identity,
  spec,
  status,
  policy,
  account,
  className,
  problem,
  warning: wrong,
}: InputParts): FailoverIPInput {
  const warning = wayOut(identity) ?? wrong
  return {
    key: identity.key,
    uid: identity.uid,
    generation: identity.generation,
    createdAt: identity.createdAt,
    addresses: spec.addresses,
    ...(account === undefined ? {} : { account }),
    ...(className === undefined || problem !== undefined ? {} : { className }),
    policy: overridePolicy(policy, overridesOf(spec)),
    nodeSelector: spec.nodeSelector ?? {},
    tolerations: spec.tolerations ?? [],
    priority: spec.priority ?? 0,
    nodePreferences: spec.nodePreferences ?? [],
    ...(spec.spread === undefined ? {} : { spread: inNamespace(spec.spread, identity) }),
    deleting: identity.deleting,
    protected: identity.hasFinalizer,
    abandoned: identity.annotations[abandonAnnotation] === 'true',
    ...(problem === undefined ? {} : { problem }),
    ...(warning === undefined ? {} : { warning }),
    status,
  }
}

/** Said while a deletion waits: whoever reads it may not be able to repair the provider or its Secret. */
function wayOut({ deleting, hasFinalizer }: ResourceIdentity): Problem | undefined {
  if (!deleting || !hasFinalizer) return undefined
  const message = `To let it go with its addresses where they are, set the annotation ${abandonAnnotation} to "true".`
  return { reason: 'Deleting', message }
}

/** Nobody's limit counts in another namespace. */
function inNamespace(spread: SpreadRule, { namespace = '' }: ResourceIdentity): SpreadRule {
  return { ...spread, group: `${namespace}/${spread.group}` }
}

/** The spec without what is no policy. */
function overridesOf(spec: FailoverIPSpec): Omit<FailoverIPSpec, OwnField> {
  const { addresses: _a, className: _c, nodeSelector: _n, tolerations: _t, priority: _p, ...others } = spec
  const { nodePreferences: _l, spread: _s, serviceRef: _r, ...overrides } = others
  return overrides
}

type OwnField =
  | 'addresses'
  | 'className'
  | 'nodeSelector'
  | 'tolerations'
  | 'priority'
  | 'nodePreferences'
  | 'spread'
  | 'serviceRef'
