import type { StandardSchema } from '@failover-ip/provider'
import { canonicalUnit } from '@failover-ip/provider-kit'
import { z } from 'zod'

/** A list of which the service leaves out the only element when it is empty. */
const texts = z.preprocess(asList, z.array(z.string()))

/** Names of the account's servers. */
export const serverNames: StandardSchema<unknown, readonly string[]> = z
  .object({ return: texts })
  .nullish()
  .transform((answer) => answer?.return ?? [])

/** Addresses and prefixes of a server in CIDR form, its own and those routed to it. */
export const serverAddresses: StandardSchema<unknown, readonly string[]> = z
  .object({ return: texts.pipe(z.array(z.string().transform(toUnit))) })
  .nullish()
  .transform((answer) => answer?.return ?? [])

export const serverState: StandardSchema<unknown, string> = z
  .object({ return: z.string() })
  .transform((answer) => answer.return)

export interface Interface {
  readonly mac: string
  readonly hasIPv4: boolean
}

export interface ServerInformation {
  readonly nickname: string | undefined
  readonly networks: readonly string[]
  readonly interfaces: readonly Interface[]
}

export const serverInformation: StandardSchema<unknown, ServerInformation> = z
  .object({
    return: z.object({
      ips: texts.pipe(z.array(z.string().transform(toUnit))),
      serverInterfaces: z.preprocess(asList, z.array(z.object({ mac: z.string().nullish(), ipv4IP: texts }))),
      vServerNickname: z.string().nullish(),
    }),
  })
  .transform(({ return: { ips, serverInterfaces, vServerNickname } }) => ({
    nickname: vServerNickname ?? undefined,
    networks: ips,
    interfaces: serverInterfaces.flatMap(({ mac, ipv4IP }) =>
      mac === null || mac === undefined ? [] : [{ mac: mac.toLowerCase(), hasIPv4: ipv4IP.length > 0 }],
    ),
  }))

/** The captured success is empty; the description says `true`. */
export const changed: StandardSchema<unknown, boolean> = z
  .object({ return: z.boolean().nullish() })
  .nullish()
  .transform((answer) => answer?.return ?? true)

function asList(value: unknown): unknown {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

function toUnit(text: string, context: z.core.$RefinementCtx): string {
  const unit = canonicalUnit(text)
  if (unit === undefined) context.addIssue({ code: 'custom', message: 'is no address or prefix', input: text })
  return unit ?? ''
}
