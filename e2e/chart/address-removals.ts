import type { Cluster } from '../harness/cluster.ts'
import { until } from '../harness/until.ts'

/** Follows what is taken off the interfaces of a node, to the moment. Ends with the scope that holds it. */
export interface AddressRemovals extends AsyncDisposable {
  /** All since the start, after it is shown that one of now is seen: nothing is missing because nobody looked. */
  seen(): Promise<readonly string[]>
}

/** On no interface but for the moment in which it shows that removals are seen. */
const witness = '192.0.2.77'
const lines = '/run/failover-ip-e2e-address-monitor'

/**
 * @example
 * await using removals = await followRemovals(cluster, 'n1')
 * expect(await removals.seen()).not.toContain('192.0.2.1')
 */
export async function followRemovals(cluster: Cluster, node: string): Promise<AddressRemovals> {
  const run = async (...command: readonly string[]): Promise<string> => await cluster.exec(node, command)
  // What is killed says nothing more on its standard output, so it writes to a file.
  const monitor = `ip -oneline monitor address </dev/null >${lines} 2>&1 & echo $!`
  const pid = (await run('sh', '-c', monitor)).trim()
  const removed = async (): Promise<readonly string[]> =>
    [...(await run('cat', lines)).matchAll(/^Deleted.* inet6? ([^/\s]+)/gm)].map(([, address = '']) => address)
  const isSeen = async (): Promise<boolean> => {
    const before = await removed()
    await run('ip', 'address', 'add', `${witness}/32`, 'dev', 'lo')
    await run('ip', 'address', 'delete', `${witness}/32`, 'dev', 'lo')
    const after = await removed()
    return count(after, witness) > count(before, witness)
  }
  const seen = async (): Promise<readonly string[]> => {
    await until('a removal to be seen', isSeen)
    return (await removed()).filter((address) => address !== witness)
  }
  await seen()
  return {
    seen,
    [Symbol.asyncDispose]: async () => {
      await run('kill', pid)
      await run('rm', lines)
    },
  }
}

function count(all: readonly string[], one: string): number {
  return all.filter((each) => each === one).length
}
