import type { Cluster } from '../harness/cluster.ts'

/** A process of a container, as the kernel of its node sees it. */
export interface ContainerProcess {
  readonly uid: number
  /** The bits that `capabilities(7)` numbers. */
  readonly effective: bigint
  readonly bounding: bigint
  readonly mayGainPrivileges: boolean
  /** Seccomp filters its system calls. */
  readonly filtered: boolean
  readonly rootIsReadOnly: boolean
}

/** Every process on the node whose command line contains the text. */
export async function processesOf(
  cluster: Pick<Cluster, 'exec'>,
  node: string,
  commandLine: string,
): Promise<readonly ContainerProcess[]> {
  const found = await cluster.exec(node, ['sh', '-c', `pgrep -f ${commandLine} || true`])
  const processes: ContainerProcess[] = []
  for (const pid of found.split('\n').filter((line) => line !== '')) {
    const read = async (file: string) =>
      await cluster.exec(node, ['cat', `/proc/${pid}/${file}`]).catch(() => undefined)
    const [status, mounts] = [await read('status'), await read('mounts')]
    if (status === undefined || mounts === undefined) continue // the shell that looked
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? ''
    const root = mounts.split('\n').find((line) => line.split(' ')[1] === '/')
    processes.push({
      uid: Number(field('Uid')),
      effective: BigInt(`0x${field('CapEff')}`),
      bounding: BigInt(`0x${field('CapBnd')}`),
      mayGainPrivileges: field('NoNewPrivs') === '0',
      filtered: field('Seccomp') === '2',
      rootIsReadOnly: root?.split(' ')[3]?.split(',').includes('ro') ?? false,
    })
  }
  return processes
}
