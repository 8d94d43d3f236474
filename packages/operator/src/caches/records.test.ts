import { expect, test } from 'vitest'
import { nodeStateOf } from '../inputs/node-state.ts'
import { createLeaseSightings } from './lease-sightings.ts'
import { nodeRecordOf } from './node-record.ts'
import { secretRecordOf } from './secret-record.ts'

const metadata = { name: 'node-1', uid: 'u', resourceVersion: '1' }

test('a node has neither a failover address nor a document of another program', () => {
  const record = nodeRecordOf({
    metadata: {
      ...metadata,
      annotations: { short: 'x', long: 'x'.repeat(1000) },
      labels: { 'topology.kubernetes.io/zone': 'z' },
    },
    spec: { providerID: 'scaleway://instance/fr-par-1/1', taints: [{ key: 'a', effect: 'NoSchedule' }, 'nonsense'] },
    status: {
      addresses: [
        { type: 'InternalIP', address: '192.0.2.1' },
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'InternalIP', address: '2001:DB8::1' },
        { type: 'Hostname', address: 'host' },
      ],
      conditions: [{ type: 'Ready', status: 'Strange' }],
    },
  })
  const lease = { renewTime: 't', durationSeconds: 40 }
  const sighting = { renewTime: 't', resourceVersion: '1', seenAt: 5, firstSeenAt: 2 }
  const state = nodeStateOf(record, lease, sighting, new Set(['192.0.2.1']))
  expect(state).toEqual({
    facts: {
      name: 'node-1',
      providerID: 'scaleway://instance/fr-par-1/1',
      addresses: ['10.0.0.1', '2001:db8::1'],
      hostname: 'host',
      labels: { 'topology.kubernetes.io/zone': 'z' },
      annotations: { short: 'x' },
    },
    uid: 'u',
    zone: 'z',
    unschedulable: false,
    taints: [{ key: 'a', effect: 'NoSchedule' }],
    ready: 'Unknown',
    networkUnavailable: false,
    deleting: false,
    probeAddress: '10.0.0.1',
    leaseSeenAt: 5,
    leaseFirstSeenAt: 2,
    leaseInterval: 10_000,
  })
})

test.each([
  ['False', 'node is shutting down', true],
  ['False', '[container runtime is down, node is shutting down]', true],
  ['False', 'container runtime is down', false],
  ['True', 'kubelet is posting ready status', false],
])('a node of which Ready is %s (%s) is shutting down: %s', (status, message, shuttingDown) => {
  const record = nodeRecordOf({ metadata, status: { conditions: [{ type: 'Ready', status, message }] } })
  expect(record).toMatchObject({ ready: status, shuttingDown })
  expect(nodeStateOf(record, undefined, undefined, new Set()).shuttingDown).toBe(shuttingDown ? true : undefined)
})

test.each([{}, { spec: 1, status: 'x' }, { spec: null, status: { addresses: {}, conditions: 3 } }])(
  'a node that says %j is one without anything',
  (object) =>
    expect(nodeRecordOf({ metadata, ...object })).toMatchObject({ addresses: [], taints: [], ready: undefined }),
)

test('the first sight of a Lease is no renewal, and an older renewal is none', () => {
  let now = 100
  const sightings = createLeaseSightings({ monotonic: () => now })
  const note = (second: number, resourceVersion: string): void =>
    sightings.note('node-1', { renewTime: `2026-01-01T00:00:${second}.000000Z`, resourceVersion })
  note(10, '1')
  expect(sightings.get('node-1')).toMatchObject({ seenAt: undefined, firstSeenAt: 100 })
  now = 200
  note(20, '2')
  expect(sightings.get('node-1')).toMatchObject({ seenAt: 200, firstSeenAt: 100 })
  now = 300
  note(10, '1')
  note(20, '2')
  expect(sightings.get('node-1')?.seenAt).toBe(200)
})

test.each([
  ["its node's clock was set back", 11, '3'],
  ["the server's data was restored", 31, '1'],
])('a renewal is one although %s', (_why, second, resourceVersion) => {
  let now = 100
  const sightings = createLeaseSightings({ monotonic: () => now })
  sightings.note('node-1', { renewTime: '2026-01-01T00:00:30.000000Z', resourceVersion: '2' })
  now = 200
  sightings.note('node-1', { renewTime: `2026-01-01T00:00:${second}.000000Z`, resourceVersion })
  expect(sightings.get('node-1')?.seenAt).toBe(200)
})

test('a Secret without data is one without keys', () => {
  expect(secretRecordOf({ metadata, data: { a: 'eA==' } })).toEqual({ a: 'x' })
  expect(secretRecordOf({ metadata })).toEqual({})
  expect(secretRecordOf({ metadata, data: 7 })).toEqual({})
})
