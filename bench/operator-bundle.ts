import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The operator's bundle for a cloud, as it is installed, until it is told to end. */
export interface OperatorBundle extends AsyncDisposable {
  readonly pid: number | undefined
}

/** It is run by its first line, which holds the flags that keep it small, on the Node.js of this process. */
export function startBundle(cloud: string, kubeconfig: string, namespace: string): OperatorBundle {
  const path = `../packages/operator-${cloud}/dist/failover-ip-operator-${cloud}.mjs`
  const operator = spawn(
    fileURLToPath(new URL(path, import.meta.url)),
    [
      `--kubeconfig=${kubeconfig}`,
      `--namespace=${namespace}`,
      '--metrics-bind-address=127.0.0.1:0',
      '--health-probe-bind-address=127.0.0.1:0',
    ],
    { stdio: 'ignore', env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` } },
  )
  return { pid: operator.pid, [Symbol.asyncDispose]: () => end(operator) }
}

async function end(operator: ChildProcess): Promise<void> {
  if (operator.exitCode !== null || operator.signalCode !== null) return
  const ended = new Promise((resolve) => operator.once('exit', resolve))
  operator.kill('SIGTERM')
  await ended
}
