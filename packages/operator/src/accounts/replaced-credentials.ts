import type { CallOptions } from '@failover-ip/provider'
import type { SecretRecord } from '../caches/secret-record.ts'
import type { SecretSource } from './account-settings.ts'
import type { SaveSecret } from './save-secret.ts'

/** Credentials that the cloud replaces while an account is open. */
export interface ReplacedCredentials {
  /** Whether what the Secret holds now is what the account has: as it was opened, or as it wrote it itself. */
  isOwn(fingerprint: string): boolean
  readonly save: (change: SecretRecord, options: CallOptions) => Promise<void>
}

/**
 * Writes what an account replaces back into the Secret it came from. Its own write, which comes back by the watch, is
 * known before it is sent: an account opened anew would log in again, and the cloud would replace the credentials again.
 */
export function createReplacedCredentials(
  { name, data, fingerprintWith }: SecretSource,
  options: {
    readonly saveSecret: SaveSecret
    /** What the Secret holds, as far as it is known. */
    readonly current: () => SecretRecord | undefined
    readonly onSecret: (name: string, values: readonly string[]) => void
  },
): ReplacedCredentials {
  let stored = data
  let own: readonly string[] = [fingerprintWith(data)]
  return {
    isOwn: (fingerprint) => own.includes(fingerprint),
    save: async (change, { signal }) => {
      const next = { ...stored, ...change }
      const fingerprint = fingerprintWith(next)
      // The values before stay among them: a cache that lags behind shows them once more.
      own = [fingerprintWith(stored), fingerprint]
      // Of a name of its own, so that a cache that lags behind does not make it forgotten.
      options.onSecret(`${name} (replaced)`, Object.values(next))
      const current = options.current()
      const isWritten = current !== undefined && fingerprintWith(current) === fingerprint
      if (!isWritten) await options.saveSecret(name, stored, change, { signal })
      stored = next
    },
  }
}
