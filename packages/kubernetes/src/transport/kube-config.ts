import { readFile } from 'node:fs/promises'
import * as path from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import { TransportError } from './transport-error.ts'

/** Where the address of the API server and the credentials come from. */
export interface KubeConfigSource {
  /** `auto` (default): `$KUBECONFIG`, `~/.kube/config`, the pod's service account, in this order. */
  readonly kubeConfig?: 'auto' | { readonly file: string } | { readonly text: string }
  /** Absent: the kubeconfig's current context. */
  readonly context?: string
  /** Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** The files to be read for `auto`; none: this may be a pod. */
export async function defaultFiles(environment: Readonly<Record<string, string | undefined>>): Promise<string[]> {
  const named = (environment['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '')
  if (named.length > 0) return named
  const home = environment['HOME'] ?? environment['USERPROFILE']
  if (home === undefined) return []
  const file = path.join(home, '.kube', 'config')
  return readFile(file).then(
    () => [file],
    () => [],
  )
}

/**
 * Reads the configuration. The client library is loaded here, not at import: it costs a second and some
 * 80 MB, which nobody pays who only talks to an in-process API.
 */
export async function loadKubeConfig(
  wanted: { readonly text: string } | { readonly files: readonly string[] },
  context: string | undefined,
): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  if ('text' in wanted) parse(() => config.loadFromString(wanted.text), 'The kubeconfig')
  else mergeFiles(config, wanted.files, () => new KubeConfig())
  selectContext(config, context)
  return config
}

function mergeFiles(config: KubeConfig, files: readonly string[], create: () => KubeConfig): void {
  for (const [index, file] of files.entries()) {
    const next = index === 0 ? config : create()
    parse(() => next.loadFromFile(file), `The kubeconfig ${file}`)
    if (index > 0) parse(() => config.mergeConfig(next, true), `The kubeconfig ${file}`)
  }
}

function selectContext(config: KubeConfig, context: string | undefined): void {
  if (context !== undefined) config.setCurrentContext(context)
  if (config.getCurrentCluster() !== null) return
  const names = config.getContexts().map(({ name }) => name)
  throw new TransportError(
    `The kubeconfig has no context ${JSON.stringify(config.currentContext ?? '')} with a cluster; it has: ${names.join(', ')}.`,
    { code: 'INVALID_KUBECONFIG', outcome: 'not-applied' },
  )
}

function parse(load: () => void, what: string): void {
  try {
    load()
  } catch (cause) {
    // Not the cause's text: a YAML error quotes the file, which holds credentials.
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new TransportError(`${what} ${missing ? 'does not exist' : 'cannot be read'}.`, {
      code: missing ? 'NO_KUBECONFIG' : 'INVALID_KUBECONFIG',
      outcome: 'not-applied',
    })
  }
}
