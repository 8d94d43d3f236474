import { access, constants } from 'node:fs/promises'
import { MissingError } from './missing-error.ts'

/** The kubeconfig that `KUBECONFIG` names (of several, the first), if it is set. */
export async function foreignKubeconfig(): Promise<string | undefined> {
  const [kubeconfig] = (process.env['KUBECONFIG'] ?? '').split(':')
  if (!kubeconfig) return undefined
  await access(kubeconfig, constants.R_OK).catch((cause: unknown) => {
    throw new MissingError(`KUBECONFIG names ${kubeconfig}, which cannot be read.`, cause)
  })
  return kubeconfig
}
