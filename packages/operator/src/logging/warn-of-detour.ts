import type { EngineInput } from '@failover-ip/core'
import { canonicalAddress } from '@failover-ip/kubernetes'
import type { Logger } from '@failover-ip/process'

/**
 * An operator that reaches the API server through an address that it moves is cut off together with that address. Says
 * so once for each FailoverIP, as far as the server's address tells; names are not looked up.
 */
export function warnOfDetour(logger: Logger, server: string): (input: EngineInput) => void {
  const host = URL.parse(server)?.hostname.replaceAll(/^\[|\]$/g, '') ?? ''
  const address = canonicalAddress(host)
  let told: string | undefined
  return ({ failoverIPs }) => {
    if (address === undefined) return
    const owner = failoverIPs.find(({ addresses }) => addresses.includes(address))?.key
    if (owner !== undefined && owner !== told) {
      const message = `The API server is reached through ${address}, an address of a FailoverIP: if its node dies, this operator is cut off with it. Give it another way to the API server.`
      logger.warn(message, { failoverIP: owner, server })
    }
    told = owner
  }
}
