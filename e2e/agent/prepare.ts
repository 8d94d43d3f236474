import { run } from '../harness/command.ts'
import { MissingError } from '../harness/missing-error.ts'

const needs = [
  ['ip', '-V'],
  ['nft', '--version'],
  ['nsenter', '--version'],
] as const

/** Checks that network namespaces can be made here, and what is used inside them. Rejects with one sentence that says what is missing. */
export async function prepareNamespaces(): Promise<void> {
  for (const command of needs) {
    await run(command).catch((cause: unknown) => {
      throw new MissingError(
        `The agent's suites need the program ${command[0]} (iproute2, nftables, util-linux).`,
        cause,
      )
    })
  }
  await run(['unshare', '--net', 'nft', 'add', 'table', 'inet', 'failover-ip']).catch((cause: unknown) => {
    throw new MissingError(
      'The agent’s suites need root on Linux, to make network namespaces and nftables in them.',
      cause,
    )
  })
}
