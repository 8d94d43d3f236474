import { configureProvider } from '@failover-ip/provider'
import type { ConfiguredProvider, OpenContext } from '@failover-ip/provider'
import { netcup } from './netcup.ts'
import { parameters, restCredentials, soapCredentials } from './settings.ts'

/** REST, the default, or SOAP. */
export type NetcupSettings = { readonly apiUrl?: string } & (
  | {
      readonly transport?: 'rest'
      readonly refreshToken: string
      /** Told another refresh token when netcup replaces the one given; then only that one is valid. */
      readonly saveCredentials?: (change: { readonly refreshToken: string }) => Promise<void>
    }
  | {
      readonly transport: 'soap'
      readonly loginName: string
      readonly password: string
      readonly soapUrl?: string
    }
)

/**
 * An account at netcup, for use as a library. Throws a `TypeError` that names what is wrong with the settings.
 *
 * @example
 * const provider = createNetcup({ refreshToken, saveCredentials: ({ refreshToken }) => writeFile('token', refreshToken) })
 */
export function createNetcup(settings: NetcupSettings): ConfiguredProvider {
  const { apiUrl } = settings
  const [given, keys] =
    settings.transport === 'soap'
      ? [
          parameters.safeParse({ transport: 'soap', apiUrl, soapUrl: settings.soapUrl }),
          soapCredentials.safeParse({ loginName: settings.loginName, password: settings.password }),
        ]
      : [parameters.safeParse({ apiUrl }), restCredentials.safeParse({ refreshToken: settings.refreshToken })]
  if (!given.success || !keys.success) {
    const issues = [...(given.error?.issues ?? []), ...(keys.error?.issues ?? [])]
    const problems = issues.map(({ path, message }) => `${path.join('.')} ${message}`)
    throw new TypeError(`The settings for netcup are wrong: ${problems.join('; ')}.`)
  }
  const configured = { parameters: given.data, credentials: keys.data, fetch: globalThis.fetch }
  const account = configureProvider(netcup, configured)
  if (settings.transport === 'soap' || settings.saveCredentials === undefined) return account
  const { saveCredentials: save } = settings
  const saveCredentials: OpenContext['saveCredentials'] = ({ refreshToken = '' }) => save({ refreshToken })
  return { ...account, open: (context) => account.open({ ...context, saveCredentials }) }
}
