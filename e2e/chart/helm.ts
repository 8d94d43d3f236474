import { fileURLToPath } from 'node:url'
import { run } from '../harness/command.ts'

export const chartFolder: string = fileURLToPath(new URL('../../charts/failover-ip', import.meta.url))

export interface HelmOptions {
  /** Default: no cluster is asked. */
  readonly kubeconfig?: string
  /** Read by `--values -`. */
  readonly values?: object
  readonly signal?: AbortSignal | undefined
}

/** Runs Helm, which lies beside kubectl on the suites' path, and resolves with its standard output. */
export async function helm(words: readonly string[], options: HelmOptions = {}): Promise<string> {
  const { kubeconfig, values, signal } = options
  const command = [
    'helm',
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...words,
    ...(values === undefined ? [] : ['--values=-']),
  ] as const
  const input = values === undefined ? {} : { input: JSON.stringify(values) } // JSON is YAML
  return await run(command, { deadline: 150_000, signal, ...input })
}
