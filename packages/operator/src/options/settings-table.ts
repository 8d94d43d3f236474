import {
  bindAddressSetting,
  durationSetting,
  kubeconfigSetting,
  logSettings,
  matches,
  portSetting,
  switchSetting,
  type Command,
  type Setting,
} from '@failover-ip/process'
import { lieTestSetting } from './lie-test-setting.ts'

export const commands: readonly Command[] = [
  { name: 'print-crds', says: 'Print the custom resource definitions, for kubectl apply -f -, and exit.' },
  { name: 'help', says: 'Print this text and exit.' },
  { name: 'version', says: 'Print the version and exit.' },
]

export const settingNames = {
  namespace: 'namespace',
  leaderElect: 'leader-elect',
  leaseName: 'leader-elect-lease-name',
  leaseDuration: 'leader-elect-lease-duration',
  renewDeadline: 'leader-elect-renew-deadline',
  retryPeriod: 'leader-elect-retry-period',
  metricsBindAddress: 'metrics-bind-address',
  healthProbeBindAddress: 'health-probe-bind-address',
  dryRun: 'dry-run',
  controllerName: 'controller-name',
  nodeName: 'node-name',
  probeKeyDirectory: 'probe-key-dir',
  probePort: 'probe-port',
} as const

/** Every setting, in the order of `--help`. */
export function settingsTable(provider: string): readonly Setting[] {
  return [
    kubeconfigSetting,
    {
      name: settingNames.namespace,
      value: 'NAME',
      default: '',
      says: "The operator's own namespace, with its Lease and Secrets. Without it: the pod's, or failover-ip.",
      check: matches(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is no name of a namespace'),
    },
    switchSetting(settingNames.leaderElect, true, 'Let one of several replicas act at a time.'),
    {
      name: settingNames.leaseName,
      value: 'NAME',
      default: `failover-ip-${provider}`,
      says: 'The Lease by which the leader is elected.',
      check: matches(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'is no name of a Lease'),
    },
    durationSetting(settingNames.leaseDuration, '4s', 'A leader that did not renew for this long is replaced.'),
    durationSetting(settingNames.renewDeadline, '3s', 'A leader that could not renew for this long stops leading.'),
    durationSetting(settingNames.retryPeriod, '500ms', 'Time between two tries to get or renew the Lease.'),
    bindAddressSetting(settingNames.metricsBindAddress, ':8080', 'Where /metrics is served; 0 turns it off.'),
    bindAddressSetting(
      settingNames.healthProbeBindAddress,
      ':8081',
      'Where /healthz and /readyz are served; 0 turns it off.',
    ),
    ...logSettings,
    switchSetting(settingNames.dryRun, false, 'Change nothing at the provider; show in status what would be done.'),
    {
      name: settingNames.controllerName,
      value: 'NAME',
      default: `failover-ip.dev/${provider}`,
      says: 'Serve the classes with this controllerName, and no others.',
      check: matches(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9._/-]+$/, 'has to look like failover-ip.dev/name'),
    },
    {
      name: settingNames.nodeName,
      value: 'NAME',
      default: '',
      says: 'The node that this process runs on, whose agent is then no second witness. Without it: not known.',
      check: matches(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'is no name of a node'),
    },
    {
      name: settingNames.probeKeyDirectory,
      value: 'DIR',
      default: '',
      says: 'The folder with the keys of the probes, current and other. Without it: no probes, and a dead node is known by its Lease alone.',
    },
    portSetting(settingNames.probePort, 7476, 'The UDP port at which the agents on the nodes are probed.'),
    lieTestSetting,
  ]
}
