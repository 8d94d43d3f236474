import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noProber } from '@failover-ip/core'
import type { Logger } from '@failover-ip/process'
import type { Clock } from '@failover-ip/provider'
import { createKeyRing, startProbeAgent, systemClock, type ProbeAgent } from '@failover-ip/runtime'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OperatorOptions } from '../options/operator-options.ts'
import { readOptions } from '../options/read-options.ts'
import { openUdpProber } from './open-udp-prober.ts'
import type { ProberContext } from './operator-prober.ts'

const key = new Uint8Array(32).fill(1)
let life: AbortController
let folder: string
let log: string[]
let logger: Logger
beforeEach(async () => {
  life = new AbortController()
  folder = await mkdtemp(join(tmpdir(), 'probe-keys-'))
  log = []
  const note =
    (level: string) =>
    (message: string): void =>
      void log.push(`${level}: ${message}`)
  logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
})
afterEach(async () => {
  life.abort()
  await rm(folder, { recursive: true })
})

function contextOf(argv: readonly string[], change: Partial<OperatorOptions> = {}): ProberContext {
  const read = readOptions(argv, {}, 'acme')
  if (read.kind !== 'run') throw new Error('these options are wrong')
  const options = { ...read.options, ...change }
  return { clock: systemClock(), random: () => 0.5, options, logger, signal: life.signal }
}

function startAgent(): Promise<ProbeAgent> {
  const keyRing = createKeyRing({ current: key })
  const shared = {
    node: 'a',
    bootID: 'one',
    keyRing: () => keyRing,
    handshakePort: 'none',
    signal: life.signal,
  } as const
  return startProbeAgent({ ...shared, hosts: ['127.0.0.1'], port: 0 })
}

test('without keys nobody is probed, and it says so once', async () => {
  expect(await openUdpProber(contextOf([]))).toBe(noProber)
  expect(log).toEqual([expect.stringMatching(/^info: .*--probe-key-dir.* in 25 to 45 s\.$/)])
})

test.each([
  ['no file', undefined, /^error: There is no probe key .*current: mount the Secret/],
  ['a key that is too short', new Uint8Array(3), /^error: .*has 3 bytes; it needs 16 or more.*No node is probed until/],
])('%s is said once and plainly, and nodes are probed from when the key can be used', async (_, content, sentence) => {
  const path = join(folder, 'current')
  if (content !== undefined) await writeFile(path, content)
  let attempts = 0
  const clock: Clock = {
    ...systemClock(),
    sleep: async (milliseconds, options) => {
      await systemClock().sleep(milliseconds / 100, options)
      attempts++
    },
  }
  await using agent = await startAgent()
  const lieTestAddresses = { ipv4: '127.0.0.1', ipv6: '::1' }
  const argv = ['--probe-key-dir', folder, '--probe-port', String(agent.addresses[0]?.port)]
  const prober = await openUdpProber({ ...contextOf(argv, { lieTestAddresses }), clock })
  const heard: string[] = []
  prober.listen(({ kind }) => void heard.push(kind))
  prober.watch([{ node: 'a', address: '127.0.0.1', interval: 2000 }])
  await expect(prober.probe({ node: 'a', address: '127.0.0.1', interval: 2000 }, life)).rejects.toThrow('not probed')
  expect(prober.counts?.()).toBeUndefined()
  await expect.poll(() => attempts).toBeGreaterThan(2)
  expect(log).toEqual([expect.stringMatching(sentence)])

  // All at once, as the kubelet does it: a file that is still empty is another bad key.
  await writeFile(join(folder, 'next'), key)
  await rename(join(folder, 'next'), path)
  await expect.poll(() => heard).toContain('reply')
  expect(log[1]).toMatch(/^info: The probe key can be used now/)
  await prober.close?.()
})

test('with keys it hears agents at the port of the options, and says whether handshakes are believed', async () => {
  await writeFile(join(folder, 'current'), key)
  await using agent = await startAgent()
  const port = agent.addresses[0]?.port
  const lieTestAddresses = { ipv4: '127.0.0.1', ipv6: '::1' }
  const context = contextOf(['--probe-key-dir', folder, '--probe-port', String(port)], { lieTestAddresses })
  const prober = await openUdpProber(context)
  const target = { node: 'a', address: '127.0.0.1', interval: 2000 }
  expect(await prober.probe(target, { signal: life.signal })).toMatchObject({ kind: 'reply', bootID: 'one' })
  expect(prober.counts?.()).toMatchObject({ sent: 1, received: 1 })
  prober.watch([target])
  await expect
    .poll(() => log)
    .toEqual([expect.stringMatching(/^warn: Something answers for an address that nobody has/)])
  await prober.close?.()
})
