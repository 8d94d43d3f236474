import type { FailoverIPSpec, Toleration } from '@failover-ip/core'
import { z } from 'zod'
import { canonicalAddress } from './canonical-address.ts'
import { contradictionRule, nodePreferences, preferenceContradictions, spread } from './placement-schema.ts'
import { policyOverrideFields } from './policy-schema.ts'

const addressRule = 'has to be one IP address in canonical form: lower case, shortest IPv6, no prefix length'

const address: z.ZodType<string> = z
  .string()
  .max(45)
  .refine((text) => canonicalAddress(text) === text, addressRule)
  .meta({ 'x-kubernetes-validations': [{ rule: 'isIP(self) && ip.isCanonical(self)', message: addressRule }] })

const labelText = z.string().max(253)

const toleration: z.ZodType<Toleration> = z.object({
  key: z.exactOptional(labelText.meta({ description: "The taint's key. Default: every key." })),
  operator: z.exactOptional(
    z.enum(['Exists', 'Equal']).meta({ description: 'How the value is compared. Default: Equal.' }),
  ),
  value: z.exactOptional(labelText.meta({ description: "The taint's value. Default: empty." })),
  effect: z.exactOptional(
    z
      .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
      .meta({ description: "The taint's effect. Default: every effect." }),
  ),
})

/** `spec` of a FailoverIP. */
export const failoverIPSpecSchema: z.ZodType<FailoverIPSpec> = z
  .object({
    addresses: z
      .array(address)
      .min(1)
      .max(16)
      .superRefine((addresses, context) => {
        for (const [index, text] of addresses.entries()) {
          if (addresses.indexOf(text) === index) continue
          const message = `${text} is there twice`
          context.addIssue({ code: 'custom', path: [index], message, params: { duplicate: true } })
        }
      })
      .meta({
        description: 'The IP addresses that clients dial, in canonical form. They move as one. Required.',
        'x-kubernetes-list-type': 'set',
      }),
    className: z.exactOptional(
      z.string().min(1).max(253).meta({
        description:
          'The FailoverIPClass. Default: the class with the annotation failover-ip.dev/is-default-class: "true".',
      }),
    ),
    nodeSelector: z.exactOptional(
      z.record(z.string(), labelText).meta({
        description: 'Labels that a node has to have to hold the addresses. Default: every node may.',
        maxProperties: 32,
      }),
    ),
    tolerations: z.exactOptional(
      z.array(toleration).max(32).meta({
        description: 'Taints of nodes that are borne, as in a Pod. Default: none.',
        'x-kubernetes-list-type': 'atomic',
      }),
    ),
    priority: z.exactOptional(
      z.int32().meta({ description: 'When not all can be served, the higher number is. Default: 0.' }),
    ),
    nodePreferences: z.exactOptional(nodePreferences),
    spread: z.exactOptional(spread),
    serviceRef: z.exactOptional(
      z.object({ name: z.string().min(1).max(63).meta({ description: 'Name of the Service. Required.' }) }).meta({
        description:
          'A Service of type LoadBalancer in the same namespace whose load balancer the addresses are: they become its status.loadBalancer.ingress. Default: none.',
      }),
    ),
    ...policyOverrideFields,
  })
  .superRefine((wanted, context) => {
    for (const path of preferenceContradictions(wanted)) {
      context.addIssue({ code: 'custom', path: [...path], message: contradictionRule.message })
    }
  })
  .meta({ description: 'What is wanted.', 'x-kubernetes-validations': [contradictionRule] })
