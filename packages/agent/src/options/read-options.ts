import { version } from '@failover-ip/kubernetes'
import { helpText, readSettings, type Environment, type Task } from '@failover-ip/process'
import type { AgentOptions } from './agent-options.ts'
import { commands, settings } from './settings.ts'

const title = 'failover-ip node agent: keeps on this node what FailoverIPs ask of it, and answers probes.'

/** What flags and variables ask the agent to do. */
export function readOptions(argv: readonly string[], environment: Environment): Task<AgentOptions> {
  const read = readSettings({ argv, environment, settings, commands })
  if (read.kind === 'problem') return read
  if (read.kind === 'command') {
    return { kind: 'answer', text: read.command === 'version' ? `${version}\n` : helpText(title, settings, commands) }
  }
  const { text, optional, logLevel, logFormat } = read.values
  const nodeName = optional('node-name')
  if (nodeName === undefined) {
    const message = 'The name of this node is not known: set FAILOVER_IP_NODE_NAME from spec.nodeName, or --node-name.'
    return { kind: 'problem', message }
  }
  const options = {
    nodeName,
    kubeconfig: optional('kubeconfig'),
    probeKeyDirectory: optional('probe-key-dir'),
    probePort: Number(text('probe-port')),
    metricsBindAddress: text('metrics-bind-address'),
    healthProbeBindAddress: text('health-probe-bind-address'),
    logLevel,
    logFormat,
  }
  return { kind: 'run', options }
}
