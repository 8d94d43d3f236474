import { configureProvider, parseOptions } from '@failover-ip/provider'
import type { ConfiguredProvider, OpenContext } from '@failover-ip/provider'
import { z } from 'zod'
import { netcup } from './netcup.ts'
import { restSettings, soapSettings, type SaveRefreshToken } from './settings.ts'

/** REST, the default, or SOAP. */
export type NetcupSettings = { readonly apiUrl?: string } & (
  | {
      readonly transport?: 'rest'
      readonly refreshToken: string
      readonly saveCredentials?: SaveRefreshToken
    }
  | {
      readonly transport: 'soap'
      readonly loginName: string
      readonly password: string
      readonly soapUrl?: string
    }
)

/**
 * An account at netcup, for use as a library. Throws a `ConfigurationError` that names what is wrong with the settings.
 *
 * @example
 * const provider = createNetcup({ refreshToken, saveCredentials: ({ refreshToken }) => writeFile('token', refreshToken) })
 */
export function createNetcup(given: NetcupSettings): ConfiguredProvider {
  const fetch = globalThis.fetch
  if (isSoap.safeParse(given).success) {
    const { loginName, password, ...parameters } = parseOptions(soapSettings, given, 'createNetcup')
    return configureProvider(netcup, { parameters, credentials: { loginName, password }, fetch })
  }
  const { refreshToken, saveCredentials: save, ...parameters } = parseOptions(restSettings, given, 'createNetcup')
  const account = configureProvider(netcup, { parameters, credentials: { refreshToken }, fetch })
  if (save === undefined) return account
  const saveCredentials: OpenContext['saveCredentials'] = (change) =>
    save({ refreshToken: change['refreshToken'] ?? '' })
  return { ...account, open: (context) => account.open({ ...context, saveCredentials }) }
}

const isSoap = z.looseObject({ transport: z.literal('soap') })
