import { secretResource, type KubernetesClient } from '@failover-ip/kubernetes'
import type { CallOptions } from '@failover-ip/provider'
import { type Logger, errorText } from '@failover-ip/process'
import type { SecretRecord } from '../caches/secret-record.ts'

/** Replaces values of a Secret of the operator's namespace, if it still holds those of `before`. Rejects when it does not. */
export type SaveSecret = (
  name: string,
  before: SecretRecord,
  change: SecretRecord,
  options: CallOptions,
) => Promise<void>

export function createSaveSecret(context: {
  readonly client: KubernetesClient
  readonly namespace: string
  readonly logger: Logger
}): SaveSecret {
  const { client, namespace, logger } = context
  return async (name, before, change, { signal }) => {
    try {
      const body = Object.entries(change).flatMap(([key, value]) => replacement(key, before[key], value))
      await client.patch(secretResource, { namespace, name }, { type: 'json', body }, { signal })
    } catch (error) {
      const message = 'Credentials that the cloud has replaced could not be written into their Secret.'
      logger.error(message, { secret: name, error: errorText(error) })
      throw error
    }
    logger.info('The cloud has replaced credentials; the Secret holds the new ones.', { secret: name })
  }
}

/** JSON Patch: the test fails, and with it the whole patch, when somebody else has changed the value. */
function replacement(key: string, before: string | undefined, value: string): readonly object[] {
  const path = `/data/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const test = before === undefined ? [] : [{ op: 'test', path, value: encode(before) }]
  return [...test, { op: 'add', path, value: encode(value) }]
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
