import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { failoverIPResource } from '@failover-ip/kubernetes'
import { describe, expect, it } from 'vitest'

import { systemClock } from '@failover-ip/runtime'
import { viewFailoverIP } from './cluster-view.ts'
import type { FailoverIPView } from './cluster-view.ts'
import { defaultCloud } from '../clouds/local-clouds.ts'
import { demoFailoverIP } from './demo-manifests.ts'
import type { Replicas } from './replicas.ts'
import { runScriptedDemo } from './run-demo.ts'
import type { ScriptResult } from './scripted-failover.ts'

const replica = fileURLToPath(new URL('../replica/main.ts', import.meta.url))

interface Outcome {
  readonly result: ScriptResult
  readonly failoverIP: FailoverIPView
  /** The nodes to whose servers the cloud routes the units. */
  readonly routed: readonly (string | undefined)[]
  readonly addresses: readonly string[]
  readonly folder: string
  readonly replicas: Replicas
}

describe('the scripted demo', () => {
  it(
    'brings both addresses from the dead node to a healthy one, where they stay [A1]',
    { timeout: 60_000 },
    async () => {
      const output: string[] = []
      let outcome: Outcome | undefined
      const signal = AbortSignal.timeout(40_000)
      const context = {
        cloud: defaultCloud,
        nodes: 3,
        replicaProgram: ['--conditions=@failover-ip/source', replica],
        write: (text: string) => void output.push(text),
        clock: systemClock(),
        random: Math.random,
        signal,
      }
      await runScriptedDemo(context, async ({ cluster, replicas }, result) => {
        const object = await cluster.client.get(failoverIPResource, demoFailoverIP, { signal })
        outcome = {
          result,
          failoverIP: viewFailoverIP(object),
          routed: cluster.cloud.units.map((unit) => cluster.cloud.holder(unit)),
          addresses: cluster.cloud.addresses,
          folder: cluster.folder,
          replicas,
        }
      }).catch((error: unknown) => {
        throw new Error(`the demo failed:\n${output.join('')}`, { cause: error })
      })

      if (outcome === undefined) throw new Error('the demo ended without a result')
      const { result, failoverIP, routed, addresses, folder, replicas } = outcome
      expect(result.to).not.toBe(result.from)
      expect(failoverIP.ready).toMatchObject({ status: 'True', reason: 'Serving' })
      expect(failoverIP.status).toMatchObject({ node: result.to, moves: 1 })
      expect(failoverIP.status.lastMove).toMatchObject({ from: result.from, to: result.to, reason: 'NodeDead' })
      expect(failoverIP.status.addresses?.map(({ address, node }) => [address, node])).toEqual(
        addresses.map((address) => [address, result.to]),
      )
      expect(routed).toEqual([result.to, result.to])

      const text = output.join('')
      expect(text).toMatch(/phases +from the last sign of life: detected \+.* accepted \+.* s in all/u)
      expect(text).toContain(`${result.from} loses its power`)
      expect(text).toMatch(new RegExp(`on ${result.to} since \\d\\d:\\d\\d:\\d\\d\\. ${result.from} died\\.`, 'u'))
      expect(existsSync(folder)).toBe(false)
      expect(replicas.names.map((name) => replicas.startedAt(name))).toEqual([undefined, undefined])
    },
  )
})
