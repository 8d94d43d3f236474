import {
  bindAddressSetting,
  kubeconfigSetting,
  logSettings,
  matches,
  portSetting,
  type Command,
  type Setting,
} from '@failover-ip/process'

export const commands: readonly Command[] = [
  { name: 'help', says: 'Print this text and exit.' },
  { name: 'version', says: 'Print the version and exit.' },
]

/** Every setting, in the order of `--help`. The ports are those of the node, which the agent shares with its network. */
export const settings: readonly Setting[] = [
  {
    name: 'node-name',
    value: 'NAME',
    default: '',
    says: 'The name of the Node that this runs on, which a pod is told by the downward API (spec.nodeName). Required.',
    check: matches(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'is no name of a Node'),
  },
  kubeconfigSetting,
  {
    name: 'probe-key-dir',
    value: 'DIR',
    default: '',
    says: 'The folder with the keys of the probes, current and other. Without it: this node answers no probes.',
  },
  portSetting('probe-port', 7476, 'The UDP port at which probes are answered; the same in all agents and operators.'),
  bindAddressSetting('metrics-bind-address', ':8082', 'Where /metrics is served; 0 turns it off.'),
  bindAddressSetting('health-probe-bind-address', ':8083', 'Where /healthz and /readyz are served; 0 turns it off.'),
  ...logSettings,
]
