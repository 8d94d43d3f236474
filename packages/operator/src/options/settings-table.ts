import { parseDuration } from '@failover-ip/kubernetes'
import { logFormats, logLevels } from '../logging/logger.ts'
import { parseBindAddress } from '../http/bind-address.ts'

/** One setting: a flag and an environment variable with one meaning. The flag wins. */
export interface Setting {
  /** Of the flag, without dashes. */
  readonly name: string
  /** What stands for the value in `--help`; absent: a switch, true when it is named alone. */
  readonly value?: string
  /** Shown as it is; empty when there is none, and then `says` tells what happens. */
  readonly default: string
  readonly says: string
  /** A sentence without its subject when the text is not acceptable. */
  readonly check?: (text: string) => string | undefined
}

/** Commands that print something and end the process: flags alone, no variables. */
export const commands = {
  'print-crds': 'Print the custom resource definitions, for kubectl apply -f -, and exit.',
  help: 'Print this text and exit.',
  version: 'Print the version and exit.',
} as const

export type Command = keyof typeof commands

export const settingNames = {
  kubeconfig: 'kubeconfig',
  namespace: 'namespace',
  leaderElect: 'leader-elect',
  leaseName: 'leader-elect-lease-name',
  leaseDuration: 'leader-elect-lease-duration',
  renewDeadline: 'leader-elect-renew-deadline',
  retryPeriod: 'leader-elect-retry-period',
  metricsBindAddress: 'metrics-bind-address',
  healthProbeBindAddress: 'health-probe-bind-address',
  logLevel: 'log-level',
  logFormat: 'log-format',
  dryRun: 'dry-run',
  controllerName: 'controller-name',
} as const

/** Every setting, in the order of `--help`. */
export function settingsTable(provider: string): readonly Setting[] {
  return [
    {
      name: settingNames.kubeconfig,
      value: 'FILE',
      default: '',
      says: "The kubeconfig. Without it: KUBECONFIG, ~/.kube/config, or the pod's service account.",
    },
    {
      name: settingNames.namespace,
      value: 'NAME',
      default: '',
      says: "The operator's own namespace, with its Lease and Secrets. Without it: the pod's, or failover-ip-system.",
      check: matches(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is no name of a namespace'),
    },
    {
      name: settingNames.leaderElect,
      default: 'true',
      says: 'Let one of several replicas act at a time.',
      check: isBoolean,
    },
    {
      name: settingNames.leaseName,
      value: 'NAME',
      default: `failover-ip-${provider}`,
      says: 'The Lease by which the leader is elected.',
      check: matches(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'is no name of a Lease'),
    },
    duration(settingNames.leaseDuration, '4s', 'A leader that did not renew for this long is replaced.'),
    duration(settingNames.renewDeadline, '3s', 'A leader that could not renew for this long stops leading.'),
    duration(settingNames.retryPeriod, '500ms', 'Time between two tries to get or renew the Lease.'),
    bindAddress(settingNames.metricsBindAddress, ':8080', 'Where /metrics is served; 0 turns it off.'),
    bindAddress(settingNames.healthProbeBindAddress, ':8081', 'Where /healthz and /readyz are served; 0 turns it off.'),
    oneOf(settingNames.logLevel, logLevels, 'info', 'The least level that is logged.'),
    oneOf(settingNames.logFormat, logFormats, 'json', 'How a line of the log looks.'),
    {
      name: settingNames.dryRun,
      default: 'false',
      says: 'Change nothing at the provider; show in status what would be done.',
      check: isBoolean,
    },
    {
      name: settingNames.controllerName,
      value: 'NAME',
      default: `failover-ip.dev/${provider}`,
      says: 'Serve the classes with this controllerName, and no others.',
      check: matches(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9._/-]+$/, 'has to look like failover-ip.dev/name'),
    },
  ]
}

/** `FAILOVER_IP_LOG_LEVEL` for `log-level`. */
export function variableOf(name: string): string {
  return `FAILOVER_IP_${name.toUpperCase().replaceAll('-', '_')}`
}

function duration(name: string, defaultText: string, says: string): Setting {
  const check = (text: string): string | undefined =>
    parseDuration(text) === undefined ? 'is no duration such as 500ms or 4s' : undefined
  return { name, value: 'DURATION', default: defaultText, says, check }
}

function bindAddress(name: string, defaultText: string, says: string): Setting {
  const check = (text: string): string | undefined =>
    text !== '0' && parseBindAddress(text) === undefined ? 'is no address such as :8080 or 127.0.0.1:8080' : undefined
  return { name, value: 'ADDRESS', default: defaultText, says, check }
}

function oneOf(name: string, values: readonly string[], defaultText: string, says: string): Setting {
  const check = (text: string): string | undefined =>
    values.includes(text) ? undefined : `has to be one of ${values.join(', ')}`
  return { name, value: values.join('|'), default: defaultText, says, check }
}

function isBoolean(text: string): string | undefined {
  return text === 'true' || text === 'false' ? undefined : 'has to be true or false'
}

function matches(pattern: RegExp, problem: string): (text: string) => string | undefined {
  return (text) => (pattern.test(text) ? undefined : problem)
}
