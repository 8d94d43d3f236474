import { variableOf } from '@failover-ip/process'
import { describe, expect, test } from 'vitest'
import type { OperatorOptions } from './operator-options.ts'
import { readOptions } from './read-options.ts'
import { settingsTable } from './settings-table.ts'

function optionsOf(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): OperatorOptions {
  const read = readOptions(argv, environment, 'acme')
  if (read.kind !== 'run') throw new Error(JSON.stringify(read))
  return read.options
}
const problemOf = (argv: readonly string[], environment: Readonly<Record<string, string>> = {}): string => {
  const read = readOptions(argv, environment, 'acme')
  return read.kind === 'problem' ? read.message : `no problem: ${JSON.stringify(read)}`
}

test('has defaults for everything', () => {
  expect(optionsOf([])).toEqual({
    kubeconfig: undefined,
    namespace: undefined,
    leaderElect: true,
    leaseName: 'failover-ip-acme',
    leaseTiming: { leaseDuration: 4000, renewDeadline: 3000, retryPeriod: 500, renewInterval: 1000 },
    metricsBindAddress: ':8080',
    healthProbeBindAddress: ':8081',
    logLevel: 'info',
    logFormat: 'json',
    dryRun: false,
    controllerName: 'failover-ip.dev/acme',
    nodeName: undefined,
    probeKeyDirectory: undefined,
    probePort: 7476,
    lieTestAddresses: { ipv4: '192.0.2.1', ipv6: '2001:db8::1' },
  })
})

test.each([[['--dry-run']], [['--dry-run=true']], [['--leader-elect=true', '--dry-run']]])('%j is a dry run', (argv) =>
  expect(optionsOf(argv).dryRun).toBe(true),
)

test('takes a value after a space or an equals sign', () => {
  expect(optionsOf(['--log-level', 'debug', '--log-format=text'])).toMatchObject({
    logLevel: 'debug',
    logFormat: 'text',
  })
  expect(optionsOf(['--leader-elect=false'])).toMatchObject({ leaderElect: false })
})

test.each([
  ['198.51.100.9', { ipv4: '198.51.100.9', ipv6: '2001:db8::1' }],
  ['2001:DB8:0::9', { ipv4: '192.0.2.1', ipv6: '2001:db8::9' }],
  ['2001:db8::9, 198.51.100.9', { ipv4: '198.51.100.9', ipv6: '2001:db8::9' }],
])('takes %s for the lie test, and the default where a family is not named', (text, lieTestAddresses) => {
  expect(optionsOf(['--lie-test-address', text]).lieTestAddresses).toEqual(lieTestAddresses)
})

test('prefers a flag to its variable, and takes an empty variable for none', () => {
  const environment = {
    FAILOVER_IP_NAMESPACE: 'from-environment',
    FAILOVER_IP_LOG_LEVEL: '',
    FAILOVER_IP_DRY_RUN: 'true',
  }
  expect(optionsOf([], environment)).toMatchObject({ namespace: 'from-environment', logLevel: 'info', dryRun: true })
  expect(optionsOf(['--namespace=flag'], environment).namespace).toBe('flag')
})

test('does not mind variables that Kubernetes makes of a Service of our name', () => {
  expect(optionsOf([], { FAILOVER_IP_METRICS_SERVICE_HOST: '10.0.0.1' }).logLevel).toBe('info')
})

describe('says in one sentence what is wrong with', () => {
  test.each([
    [['--log-levle=debug'], 'The flag --log-levle is not known; did you mean --log-level?'],
    [['--frobnicate'], 'The flag --frobnicate is not known; see --help.'],
    [['--log-level=loud'], '--log-level: "loud" has to be one of debug, info, warn, error.'],
    [['--dry-run=maybe'], '--dry-run: "maybe" has to be true or false.'],
    [['--kubeconfig'], '--kubeconfig needs a value; see --help.'],
    [['--metrics-bind-address=8080'], '--metrics-bind-address: "8080" is no address such as :8080 or 127.0.0.1:8080.'],
    [['--leader-elect-retry-period=5'], '--leader-elect-retry-period: "5" is no duration such as 500ms or 4s.'],
    [['--print-crds', '--nope'], 'The flag --nope is not known; see --help.'],
    [['--dry-run', 'maybe'], '"maybe" is not understood; write --dry-run=true or --dry-run=false.'],
    [['--print-crds=no'], '--print-crds takes no value; see --help.'],
    [['--version=x'], '--version takes no value; see --help.'],
    [['--probe-port=70000'], '--probe-port: "70000" is no port from 1 to 65535.'],
    [['--node-name=Node_1'], '--node-name: "Node_1" is no name of a node.'],
    [
      ['--lie-test-address=x'],
      '--lie-test-address: "x" is not an IPv4 address, an IPv6 address, or one of each, such as 192.0.2.1.',
    ],
    [
      ['--lie-test-address=192.0.2.1:80'],
      '--lie-test-address: "192.0.2.1:80" is not an IPv4 address, an IPv6 address, or one of each, such as 192.0.2.1.',
    ],
    [
      ['--lie-test-address=192.0.2.1,192.0.2.2'],
      '--lie-test-address: "192.0.2.1,192.0.2.2" is not an IPv4 address, an IPv6 address, or one of each, such as 192.0.2.1.',
    ],
    [['serve'], '"serve" is not understood; see --help.'],
  ])('%j', (argv, message) => expect(problemOf(argv)).toBe(message))

  test('a variable', () => {
    expect(problemOf([], { FAILOVER_IP_LOG_FORMAT: 'xml' })).toBe(
      'FAILOVER_IP_LOG_FORMAT: "xml" has to be one of json, text.',
    )
  })
})

test.each([
  ['help', '--controller-name NAME'],
  ['version', '.'],
  ['print-crds', 'kind: CustomResourceDefinition'],
])('--%s is answered', (command, part) => {
  expect(readOptions([`--${command}`], {}, 'acme')).toEqual({ kind: 'answer', text: expect.stringContaining(part) })
})

test('-h is --help', () => {
  expect(readOptions(['-h'], {}, 'acme')).toEqual(readOptions(['--help'], {}, 'acme'))
})

test('documents every flag and variable with its default', () => {
  const answer = readOptions(['--help'], {}, 'acme')
  const text = answer.kind === 'answer' ? answer.text : ''
  for (const { name, default: defaultText, says } of settingsTable('acme')) {
    expect(text).toContain(`--${name}`)
    expect(text).toContain(variableOf(name))
    expect(text).toContain(says)
    if (defaultText !== '') expect(text).toContain(`${says} Default: ${defaultText}.`)
  }
})
