import { defineProvider, ProviderError } from '@failover-ip/provider'
import type { Provider, ProviderContext, Routing } from '@failover-ip/provider'
import { restCapabilities, soapCapabilities } from './capabilities.ts'
import { createSession } from './login/session.ts'
import { createRestApi } from './rest/rest-api.ts'
import { createRestRouting } from './rest/rest-routing.ts'
import { parameters, restCredentials, soapCredentials } from './settings.ts'
import type { NetcupCredentials, NetcupParameters } from './settings.ts'
import { createSoapApi } from './soap/soap-api.ts'
import { createSoapRouting } from './soap/soap-routing.ts'

/** netcup's failover IPv4 addresses and IPv6 prefixes (/64). */
export const netcup: Provider<NetcupParameters, NetcupCredentials> = defineProvider({
  specificationVersion: 'v1',
  name: 'netcup',
  providerIDPrefix: 'netcup://',
  parameters,
  credentials: restCredentials,
  capabilities: restCapabilities,
  variant: ({ transport }) =>
    transport === 'soap'
      ? { capabilities: soapCapabilities, credentials: soapCredentials }
      : { capabilities: restCapabilities, credentials: restCredentials },
  create: createRouting,
})

type Context = ProviderContext<NetcupParameters, NetcupCredentials>

function createRouting({ parameters: given, credentials, fetch, clock, userAgent, saveCredentials }: Context): Routing {
  const { transport, apiUrl, soapUrl = `${apiUrl}/WSEndUser` } = given
  const shared = { fetch, clock, userAgent }
  if (transport === 'soap' && 'loginName' in credentials) {
    const routing = createSoapRouting(createSoapApi({ ...shared, url: soapUrl, credentials }), clock)
    return { ...routing, accountID: () => `customer ${credentials.loginName}` }
  }
  if (transport === 'rest' && 'refreshToken' in credentials) {
    const endpoint = { ...shared, apiUrl }
    const session = createSession({ ...endpoint, refreshToken: credentials.refreshToken, saveCredentials })
    const routing = createRestRouting(createRestApi(endpoint, session), clock)
    return { ...routing, accountID: () => (session.userId === undefined ? undefined : `user ${session.userId}`) }
  }
  const message = `The credentials are not those of netcup's transport "${transport}".`
  throw new ProviderError('Denied', message, { outcome: 'not-applied' })
}
