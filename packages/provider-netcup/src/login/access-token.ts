import { ProviderError } from '@failover-ip/provider'
import { z } from 'zod'

const claims = z.object({ id: z.union([z.number().int().positive(), z.string().regex(/^\d{1,18}$/)]) })

/**
 * Number of the user, which paths of the REST API carry: the claim `id` of the access token. The token is not verified,
 * since it comes from the login itself and goes nowhere but to netcup.
 */
export function userIdOf(accessToken: string): string {
  const [, payload = ''] = accessToken.split('.')
  const parsed = claims.safeParse(decode(payload))
  if (parsed.success) return String(parsed.data.id)
  const message = 'netcup\'s access token names no user: its claim "id" is missing. Use a token of netcup\'s own login.'
  throw new ProviderError('Denied', message, { outcome: 'not-applied' })
}

function decode(base64url: string): unknown {
  try {
    const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (character) => character.codePointAt(0) ?? 0)))
  } catch {
    return undefined
  }
}
