import { describe, expect, it } from 'vitest'

import { localClouds } from '../clouds/local-clouds.ts'
import { scalewayCloud } from '../clouds/scaleway-cloud.ts'
import { demoHelp, readDemoOptions } from './demo-options.ts'

describe('the options of the demo', () => {
  it('have defaults', () => {
    expect(readDemoOptions([])).toEqual({ kind: 'run', options: { cloud: scalewayCloud, nodes: 3, script: false } })
  })

  it.each([
    [['--nodes', '5', '--script', '--provider', 'scaleway']],
    [['--script', '--nodes=5', '--provider=scaleway']],
  ])('are read: %j', (argv) => {
    expect(readDemoOptions(argv)).toEqual({ kind: 'run', options: { cloud: scalewayCloud, nodes: 5, script: true } })
  })

  it('are all in the help', () => {
    expect(readDemoOptions(['--nodes', '4', '--help'])).toEqual({ kind: 'help' })
    for (const flag of ['--provider', '--nodes', '--script', '--help']) expect(demoHelp).toContain(flag)
  })

  it.each([
    [['--node', '4'], 'The option --node is not known; did you mean --nodes?'],
    [['--frobnicate'], 'The option --frobnicate is not known; see --help.'],
    [['--script=1'], '--script takes no value; see --help.'],
    [['--help=no'], '--help takes no value; see --help.'],
    [['start'], '"start" is not understood; see --help.'],
    [['--provider'], `--provider needs one of ${[...localClouds.keys()].join(', ')}.`],
    [['--provider', 'acme'], `--provider needs one of ${[...localClouds.keys()].join(', ')}.`],
    [['--nodes'], '--nodes needs a whole number from 3 to 9.'],
    [['--nodes', '2'], '--nodes needs a whole number from 3 to 9.'],
    [['--nodes', '10'], '--nodes needs a whole number from 3 to 9.'],
    [['--nodes', '3.5'], '--nodes needs a whole number from 3 to 9.'],
  ])('are refused in one sentence: %j', (argv, message) => {
    expect(readDemoOptions(argv)).toEqual({ kind: 'problem', message })
  })
})
