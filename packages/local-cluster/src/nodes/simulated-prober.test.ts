import type { ProbeEvidence, ProbeTarget } from '@failover-ip/core'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import type { VirtualClock } from '@failover-ip/provider-testkit'
import { beforeEach, describe, expect, it } from 'vitest'

import { probeWireOverHttp, startProbeEndpoint } from './probe-endpoint.ts'
import { createSimulatedNetwork } from './simulated-network.ts'
import type { SimulatedNetwork } from './simulated-network.ts'
import { createSimulatedProber } from './simulated-prober.ts'
import type { SimulatedProber } from './simulated-prober.ts'

const signal = new AbortController().signal
const target: ProbeTarget = { node: 'node-1', address: '10.0.0.1', interval: 200 }
let clock: VirtualClock
let network: SimulatedNetwork
let prober: SimulatedProber

beforeEach(() => {
  clock = createVirtualClock()
  network = createSimulatedNetwork()
  for (const name of ['node-1', 'node-2', 'node-3']) network.attach(name, `boot-${name}`)
  prober = createSimulatedProber({ wire: async (from, node) => network.probe(from, node), clock })
})

const kinds = (evidence: readonly ProbeEvidence[]): readonly string[] => evidence.map(({ kind }) => kind)

describe('simulated prober', () => {
  it('hears a node that runs, with its boot id', async () => {
    expect(await prober.probe(target, { signal })).toMatchObject({
      node: 'node-1',
      vantage: 'leader',
      kind: 'reply',
      bootID: 'boot-node-1',
    })
  })

  it('takes the time-out to call a node silent', async () => {
    network.silence('node-1')
    const probe = prober.probe(target, { signal })
    await clock.advance(199)
    await clock.advance(1)
    const { kind, at, sentAt } = await probe
    expect([kind, at - sentAt]).toEqual(['silence', 200])
  })

  it('probes in a rhythm, and says when a node falls silent', async () => {
    const heard: ProbeEvidence[] = []
    prober.listen((evidence) => heard.push(evidence))
    prober.watch([target])
    await clock.advance(500)
    expect(kinds(heard)).toEqual(['reply', 'reply', 'reply'])
    network.silence('node-1')
    await clock.advance(600)
    expect(kinds(heard).slice(3)).toContain('silence')
    prober.watch([target])
    prober.watch([])
    const before = heard.length
    await clock.advance(1_000)
    expect(heard.length).toBe(before)
    expect(clock.sleepers).toBe(0)
  })

  it('asks witnesses, and leaves out those that it does not reach', async () => {
    network.cut('leader', 'node-1')
    network.silence('node-3')
    const asked = prober.askWitnesses(target, ['node-2', 'node-3'], { signal })
    await clock.advance(1_000)
    expect(await asked).toMatchObject([{ node: 'node-1', vantage: 'node-2', kind: 'reply' }])
  })

  it('stops with its signal', async () => {
    network.silence('node-1')
    const controller = new AbortController()
    const probe = prober.probe(target, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(probe).rejects.toThrow('enough')
  })

  it('works over HTTP for replicas in other processes', async () => {
    const endpoint = await startProbeEndpoint(network)
    try {
      const wire = probeWireOverHttp(endpoint.url)
      expect(await wire('leader', 'node-1', signal)).toEqual({ bootID: 'boot-node-1' })
      network.isolate('node-1')
      expect(await wire('leader', 'node-1', signal)).toBeUndefined()
      expect(await wire('node-1', 'node-1', signal)).toEqual({ bootID: 'boot-node-1' })
    } finally {
      await endpoint.close()
    }
  })
})
