import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './command.ts'
import { MissingError } from './missing-error.ts'
import type { PowerOptions } from './api-server-power.ts'

/** The scripts that make the cluster. */
export const clusterFolder: string = fileURLToPath(new URL('../cluster/', import.meta.url))

const buildDeadline = 45 * 60_000

/**
 * Builds the named programs (default: all that the cluster needs) unless this machine has them, and resolves with
 * their folder. From an empty Go cache this takes minutes.
 */
export async function buildPrograms(names: readonly string[] = [], { signal }: PowerOptions = {}): Promise<string> {
  const options = { signal, deadline: buildDeadline, showProgress: true }
  return (await run([`${clusterFolder}build.sh`, ...names], options)).trim()
}

/** Checks that this machine can run the cluster and installs what it lacks. Rejects with one sentence that says what. */
export async function prepareMachine({ signal }: PowerOptions = {}): Promise<void> {
  await run([`${clusterFolder}prepare.sh`], { signal, deadline: 10 * 60_000, showProgress: true })
}

/** Installs the Debian packages of those programs that this machine lacks. Rejects with one sentence that says what. */
export async function installPrograms(names: readonly string[], { signal }: PowerOptions = {}): Promise<void> {
  await run([`${clusterFolder}install.sh`, ...names], { signal, deadline: 10 * 60_000, showProgress: true })
}

/** The folder with `etcd` and `kube-apiserver`: the one that `KUBEBUILDER_ASSETS` names, else both are built. */
export async function controlPlanePrograms({ signal }: PowerOptions = {}): Promise<string> {
  const names = ['etcd', 'kube-apiserver']
  const folder = process.env['KUBEBUILDER_ASSETS']
  if (!folder) return await buildPrograms(names, { signal })
  for (const name of names) {
    await access(join(folder, name), constants.X_OK).catch((cause: unknown) => {
      throw new MissingError(`KUBEBUILDER_ASSETS names ${folder}, which holds no program ${name}.`, cause)
    })
  }
  return folder
}
