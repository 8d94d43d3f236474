import { run } from '../harness/command.ts'
import { MissingError } from '../harness/missing-error.ts'
import { installPrograms } from '../harness/programs.ts'

/**
 * Installs what is used inside network namespaces, and checks that they can be made here. Rejects with one sentence that
 * says what is missing.
 */
export async function prepareNamespaces(): Promise<void> {
  await installPrograms(['ip', 'nft', 'nsenter'])
  await run(['unshare', '--net', 'nft', 'add', 'table', 'inet', 'failover-ip']).catch((cause: unknown) => {
    throw new MissingError(
      'The agent’s suites need root on Linux, to make network namespaces and nftables in them.',
      cause,
    )
  })
}
