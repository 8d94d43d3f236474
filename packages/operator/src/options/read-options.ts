import { leaderElectionTimingProblem, parseDuration, printCrds, version } from '@failover-ip/kubernetes'
import { helpText, readSettings, type Environment, type SettingValues, type Task } from '@failover-ip/process'
import { defaultLieTestAddresses, lieTestSetting, readLieTestAddresses } from './lie-test-setting.ts'
import type { OperatorOptions } from './operator-options.ts'
import { commands, settingNames, settingsTable } from './settings-table.ts'

/** What flags and variables ask an operator for a provider to do. */
export function readOptions(
  argv: readonly string[],
  environment: Environment,
  provider: string,
): Task<OperatorOptions> {
  const settings = settingsTable(provider)
  const read = readSettings({ argv, environment, settings, commands })
  if (read.kind === 'problem') return read
  if (read.kind === 'command') return { kind: 'answer', text: answerOf(read.command, provider) }
  const options = optionsOf(read.values)
  const timing = options.leaderElect ? leaderElectionTimingProblem(options.leaseTiming) : undefined
  if (timing === undefined) return { kind: 'run', options }
  return { kind: 'problem', message: `The times contradict each other; ${timing}.` }
}

function answerOf(command: string, provider: string): string {
  const title = `failover-ip operator for ${provider}: keeps the addresses of FailoverIPs on healthy nodes.`
  switch (command) {
    case 'version':
      return `${version}\n`
    case 'print-crds':
      return printCrds()
    default:
      return helpText(title, settingsTable(provider), commands)
  }
}

function optionsOf(values: SettingValues): OperatorOptions {
  const { text, optional, isOn, logLevel, logFormat } = values
  const milliseconds = (name: string): number => parseDuration(text(name)) ?? Number.NaN
  const renewDeadline = milliseconds(settingNames.renewDeadline)
  const retryPeriod = milliseconds(settingNames.retryPeriod)
  return {
    kubeconfig: optional('kubeconfig'),
    namespace: optional(settingNames.namespace),
    leaderElect: isOn(settingNames.leaderElect),
    leaseName: text(settingNames.leaseName),
    leaseTiming: {
      leaseDuration: milliseconds(settingNames.leaseDuration),
      renewDeadline,
      retryPeriod,
      // Every second, or so often that one failed try leaves room for another.
      renewInterval: Math.min(1000, (renewDeadline - retryPeriod) / 2),
    },
    metricsBindAddress: text(settingNames.metricsBindAddress),
    healthProbeBindAddress: text(settingNames.healthProbeBindAddress),
    logLevel,
    logFormat,
    dryRun: isOn(settingNames.dryRun),
    controllerName: text(settingNames.controllerName),
    nodeName: optional(settingNames.nodeName),
    probeKeyDirectory: optional(settingNames.probeKeyDirectory),
    probePort: Number(text(settingNames.probePort)),
    lieTestAddresses: readLieTestAddresses(text(lieTestSetting.name)) ?? defaultLieTestAddresses,
  }
}
