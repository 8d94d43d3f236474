import { TransportError } from '@failover-ip/kubernetes'
import { defineProvider, type Provider } from '@failover-ip/provider'
import { systemClock } from '@failover-ip/runtime'
import { noProber } from '@failover-ip/core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { StartError } from '@failover-ip/process'
import { defineOperator } from './define-operator.ts'
import type { OperatorPorts } from './operator-ports.ts'

const acme: Provider<object, object> = defineProvider({
  specificationVersion: 'v1',
  name: 'acme',
  providerIDPrefix: 'acme://',
  parameters: z.object({}),
  credentials: z.object({}),
  capabilities: {
    unitPrefixLength: { ipv4: 32 },
    locationRule: null,
    slotsPerServer: null,
    move: 'direct',
    release: false,
    asynchronous: false,
    eventualReadSeconds: 0,
    coolDownSeconds: 0,
    accountWindows: [],
    node: 'none',
    announce: false,
    ipMode: 'VIP',
  },
  create: () => {
    throw new Error('never opened')
  },
})
const refused = new TransportError('Nobody listens.', { code: 'ECONNREFUSED', outcome: 'not-applied' })

/** A process of its own: what it printed, and how it ended. */
function setUp(change: Partial<OperatorPorts> = {}) {
  const seen = { output: '', errorOutput: '', connected: 0, closed: 0, exits: [] as number[], code: -1 }
  let onSignal: (name: string) => void = () => undefined
  const operator = defineOperator(acme, {
    clock: systemClock(),
    random: () => 0.5,
    createProber: () => noProber,
    connect: () => {
      seen.connected++
      const transport = { request: () => Promise.reject(refused) }
      return Promise.resolve({ transport, server: 'test', namespace: undefined, close: () => void seen.closed++ })
    },
    serve: () => Promise.resolve({ port: 0, close: () => Promise.resolve() }),
    output: { write: (text) => void (seen.output += text) },
    errorOutput: { write: (text) => void (seen.errorOutput += text) },
    process: {
      argv: [],
      environment: {},
      onStop: (handler) => {
        onSignal = handler
        return () => (onSignal = () => undefined)
      },
      setExitCode: (code) => void (seen.code = code),
      exit: (code) => void seen.exits.push(code),
    },
    ...change,
  })
  return { operator, seen, signal: (name: string) => onSignal(name) }
}

test.each([
  [['--log-levle=debug'], {}, 'The flag --log-levle is not known; did you mean --log-level?\n'],
  [['--dry-run=perhaps'], {}, '--dry-run: "perhaps" has to be true or false.\n'],
  [['start'], {}, '"start" is not understood; see --help.\n'],
  [[], { FAILOVER_IP_METRICS_BIND_ADDRESS: '8080' }, /^FAILOVER_IP_METRICS_BIND_ADDRESS: "8080" is no address .*\.\n$/],
  [
    ['--leader-elect-renew-deadline=5s'],
    {},
    /^The times contradict each other; .* longer than the renew deadline\.\n$/,
  ],
])('%j with %j is said in one sentence, and nothing is begun', async (argv, environment, sentence) => {
  const { operator, seen } = setUp()
  expect(await operator.run(argv, environment)).toBe(2)
  expect(seen.errorOutput).toMatch(sentence)
  expect(seen).toMatchObject({ code: 2, connected: 0, output: '' })
})

test.each([
  ['help', '--log-level'],
  ['version', '.'],
  ['print-crds', 'kind: CustomResourceDefinition'],
])('--%s prints and ends', async (command, part) => {
  const { operator, seen } = setUp()
  expect(await operator.run([`--${command}`])).toBe(0)
  expect(seen.output).toContain(part)
  expect(seen).toMatchObject({ code: 0, connected: 0, errorOutput: '' })
})

test('no way to an API server, and an address that is taken, are said in one sentence', async () => {
  const nowhere = setUp({ connect: () => Promise.reject(new TransportError('There is no kubeconfig.', refused)) })
  expect(await nowhere.operator.run([])).toBe(1)
  expect(nowhere.seen).toMatchObject({ code: 1, errorOutput: 'There is no kubeconfig.\n' })
  const cause = new Error('listen EADDRINUSE: address already in use :::8080')
  const taken = setUp({
    serve: () => Promise.reject(new StartError('Cannot listen on :8080: it is taken.', { cause })),
  })
  expect(await taken.operator.run([])).toBe(1)
  expect(taken.seen).toMatchObject({ errorOutput: 'Cannot listen on :8080: it is taken.\n', closed: 1 })
})

test.each([[[]], [['--leader-elect=false']]])('SIGTERM ends it also while it knows nothing yet: %j', async (argv) => {
  const { operator, seen, signal } = setUp()
  const ended = operator.run(argv)
  await expect.poll(() => seen.output).toContain('cannot be reached')
  signal('SIGTERM')
  expect(await ended).toBe(0)
  expect(seen).toMatchObject({ code: 0, closed: 1, errorOutput: '', exits: [] })
  expect(seen.output).toContain('Stopped.')
})

test('the second signal ends the process at once', async () => {
  const hanging = Promise.withResolvers<never>()
  const { operator, seen, signal } = setUp({ connect: () => hanging.promise })
  const ended = operator.run([])
  signal('SIGTERM')
  expect(seen.exits).toEqual([])
  signal('SIGINT')
  expect(seen.exits).toEqual([1])
  hanging.reject(refused)
  expect(await ended).toBe(1)
})
