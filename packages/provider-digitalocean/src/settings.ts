import { z } from 'zod'

/** Not secret; all optional. */
export interface DigitalOceanParameters {
  /** Where the API is, without a slash at the end. Default: `https://api.digitalocean.com`. */
  readonly apiUrl: string
  /** Only addresses of this project count; IPv6 answers name no project and always count. Default: all of the account. */
  readonly projectId?: string | undefined
  /**
   * Under which name IPv4 addresses are asked for. `floating_ips` is the API's older name for the same things, for the
   * case that the newer one fails. Default: `reserved_ips`.
   */
  readonly ipv4Api: 'reserved_ips' | 'floating_ips'
  /**
   * How an address that a Droplet has moves to another. One action does it by DigitalOcean's how-to; `tryThenUnassign`
   * answers its refusal with two, when nothing but the old holder can be the reason. Default: `direct`.
   */
  readonly move: 'direct' | 'tryThenUnassign'
  /** Whether a Droplet has room for one address of each family or for one alone. Default: `perFamily`. */
  readonly slots: 'perFamily' | 'together'
  /** Ports that a firewall of our own lets in on all Droplets of a managed cluster, while there is a FailoverIP. Default: none. */
  readonly firewall?: FirewallParameters | undefined
}

export interface FirewallParameters {
  /** Of the DOKS cluster. */
  readonly clusterID: string
  /** `443` or `443/tcp`, `443/udp`. */
  readonly ports: readonly string[]
  /** Default: everybody. */
  readonly sourceRanges?: readonly string[] | undefined
}

/** Keys of the Secret. */
export interface DigitalOceanCredentials {
  readonly DIGITALOCEAN_ACCESS_TOKEN: string
}

const port = z
  .string()
  .regex(/^(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|[1-9]\d{0,3})(\/(tcp|udp))?$/, {
    error: 'must be a port like "443" or "443/udp"',
  })

const firewall = z.strictObject({
  clusterID: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'must be the identifier of a DOKS cluster')
    .describe('Of the DOKS cluster, whose Droplets carry the tag k8s:<clusterID>.'),
  ports: z.array(port).min(1, 'names no port').max(100, 'names more than 100 ports').describe('Like 443 or 443/udp.'),
  sourceRanges: z
    .array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'must be an address or a CIDR'))
    .min(1, 'names nobody')
    .max(100, 'names more than 100')
    .optional()
    .describe('Who is let in. Default: everybody.'),
})

const parameterFields = {
  apiUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://api.digitalocean.com')
    .describe('Address of the API. Default: https://api.digitalocean.com.'),
  projectId: z
    .guid('must be a UUID')
    .transform((id) => id.toLowerCase())
    .optional()
    .describe('Project whose IPv4 addresses count; IPv6 addresses name no project. Default: all of the account.'),
  ipv4Api: z
    .enum(['reserved_ips', 'floating_ips'])
    .default('reserved_ips')
    .describe('Name under which the API is asked for IPv4 addresses. Default: reserved_ips.'),
  move: z
    .enum(['direct', 'tryThenUnassign'])
    .default('direct')
    .describe(
      'How an address moves from one Droplet to another: by one action ("direct"), or, after its refusal, by unassigning ' +
        'and assigning ("tryThenUnassign"). Default: direct.',
    ),
  slots: z
    .enum(['perFamily', 'together'])
    .default('perFamily')
    .describe('Whether a Droplet has room for one address of each family, or for one alone. Default: perFamily.'),
  firewall: firewall
    .optional()
    .describe(
      'Ports that a firewall of our own lets in on the Droplets of a DOKS cluster while there is a FailoverIP.',
    ),
}

export const parameters: z.ZodType<DigitalOceanParameters> = z.object(parameterFields)

/** Nothing of a value is repeated in a message. A line end around a value, which `echo` leaves, is taken off. */
const token = z
  .string('is missing')
  .trim()
  .regex(/^[\x21-\x7e]{8,}$/, 'must be an access token: at least 8 characters, no spaces')

export const credentials: z.ZodType<DigitalOceanCredentials> = z.object({ DIGITALOCEAN_ACCESS_TOKEN: token })

/** Both in one, as the library names them. */
export const settings: z.ZodType<DigitalOceanParameters & { readonly token: string }> = z.strictObject({
  token,
  ...parameterFields,
})
