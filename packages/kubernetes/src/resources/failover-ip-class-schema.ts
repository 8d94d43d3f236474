import { z } from 'zod'
import { canonicalAddress, canonicalCidr } from './canonical-address.ts'
import type { FailoverIPClassSpec, LabelSelector, LabelSelectorRequirement } from './failover-ip-class.ts'
import { policyFields } from './policy-schema.ts'

const rangeRule =
  'has to be an IP address or a network in canonical form: lower case, shortest IPv6, no bits set beyond the prefix'

const range: z.ZodType<string> = z
  .string()
  .max(49)
  .refine((text) => (canonicalAddress(text) ?? canonicalCidr(text)) === text, rangeRule)
  .meta({
    'x-kubernetes-validations': [
      {
        rule: 'isIP(self) ? ip.isCanonical(self) : isCIDR(self) && string(cidr(self).masked()) == self',
        message: rangeRule,
      },
    ],
  })

const requirement: z.ZodType<LabelSelectorRequirement> = z.object({
  key: z.string().min(1).max(317).meta({ description: 'Key of the label. Required.' }),
  operator: z
    .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
    .meta({ description: 'How the label relates to the values. Required.' }),
  values: z.exactOptional(
    z
      .array(z.string().max(63))
      .max(64)
      .meta({ description: 'Values, for In and NotIn. Default: none.', 'x-kubernetes-list-type': 'atomic' }),
  ),
})

const labelSelector: z.ZodType<LabelSelector> = z.object({
  matchLabels: z.exactOptional(
    z
      .record(z.string(), z.string().max(63))
      .meta({ description: 'Labels and their values, all of them. Default: none.', maxProperties: 32 }),
  ),
  matchExpressions: z.exactOptional(
    z
      .array(requirement)
      .max(32)
      .meta({ description: 'Further requirements, all of them. Default: none.', 'x-kubernetes-list-type': 'atomic' }),
  ),
})

export const controllerRule: string = 'cannot be changed; make a new class'

/** `spec` of a FailoverIPClass. */
export const failoverIPClassSpecSchema: z.ZodType<FailoverIPClassSpec> = z
  .object({
    controllerName: z
      .string()
      .min(3)
      .max(253)
      .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9._/-]+$/, 'has to look like failover-ip.dev/scaleway')
      .meta({
        description: 'The operator that serves this class, e.g. failover-ip.dev/scaleway. Cannot be changed. Required.',
        'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: controllerRule }],
      }),
    credentialsSecretRef: z.exactOptional(
      z.object({ name: z.string().min(1).max(253).meta({ description: 'Name of the Secret. Required.' }) }).meta({
        description: "The Secret with the account's credentials, in the operator's namespace. Default: none.",
      }),
    ),
    parameters: z
      .record(z.string(), z.unknown())
      .prefault({})
      .meta({ description: "Settings of the provider, see its page. Default: the provider's own defaults." }),
    addresses: z.array(range).max(256).prefault([]).meta({
      description:
        'Addresses and networks that FailoverIPs of this class may use; nothing else is ever touched. Default: none.',
      'x-kubernetes-list-type': 'atomic',
    }),
    namespaceSelector: z.exactOptional(
      labelSelector.meta({
        description: 'Namespaces whose FailoverIPs may use this class. Default: all.',
        'x-kubernetes-map-type': 'atomic',
      }),
    ),
    ...policyFields,
  })
  .meta({ description: 'What is allowed and preferred.' })
