import { expect, test } from 'vitest'
import { readOptions } from './read-options.ts'
import { settings } from './settings.ts'

test('has defaults for everything but the name of the node, on ports that operators do not use', () => {
  expect(readOptions([], { FAILOVER_IP_NODE_NAME: 'node-1' })).toEqual({
    kind: 'run',
    options: {
      nodeName: 'node-1',
      kubeconfig: undefined,
      probeKeyDirectory: undefined,
      probePort: 7476,
      metricsBindAddress: ':8082',
      healthProbeBindAddress: ':8083',
      logLevel: 'info',
      logFormat: 'json',
    },
  })
})

test.each([
  [[], /FAILOVER_IP_NODE_NAME from spec\.nodeName/],
  [['--node-name=Node 1'], /"Node 1" is no name of a Node/],
  [['--node-name=n1', '--probe-port=70000'], /"70000" is no port from 1 to 65535/],
  [['--node-name=n1', '--probe-key=x'], /did you mean --probe-key-dir\?/],
])('%j is a sentence', (argv, sentence) => {
  const read = readOptions(argv, {})
  expect(read.kind === 'problem' ? read.message : read).toMatch(sentence)
})

test('--help names every setting, and --version is one line', () => {
  const help = readOptions(['--help'], {})
  for (const { name } of settings) expect(help.kind === 'answer' ? help.text : '').toContain(`--${name} `)
  expect(readOptions(['--version'], {})).toMatchObject({ kind: 'answer', text: expect.stringMatching(/^\d.*\n$/) })
})
