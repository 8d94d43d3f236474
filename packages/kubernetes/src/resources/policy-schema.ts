import type { Policy, PolicyOverrides } from '@failover-ip/core'
import { z } from 'zod'
import { durationPattern, parseDuration } from '../time/duration.ts'

const durationRule = 'has to be a duration such as 200ms, 30s or 1h30m'

/** A duration in Go's form, read as milliseconds. */
export const duration: z.ZodType<number, string> = z
  .string()
  .max(32)
  .regex(durationPattern, durationRule)
  .transform((text, context) => {
    const milliseconds = parseDuration(text)
    if (milliseconds !== undefined) return milliseconds
    context.addIssue({ code: 'custom', message: durationRule })
    return z.NEVER
  })

const deletionPolicy = z.enum(['Retain', 'Release'])
const onCordon = z.enum(['Move', 'Ignore'])
const failbackMode = z.enum(['Never', 'Delayed', 'Always'])
const foreignHolder = z.enum(['Refuse', 'TakeOver'])
const onDrift = z.enum(['Adopt', 'Revert'])
const nodeConfiguration = z.enum(['Agent', 'Manual'])
const intervalRule = 'has to be from 50ms to 1m'
const interval = duration
  .refine((value) => value >= 50 && value <= 60_000, intervalRule)
  .meta({
    'x-kubernetes-validations': [
      { rule: "duration(self) >= duration('50ms') && duration(self) <= duration('1m')", message: intervalRule },
    ],
  })
const misses = z.int32().min(1).max(100)
const witnesses = z.int32().min(0).max(10)

/** What each field does, without its default. */
const says = {
  deletionPolicy:
    'What happens to the routing when the FailoverIP is deleted. Retain leaves it as it is, so that uninstalling cuts no traffic; Release takes the address from its server.',
  maintenance: 'What a cordoned node means for the addresses it holds.',
  onCordon: 'Move: they leave, if another fit node exists. Ignore: they stay until the node is drained or gone.',
  maintenanceDelay: 'How long a node has to be cordoned before its addresses leave.',
  failback: 'Whether an address leaves a node that serves it well for one that nodePreferences like better.',
  failbackMode:
    'Never: it stays until the node fails or leaves. Delayed: it goes once the better liked node has been healthy for the delay. Always: it goes as soon as that node is no worse in health. A node that has failed counts as worse for ten minutes after its return.',
  failbackDelay: 'For Delayed: how long the better liked node has to be healthy, counted anew by each leader.',
  foreignHolder:
    'What to do when a server that this FailoverIP never recorded holds the address. Refuse: nothing, and say so. TakeOver: move it.',
  onDrift:
    'What to do when somebody else has moved the address to another node of this cluster. Adopt: leave it there. Revert: move it back once.',
  nodeConfiguration:
    'Who puts the addresses on the nodes, where the provider needs that. Agent: the node agents, told by the status. Manual: somebody else, or nobody, since Services alone are served; agents are told nothing, and there is no condition Configured.',
  detection: 'How quickly a silent node counts as dead. Shorter finds a death sooner and a hiccup more often.',
  interval: 'Time between two probes of a node that holds an address, from 50ms to 1m.',
  misses: 'How many probes in a row have to stay unanswered.',
  witnesses: 'How many other nodes have to agree that a node is silent.',
  paused: 'While true, addresses are observed and the node they would go to is shown, but nothing is changed.',
}

/** A field that falls back to the class. */
function override<Schema extends z.ZodType>(schema: Schema, text: string): z.ZodExactOptional<Schema> {
  return z.exactOptional(schema.meta({ description: `${text} Default: what the class says.` }))
}

/** Fields of a FailoverIP: none has a default, or the API server would freeze the class's value of today in it. */
export const policyOverrideFields: {
  readonly [Field in keyof Policy]: z.ZodExactOptional<z.ZodType<NonNullable<PolicyOverrides[Field]>>>
} = {
  deletionPolicy: override(deletionPolicy, says.deletionPolicy),
  maintenance: override(
    z.object({ onCordon: override(onCordon, says.onCordon), delay: override(duration, says.maintenanceDelay) }),
    says.maintenance,
  ),
  failback: override(
    z.object({ mode: override(failbackMode, says.failbackMode), delay: override(duration, says.failbackDelay) }),
    says.failback,
  ),
  foreignHolder: override(foreignHolder, says.foreignHolder),
  onDrift: override(onDrift, says.onDrift),
  nodeConfiguration: override(nodeConfiguration, says.nodeConfiguration),
  detection: override(
    z.object({
      interval: override(interval, says.interval),
      misses: override(misses, says.misses),
      witnesses: override(witnesses, says.witnesses),
    }),
    says.detection,
  ),
  paused: override(z.boolean(), says.paused),
}

/** A field of the class, with its default in the schema and in words. */
function withDefault<Output, Input extends string | number | boolean>(
  schema: z.ZodType<Output, Input>,
  value: Input,
  text: string,
): z.ZodPrefault<z.ZodType<Output, Input>> {
  return z.prefault(schema, value).meta({ description: `${text} Default: ${value}.` })
}

/** Fields of a FailoverIPClass. */
export const policyFields: { readonly [Field in keyof Policy]: z.ZodType<Policy[Field]> } = {
  deletionPolicy: withDefault(deletionPolicy, 'Retain', says.deletionPolicy),
  maintenance: z
    .object({
      onCordon: withDefault(onCordon, 'Move', says.onCordon),
      delay: withDefault(duration, '0s', says.maintenanceDelay),
    })
    .prefault({})
    .meta({ description: `${says.maintenance} Default: addresses move at once.` }),
  failback: z
    .object({
      mode: withDefault(failbackMode, 'Never', says.failbackMode),
      delay: withDefault(duration, '10m', says.failbackDelay),
    })
    .prefault({})
    .meta({ description: `${says.failback} Default: it does not.` }),
  foreignHolder: withDefault(foreignHolder, 'Refuse', says.foreignHolder),
  onDrift: withDefault(onDrift, 'Adopt', says.onDrift),
  nodeConfiguration: withDefault(nodeConfiguration, 'Agent', says.nodeConfiguration),
  detection: z
    .object({
      interval: withDefault(interval, '200ms', says.interval),
      misses: withDefault(misses, 3, says.misses),
      witnesses: withDefault(witnesses, 1, says.witnesses),
    })
    .prefault({})
    .meta({ description: `${says.detection} Default: 3 probes 200ms apart, and 1 witness.` }),
  paused: withDefault(z.boolean(), false, says.paused),
}
