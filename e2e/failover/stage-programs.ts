import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiAddress, straightApiAddress } from '../harness/cluster-node.ts'
import { reportsFolder } from '../harness/measurements.ts'
import { startInNode, type NodeProgram } from './node-program.ts'

/** The agents and operators of a stage, one of each to a node at most. They end with it. */
export interface StagePrograms extends AsyncDisposable {
  /** The one that was started last. */
  readonly agent: (node: string) => NodeProgram
  readonly operator: (node: string) => NodeProgram
  readonly startAgent: (node: string) => Promise<void>
  readonly startOperator: (node: string) => Promise<void>
  /** Nodes on which an operator was started. */
  operatorNodes(): readonly string[]
  /** Of all operators. */
  operatorLogs(): readonly string[]
}

export interface StageProgramsOptions {
  /** Names the folder of logs. */
  readonly name: string
  /** That Node.js runs. */
  readonly agentFile: string
  readonly operatorFile: string
  readonly agentKubeconfig: string
  readonly operatorKubeconfig: string
  readonly operatorNamespace: string
}

/** Makes what they share, a key of their probes and a straight way to the API server; starts none. */
export async function createStagePrograms(options: StageProgramsOptions): Promise<StagePrograms> {
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-stage-'))
  const keys = join(folder, 'probe-key')
  await mkdir(keys)
  await writeFile(join(keys, 'current'), randomBytes(32))
  // By the API server's other address: what the kubelets' one leads through is a suite's affair.
  const straight = async (kubeconfig: string, as: string): Promise<string> => {
    const text = (await readFile(kubeconfig, 'utf8')).replaceAll(`//${apiAddress}:`, `//${straightApiAddress}:`)
    await writeFile(join(folder, as), text, { mode: 0o600 })
    return join(folder, as)
  }
  const agentKubeconfig = await straight(options.agentKubeconfig, 'agent.kubeconfig')
  const operatorKubeconfig = await straight(options.operatorKubeconfig, 'operator.kubeconfig')
  const agents = new Map<string, NodeProgram>()
  const operators = new Map<string, NodeProgram>()
  const logOf = (program: string, node: string): string =>
    join(reportsFolder, 'operator-logs', options.name, `${program}-${node}.log`)
  const common = (node: string): readonly string[] => [
    `--node-name=${node}`,
    `--probe-key-dir=${keys}`,
    '--log-level=debug',
  ]
  return {
    agent: (node) => startedOn(agents, node),
    operator: (node) => startedOn(operators, node),
    startAgent: async (node) => {
      const flags = [`--kubeconfig=${agentKubeconfig}`, ...common(node)]
      agents.set(node, await startInNode({ node, file: options.agentFile, flags, logFile: logOf('agent', node) }))
    },
    startOperator: async (node) => {
      const flags = [`--kubeconfig=${operatorKubeconfig}`, `--namespace=${options.operatorNamespace}`, ...common(node)]
      const own = { node, environment: { HOSTNAME: node }, logFile: logOf('operator', node) }
      operators.set(node, await startInNode({ ...own, file: options.operatorFile, flags }))
    },
    operatorNodes: () => [...operators.keys()],
    operatorLogs: () => [...operators.keys()].map((node) => logOf('operator', node)),
    [Symbol.asyncDispose]: async () => {
      for (const program of [...operators.values(), ...agents.values()])
        if (program.running) await program.signal('KILL')
      await rm(folder, { recursive: true })
    },
  }
}

function startedOn(programs: ReadonlyMap<string, NodeProgram>, node: string): NodeProgram {
  const program = programs.get(node)
  if (program === undefined) throw new Error(`nothing of the kind was started on ${node}`)
  return program
}
