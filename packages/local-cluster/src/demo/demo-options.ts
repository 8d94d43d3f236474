import { parseArgs } from 'node:util'

import { nearestKey } from '@failover-ip/provider'

import type { LocalCloud } from '../clouds/local-cloud.ts'
import { defaultCloud, localClouds } from '../clouds/local-clouds.ts'

export interface DemoOptions {
  readonly cloud: LocalCloud
  readonly nodes: number
  /** Run the scripted failover even on a terminal. */
  readonly script: boolean
}

export type ReadDemoOptions =
  | { readonly kind: 'run'; readonly options: DemoOptions }
  | { readonly kind: 'help' }
  /** One sentence. */
  | { readonly kind: 'problem'; readonly message: string }

/** One zone of digits on the keyboard; a failover with a witness needs three. */
export const nodeLimits = { least: 3, most: 9 } as const

export const demoHelp: string = `A Kubernetes cluster in this process, an emulator of the cloud's API, and two replicas of the operator.
On a terminal it stays up and takes keys; otherwise it runs one scripted failover.

  --provider NAME   The cloud: ${[...localClouds.keys()].join(', ')}. Default: ${defaultCloud.provider.name}.
  --nodes N         How many simulated nodes, ${nodeLimits.least} to ${nodeLimits.most}. Default: ${nodeLimits.least}.
  --script          Run the scripted failover even on a terminal.
  --help            Print this text and exit.
`

const flags = {
  provider: { type: 'string' },
  nodes: { type: 'string' },
  script: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export function readDemoOptions(argv: readonly string[]): ReadDemoOptions {
  const { tokens } = parseArgs({ args: [...argv], options: flags, strict: false, tokens: true })
  let options: DemoOptions = { cloud: defaultCloud, nodes: nodeLimits.least, script: false }
  for (const token of tokens) {
    if (token.kind !== 'option') return problem(`${JSON.stringify(argv[token.index])} is not understood; see --help.`)
    if (isSwitch(token.name) && token.value !== undefined)
      return problem(`${token.rawName} takes no value; see --help.`)
    switch (token.name) {
      case 'help':
        return { kind: 'help' }
      case 'script':
        options = { ...options, script: true }
        break
      case 'provider': {
        const cloud = localClouds.get(token.value ?? '')
        if (cloud === undefined) return problem(`--provider needs one of ${[...localClouds.keys()].join(', ')}.`)
        options = { ...options, cloud }
        break
      }
      case 'nodes': {
        const nodes = Number(token.value ?? Number.NaN)
        if (!Number.isInteger(nodes) || nodes < nodeLimits.least || nodes > nodeLimits.most) {
          return problem(`--nodes needs a whole number from ${nodeLimits.least} to ${nodeLimits.most}.`)
        }
        options = { ...options, nodes }
        break
      }
      default:
        return problem(`The option ${token.rawName} is not known; ${hintFor(token.name)}`)
    }
  }
  return { kind: 'run', options }
}

function isSwitch(name: string): boolean {
  return name === 'script' || name === 'help'
}

function hintFor(name: string): string {
  const nearest = nearestKey(name, Object.keys(flags))
  return nearest === undefined ? 'see --help.' : `did you mean --${nearest}?`
}

function problem(message: string): ReadDemoOptions {
  return { kind: 'problem', message }
}
