import { z } from 'zod'

/** Not secret; all optional. */
export interface NetcupParameters {
  /** `rest`, or the older `soap`, which netcup announced to end on 2026-05-01. Default: `rest`. */
  readonly transport: 'rest' | 'soap'
  /** Origin of the server control panel, without a slash at the end. Default: `https://www.servercontrolpanel.de`. */
  readonly apiUrl: string
  /** Where the SOAP service is. Default: `/WSEndUser` at `apiUrl`. */
  readonly soapUrl?: string | undefined
}

/** Keys of the Secret for REST. */
export interface RestCredentials {
  /** An offline token, as `npx @failover-ip/provider-netcup login` makes it. */
  readonly refreshToken: string
}

/** Keys of the Secret for SOAP. */
export interface SoapCredentials {
  /** The customer number. */
  readonly loginName: string
  /** That of the web service, which is set in the control panel and is not the panel's own. */
  readonly password: string
}

/** Told another refresh token when netcup replaces the one given; then only that one is valid. */
export type SaveRefreshToken = (change: { readonly refreshToken: string }) => Promise<void>

export type NetcupCredentials = RestCredentials | SoapCredentials

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((text) => text.replace(/\/+$/, ''))

const choice = 'must be "rest" or "soap"'
const apiUrl = url
  .default('https://www.servercontrolpanel.de')
  .describe('Origin of the server control panel. Default: https://www.servercontrolpanel.de.')
const soapUrl = url.optional().describe('Where the SOAP service is. Default: /WSEndUser at apiUrl.')

export const parameters: z.ZodType<NetcupParameters> = z.object({
  transport: z
    .enum(['rest', 'soap'], choice)
    .default('rest')
    .describe('The API to speak: "rest", or the older "soap", which netcup has announced to end. Default: rest.'),
  apiUrl,
  soapUrl,
})

/** A line end around a value, which `echo` leaves, is taken off. Nothing of a value is repeated in a message. */
const text: z.ZodType<string> = z.string('is missing').trim().min(1, 'is empty')

export const restCredentials: z.ZodType<RestCredentials> = z.object({ refreshToken: text })

export const soapCredentials: z.ZodType<SoapCredentials> = z.object({
  loginName: text,
  password: text,
})

/** What `createNetcup` is given, by transport. */
export const restSettings: z.ZodType<
  NetcupParameters & RestCredentials & { readonly saveCredentials?: SaveRefreshToken | undefined }
> = z.strictObject({
  transport: z.literal('rest', choice).default('rest'),
  apiUrl,
  refreshToken: text,
  saveCredentials: z.custom<SaveRefreshToken>((value) => typeof value === 'function', 'must be a function').optional(),
})

export const soapSettings: z.ZodType<NetcupParameters & SoapCredentials> = z.strictObject({
  transport: z.literal('soap', choice),
  apiUrl,
  soapUrl,
  loginName: text,
  password: text,
})
