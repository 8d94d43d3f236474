import { canonicalUnit } from '@failover-ip/provider-kit'
import { z } from 'zod'

/** The zones that have Instances, as of `@scaleway/sdk-instance` 1.4. */
const instanceZones = [
  'fr-par-1',
  'fr-par-2',
  'fr-par-3',
  'nl-ams-1',
  'nl-ams-2',
  'nl-ams-3',
  'pl-waw-1',
  'pl-waw-2',
  'pl-waw-3',
]

/** Not secret; all optional. */
export interface ScalewayParameters {
  /** Where the API is, without a slash at the end. Default: `https://api.scaleway.com`. */
  readonly apiUrl: string
  /** Where addresses and Instances are looked for. Default: all zones that have Instances. */
  readonly zones: readonly string[]
  /** Only for a Secret without a project: the organization whose addresses and Instances are looked at. */
  readonly organizationId?: string | undefined
  /**
   * How an attached address moves. That one call does it in every state is not verified, so that a refusal is followed
   * by detach and attach; `releaseFirst` saves the refused call. Default: `tryThenRelease`.
   */
  readonly move: 'tryThenRelease' | 'releaseFirst'
  /** Where addresses and Instances are looked for. Default: the project of the Secret, else whatever the key can see. */
  readonly projectIds?: readonly string[] | undefined
  /** Written after an address was assigned. Default: none. */
  readonly reverseNames: ReverseNames
}

/** Host name by address: what the reverse DNS shall say of addresses that this provider assigns. */
export type ReverseNames = Readonly<Record<string, string>>

/** Keys of the Secret. */
export interface ScalewayCredentials {
  readonly SCW_ACCESS_KEY: string
  readonly SCW_SECRET_KEY: string
  /** Default: whatever the key can see. */
  readonly SCW_DEFAULT_PROJECT_ID?: string | undefined
}

const hostName = /^(?=.{1,253}\.?$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?$/i

const parameterFields = {
  apiUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://api.scaleway.com')
    .describe('Address of the API. Default: https://api.scaleway.com.'),
  zones: z
    .array(z.string().regex(/^[a-z]{2}-[a-z]{3}-[1-9]$/, 'must be a zone like "fr-par-1"'))
    .min(1, 'must name at least one zone')
    .transform((zones) => [...new Set(zones)])
    .default(instanceZones)
    .describe('Zones in which addresses and Instances are looked for. Default: all zones that have Instances.'),
  organizationId: z
    .guid('must be a UUID')
    .optional()
    .describe(
      'Organization whose addresses and Instances are looked at when the Secret names no project. Default: none.',
    ),
  move: z
    .enum(['tryThenRelease', 'releaseFirst'])
    .default('tryThenRelease')
    .describe(
      'How an attached address moves: by one call, with detach and attach after a refusal ("tryThenRelease"), or always ' +
        'by detach and attach ("releaseFirst"). Default: tryThenRelease.',
    ),
  projectIds: z
    .array(z.guid('must be a UUID').toLowerCase())
    .min(1, 'must name at least one project')
    .transform((projects) => [...new Set(projects)])
    .optional()
    .describe("Projects in which addresses and Instances are looked for. Default: the Secret's project."),
  reverseNames: z
    .record(z.string(), z.string().regex(hostName, 'must be a host name like "web.example.org"'))
    .transform((names, context) => {
      const canonical = Object.entries(names).map(([address, name]) => {
        const unit = address.includes('/') ? undefined : canonicalUnit(address)
        if (unit === undefined) context.addIssue({ code: 'custom', message: `"${address}" is no address` })
        return [unit?.slice(0, unit.indexOf('/')) ?? '', name] as const
      })
      return Object.fromEntries(canonical)
    })
    .default({})
    .describe(
      'Host name by address: what the reverse DNS says of addresses that are assigned. Scaleway takes a name only when it ' +
        'leads to the address. Default: none.',
    ),
}

export const parameters: z.ZodType<ScalewayParameters> = z.object(parameterFields)

/** Nothing of a value is repeated in a message. A line end around a value, which `echo` leaves, is taken off. */
const accessKey = z
  .string('is missing')
  .trim()
  .regex(/^SCW[A-Z0-9]{17}$/i, 'must be an access key: SCW and 17 letters or digits')
const secretKey = z.string('is missing').trim().pipe(z.guid('must be a secret key, which is a UUID'))
const projectId = z.string().trim().pipe(z.guid("must be the project's UUID")).optional()

export const credentials: z.ZodType<ScalewayCredentials> = z.object({
  SCW_ACCESS_KEY: accessKey,
  SCW_SECRET_KEY: secretKey,
  SCW_DEFAULT_PROJECT_ID: projectId,
})

interface ParsedSettings extends ScalewayParameters {
  readonly accessKey: string
  readonly secretKey: string
  readonly projectId?: string | undefined
}

/** Both in one, as the library names them. */
export const settings: z.ZodType<ParsedSettings> = z.strictObject({
  accessKey,
  secretKey,
  projectId,
  ...parameterFields,
})
