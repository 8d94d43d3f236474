/** What happens to an address, as far as a class decides it. Times in milliseconds. */
export interface Policy {
  readonly deletionPolicy: 'Retain' | 'Release'
  readonly maintenance: { readonly onCordon: 'Move' | 'Ignore'; readonly delay: number }
  /** What draws it from a fit node to one that it likes better: nothing, that one once healthy for so long, or at once. */
  readonly failback: { readonly mode: 'Never' | 'Delayed' | 'Always'; readonly delay: number }
  readonly foreignHolder: 'Refuse' | 'TakeOver'
  readonly onDrift: 'Adopt' | 'Revert'
  /** Who puts the addresses on the nodes: the node agents, or somebody else, or nobody. */
  readonly nodeConfiguration: 'Agent' | 'Manual'
  readonly detection: { readonly interval: number; readonly misses: number; readonly witnesses: number }
  readonly paused: boolean
}

/** What one FailoverIP says differently. Groups may be given in part. */
export type PolicyOverrides = {
  readonly [Field in keyof Policy]?: Policy[Field] extends object ? Partial<Policy[Field]> : Policy[Field]
}

/** The class's policy with one FailoverIP's overrides. */
export function overridePolicy(policy: Policy, overrides: PolicyOverrides): Policy {
  return {
    ...policy,
    ...overrides,
    failback: { ...policy.failback, ...overrides.failback },
    maintenance: { ...policy.maintenance, ...overrides.maintenance },
    detection: { ...policy.detection, ...overrides.detection },
  }
}
