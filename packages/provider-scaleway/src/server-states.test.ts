import { describe, expect, it } from 'vitest'
import { setUp } from './testing/set-up.ts'

describe('serverStates', () => {
  it('calls stopped what has stopped and gone what a read of its own does not find [A1]', async () => {
    const { cloud, routing, signal, run } = setUp()
    const states = ['running', 'stopped', 'stopped in place', 'starting', 'stopping', 'locked'] as const
    const servers = states.map((state) => cloud.addServer({ state }))
    const elsewhere = cloud.addServer({ project: '70000000-0000-4000-8000-000000000000' })
    const gone = cloud.addServer()
    cloud.removeServer(gone.id)
    const references = [...servers, elsewhere, gone].map(({ id, zone }) => ({ id, location: zone }))
    expect(await run(routing.serverStates?.(references, { signal }) ?? Promise.reject(new Error('none')))).toEqual([
      'running',
      'stopped',
      'stopped',
      'unknown',
      'unknown',
      'unknown',
      'running',
      'gone',
    ])
  })

  it('reads a few one by one and many by one list', async () => {
    const { cloud, routing, signal, run } = setUp()
    const references = Array.from({ length: 6 }, () => cloud.addServer()).map(({ id, zone }) => ({
      id,
      location: zone,
    }))
    await run(routing.serverStates?.(references.slice(0, 2), { signal }) ?? Promise.resolve([]))
    await run(routing.serverStates?.(references, { signal }) ?? Promise.resolve([]))
    const [first, second] = references.map(({ id }) => id)
    const paths = cloud.requests.map(({ path }) => path.replace('/instance/v1/zones/fr-par-1/servers', '').slice(0, 37))
    expect(paths.slice(0, 2)).toEqual([`/${first}`, `/${second}`])
    expect(paths.slice(2)).toEqual([expect.stringMatching(/^\?page=1/)])
  })

  it.each([1, 6])('knows nothing when the cloud does not answer, of %i servers', async (count) => {
    const { cloud, routing, signal, run } = setUp()
    const references = Array.from({ length: count }, () => ({ id: cloud.addServer().id, location: 'fr-par-1' }))
    cloud.faults.add({ times: Infinity, fault: { kind: 'status', status: 500 } })
    const states = await run(routing.serverStates?.(references, { signal }) ?? Promise.resolve([]))
    expect(states).toEqual(references.map(() => 'unknown'))
  })
})
