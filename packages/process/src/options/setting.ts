import { parseDuration } from '@failover-ip/kubernetes'
import { parseBindAddress } from '../http/bind-address.ts'
import { logFormats, logLevels } from '../logging/logger.ts'

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

/** `FAILOVER_IP_LOG_LEVEL` for `log-level`. */
export function variableOf(name: string): string {
  return `FAILOVER_IP_${name.toUpperCase().replaceAll('-', '_')}`
}

export const kubeconfigSetting: Setting = {
  name: 'kubeconfig',
  value: 'FILE',
  default: '',
  says: "The kubeconfig. Without it: KUBECONFIG, ~/.kube/config, or the pod's service account.",
}

export const logSettings: readonly Setting[] = [
  oneOfSetting('log-level', logLevels, 'info', 'The least level that is logged.'),
  oneOfSetting('log-format', logFormats, 'json', 'How a line of the log looks.'),
]

export function switchSetting(name: string, defaultValue: boolean, says: string): Setting {
  const check = (text: string): string | undefined =>
    text === 'true' || text === 'false' ? undefined : 'has to be true or false'
  return { name, default: String(defaultValue), says, check }
}

export function durationSetting(name: string, defaultText: string, says: string): Setting {
  const check = (text: string): string | undefined =>
    parseDuration(text) === undefined ? 'is no duration such as 500ms or 4s' : undefined
  return { name, value: 'DURATION', default: defaultText, says, check }
}

export function bindAddressSetting(name: string, defaultText: string, says: string): Setting {
  const check = (text: string): string | undefined =>
    text !== '0' && parseBindAddress(text) === undefined ? 'is no address such as :8080 or 127.0.0.1:8080' : undefined
  return { name, value: 'ADDRESS', default: defaultText, says, check }
}

export function portSetting(name: string, defaultPort: number, says: string): Setting {
  const check = (text: string): string | undefined =>
    /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535 ? undefined : 'is no port from 1 to 65535'
  return { name, value: 'PORT', default: String(defaultPort), says, check }
}

export function oneOfSetting(name: string, values: readonly string[], defaultText: string, says: string): Setting {
  const check = (text: string): string | undefined =>
    values.includes(text) ? undefined : `has to be one of ${values.join(', ')}`
  return { name, value: values.join('|'), default: defaultText, says, check }
}

/** The check of a text that has to look like something. */
export function matches(pattern: RegExp, problem: string): (text: string) => string | undefined {
  return (text) => (pattern.test(text) ? undefined : problem)
}
