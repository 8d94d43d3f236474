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
export const parameters = z.object({
  /** Where the API is. Only tests and proxies need another. */
  apiUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://api.scaleway.com')
    .describe('Address of the API. Default: https://api.scaleway.com.'),
  /** Where addresses and Instances are looked for. Default: all zones that have Instances. */
  zones: z
    .array(z.string().regex(/^[a-z]{2}-[a-z]{3}-[1-9]$/, 'must be a zone like "fr-par-1"'))
    .min(1, 'must name at least one zone')
    .default(instanceZones)
    .describe('Zones in which addresses and Instances are looked for. Default: all zones that have Instances.'),
  /** Only for a key without a project: the organization whose addresses and Instances are looked at. */
  organizationId: z
    .guid('must be a UUID')
    .optional()
    .describe(
      'Organization whose addresses and Instances are looked at when the Secret names no project. Default: none.',
    ),
  /**
   * Whether an attached address is moved by one call. That this works in every state is not verified, so that a refusal
   * is followed by detach and attach; `releaseFirst` saves the refused call.
   */
  move: z
    .enum(['tryThenRelease', 'releaseFirst'])
    .default('tryThenRelease')
    .describe(
      'How an attached address moves: by one call, with detach and attach after a refusal ("tryThenRelease"), or always ' +
        'by detach and attach ("releaseFirst"). Default: tryThenRelease.',
    ),
})

/** Keys of the Secret. Nothing of a value is repeated in a message. */
export const credentials = z.object({
  SCW_ACCESS_KEY: z
    .string('is missing')
    .regex(/^SCW[A-Z0-9]{17}$/i, 'must be an access key: SCW and 17 letters or digits'),
  SCW_SECRET_KEY: z.string('is missing').pipe(z.guid('must be a secret key, which is a UUID')),
  SCW_DEFAULT_PROJECT_ID: z.guid("must be the project's UUID").optional(),
})

export type ScalewayParameters = z.output<typeof parameters>
export type ScalewayCredentials = z.output<typeof credentials>
