import { readFile } from 'node:fs/promises'
import type * as https from 'node:https'
import { isIPv6 } from 'node:net'
import * as path from 'node:path'

/** What the kubelet gives each pod for talking to the API server of its cluster. */
export interface ServiceAccount {
  readonly server: URL
  readonly namespace: string | undefined
  /** Authentication and TLS of one request. Rejects when the files cannot be read. */
  readonly connection: () => Promise<https.RequestOptions>
}

export const serviceAccountFolder: string = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Milliseconds until token and CA are read again. The kubelet brings a new token long before the old one ends. */
const validity = 10_000

/**
 * Read here and not by the client library, which costs a process that lives in a pod several megabytes for ways of
 * authentication that no pod uses. `undefined`: this is no pod.
 */
export async function readServiceAccount(
  environment: Readonly<Record<string, string | undefined>>,
  folder: string = serviceAccountFolder,
): Promise<ServiceAccount | undefined> {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? ''
  if (host === '') return undefined
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '443'
  const read = (name: string): Promise<string> => readFile(path.join(folder, name), 'utf8')
  let options: Promise<https.RequestOptions> | undefined
  let readAt = 0

  const readOptions = async (): Promise<https.RequestOptions> => {
    const [token, ca] = await Promise.all([read('token'), read('ca.crt')])
    return { ca, headers: { authorization: `Bearer ${token.trim()}` } }
  }
  return {
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    namespace: await read('namespace').then(
      (text) => text.trim(),
      () => undefined,
    ),
    connection: async () => {
      if (options === undefined || performance.now() - readAt > validity) {
        readAt = performance.now()
        options = readOptions()
        // What failed is not remembered: the next request reads again.
        options.catch(() => {
          options = undefined
        })
      }
      return await options
    },
  }
}
