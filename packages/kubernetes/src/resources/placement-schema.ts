import type { FailoverIPSpec, NodePreference, SpreadRule } from '@failover-ip/core'
import { z } from 'zod'

/** A rule in CEL, as a definition takes it. */
export interface ValidationRule {
  readonly rule: string
  readonly message: string
  readonly fieldPath?: string
}

const labels = z.record(z.string(), z.string().max(63)).meta({
  description: 'Labels that a node has to have to be liked better, all of them. Required.',
  minProperties: 1,
  maxProperties: 32,
})

const nodePreference: z.ZodType<NodePreference> = z.object({
  weight: z.int32().min(1).max(100).meta({
    description: 'How much better such a node is liked, from 1 to 100; weights add up. Required.',
  }),
  nodeSelector: labels.superRefine((selector, context) => {
    if (Object.keys(selector).length > 0) return
    const message = 'has to name at least one label'
    context.addIssue({ code: 'too_small', origin: 'record', minimum: 1, input: selector, message })
  }),
})

/** `nodePreferences` of a FailoverIP. */
export const nodePreferences: z.ZodType<readonly NodePreference[]> = z.array(nodePreference).max(16).meta({
  description:
    'Which nodes are liked better, of those that may hold the addresses. Health comes before liking; failback says what happens when a better liked node comes or comes back. Default: all nodes are liked alike.',
  'x-kubernetes-list-type': 'atomic',
})

/** Said of the whole spec, because it relates two fields of it. */
export const contradictionRule: ValidationRule = {
  rule: '!has(self.nodeSelector) || !has(self.nodePreferences) || self.nodePreferences.all(preference, preference.nodeSelector.all(key, !(key in self.nodeSelector) || self.nodeSelector[key] == preference.nodeSelector[key]))',
  message: 'no node can have a label that the nodeSelector requires to be different',
  fieldPath: '.nodePreferences',
}

/** The paths at which a preference asks for what the node selector excludes; none or one. */
export function preferenceContradictions({
  nodeSelector = {},
  nodePreferences: preferences = [],
}: FailoverIPSpec): readonly (readonly string[])[] {
  const required = new Map(Object.entries(nodeSelector))
  const isContradicted = ({ nodeSelector: wanted }: NodePreference): boolean =>
    Object.entries(wanted).some(([key, value]) => required.has(key) && required.get(key) !== value)
  return preferences.some(isContradicted) ? [['nodePreferences']] : []
}

const limit = z.int32().min(1)

const anyLimit: ValidationRule = {
  rule: 'has(self.maxPerNode) || has(self.maxPerZone)',
  message: 'needs maxPerNode, maxPerZone or both',
}
const nestedLimits: ValidationRule = {
  rule: '!has(self.maxPerNode) || !has(self.maxPerZone) || self.maxPerNode <= self.maxPerZone',
  message: 'maxPerNode cannot be more than maxPerZone, for a node lies in a zone',
}

/** `spread` of a FailoverIP. */
export const spread: z.ZodType<SpreadRule> = z
  .object({
    group: z
      .string()
      .min(1)
      .max(63)
      .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'has to look like the value of a label')
      .meta({
        description: 'FailoverIPs of the namespace and the class that name the same group keep apart. Required.',
      }),
    maxPerNode: z.exactOptional(
      limit.meta({ description: 'How many of the group may be on one node, at least 1. Default: no limit.' }),
    ),
    maxPerZone: z.exactOptional(
      limit.meta({
        description:
          'How many of the group may be in one zone, at least 1. The zone is the label topology.kubernetes.io/zone of the node, without it the location of its server. Default: no limit.',
      }),
    ),
  })
  .refine(({ maxPerNode, maxPerZone }) => maxPerNode !== undefined || maxPerZone !== undefined, anyLimit.message)
  .refine(({ maxPerNode = 1, maxPerZone = Number.POSITIVE_INFINITY }) => maxPerNode <= maxPerZone, nestedLimits.message)
  .meta({
    description:
      'How far FailoverIPs that name the same group keep apart. One for which no node is left is not placed; the others are. Default: they need not.',
    'x-kubernetes-validations': [anyLimit, nestedLimits],
  })
