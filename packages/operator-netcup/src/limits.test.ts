import { afterEach, describe, expect, it } from 'vitest'
import { failoverIPObject } from '@failover-ip/local-cluster/operator-cluster'
import { classOf, createNetcupCluster, otherPanel, secretOf, units } from './testing/netcup-cluster.ts'
import type { NetcupCluster, NetcupClusterOptions } from './testing/netcup-cluster.ts'

let cluster: NetcupCluster
const open = async (options?: NetcupClusterOptions): Promise<void> => {
  cluster = await createNetcupCluster(options)
}
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
})
const isReady = async (name = 'web'): Promise<boolean> => (await cluster.condition('Ready', name))?.status === 'True'
const reason = async (name = 'web'): Promise<string | undefined> => (await cluster.condition('Ready', name))?.reason
const refused = (): readonly unknown[] =>
  cluster.cloud.requests.filter(({ effect, status }) => effect === null && (status ?? 0) >= 400)

describe('the cool-down of SOAP', () => {
  it('is kept over a restart and another leader, per address, and never asked of netcup [A3]', async () => {
    await open({ transport: 'soap', holder: 'node-1' })
    const first = cluster.start()
    await cluster.until(isReady)
    cluster.start()
    await cluster.clock.advance(5000)
    cluster.nodes.powerOff('node-1')
    await cluster.until(() => units.every((unit) => cluster.holder(unit) !== 'node-1'), 20)
    await cluster.until(isReady)
    const moved = cluster.clock.monotonic()
    const second = cluster.holder() ?? ''
    const third = ['node-2', 'node-3'].find((name) => name !== second)
    cluster.nodes.powerOff(second)
    await cluster.until(async () => (await reason()) === 'CoolingDown', 20)
    await first.kill()
    await cluster.clock.advance(280_000)
    expect([await reason(), cluster.cloud.mutations().length]).toEqual(['CoolingDown', 2])
    await cluster.until(() => units.every((unit) => cluster.holder(unit) === third), 30)
    expect(cluster.clock.monotonic() - moved).toBeGreaterThan(295_000)
    expect([cluster.cloud.mutations().length, refused()]).toEqual([4, []])
  }, 60_000)
})

describe('the windows of REST', () => {
  const count = 12
  const names = Array.from({ length: count }, (_, index) => `web-${index}`)
  const unitOf = (index: number): string => `198.18.88.${100 + index}/32`

  it('are those of the account, are filled in order of priority, and kept over a restart and a leader whose clock is ahead [A3]', async () => {
    await open({ install: false, emulator: { course: { seconds: 1, end: 'done', effect: 'atEnd' } } })
    const [holder] = cluster.cloud.snapshot().servers
    await cluster.apply('Secret', secretOf(cluster.cloud, 'rest'))
    // Two classes of one account.
    for (const name of ['netcup', 'second']) await cluster.apply('FailoverIPClass', classOf(name, 'rest'))
    for (const [index, name] of names.entries()) {
      const { unit } = cluster.cloud.addUnit({ unit: unitOf(index), ...(holder && { server: holder.id }) })
      const [address = ''] = unit.split('/')
      // The first two are the least important.
      await cluster.apply(
        'FailoverIP',
        failoverIPObject(name, [address], { priority: index, className: index % 2 === 0 ? 'netcup' : 'second' }),
      )
    }
    const leader = cluster.start()
    await cluster.until(async () => (await Promise.all(names.map(isReady))).every(Boolean))
    const { clock } = cluster
    cluster.start(
      {},
      {
        clock: {
          now: () => clock.now() + 7_200_000,
          monotonic: () => clock.monotonic(),
          sleep: (milliseconds, options) => clock.sleep(milliseconds, options),
        },
      },
    )
    await cluster.clock.advance(5000)
    cluster.nodes.powerOff('node-1')
    const isMoved = (index: number): boolean => cluster.holder(unitOf(index)) !== 'node-1'
    const moved = (): readonly number[] => [...names.keys()].filter(isMoved)
    await cluster.until(() => moved().length === 10, 30)
    expect(moved()).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    await cluster.until(async () => (await reason('web-0')) === 'AccountLimit', 10)
    await leader.kill()
    await cluster.clock.advance(280_000)
    const limited = ['AccountLimit', 'AccountLimit']
    expect([[await reason('web-0'), await reason('web-1')], moved().length]).toEqual([limited, 10])
    await cluster.until(() => moved().length === count, 40)
    expect([cluster.cloud.mutations().length, refused()]).toEqual([count, []])
  }, 60_000)
})

describe('a crash', () => {
  it('after one unit was accepted and the other refused leaves both to the successor, which resolves each [A69]', async () => {
    await open({ holder: 'node-1' })
    const first = cluster.start()
    await cluster.until(isReady)
    await cluster.clock.advance(3000)
    const tooMany = { status: 429, headers: { 'retry-after': '20' }, body: { code: 'x', message: 'Too many.' } }
    cluster.cloud.faults.add({ method: 'PATCH', path: '/v6/', fault: { kind: 'status', ...tooMany } })
    cluster.nodes.powerOff('node-1')
    await cluster.until(() =>
      cluster.cloud.requests.some(({ path, status }) => path.includes('/v6/') && status === 429),
    )
    await cluster.until(() => cluster.cloud.mutations().length === 1)
    await first.kill()
    cluster.start()
    await cluster.until(isReady, 120)
    expect(cluster.holder(units[0])).not.toBe('node-1')
    expect(cluster.holder(units[1])).toBe(cluster.holder(units[0]))
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })

  it('with two tasks under way is followed by their ends, and by nothing else [A69]', async () => {
    await open({ holder: 'node-1', emulator: { course: { seconds: 25, end: 'done', effect: 'atEnd' } } })
    const first = cluster.start()
    await cluster.until(isReady)
    await cluster.clock.advance(3000)
    cluster.nodes.powerOff('node-1')
    await cluster.until(() => cluster.cloud.mutations().length === 2, 20)
    await cluster.clock.advance(1000)
    await first.kill()
    cluster.start()
    await cluster.until(isReady, 120)
    expect(cluster.holder(units[1])).toBe(cluster.holder(units[0]))
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })
})

describe('several accounts', () => {
  const unit = '198.18.88.200/32'
  const openSecond = async (controllerName = 'failover-ip.dev/netcup'): Promise<void> => {
    const [holder] = cluster.other.snapshot().servers
    cluster.other.addUnit({ unit, ...(holder && { server: holder.id }) })
    const second = { controllerName, credentialsSecretRef: { name: 'second' }, parameters: { apiUrl: otherPanel } }
    await cluster.apply('Secret', secretOf(cluster.other, 'rest', 'second'))
    await cluster.apply('FailoverIPClass', classOf('second', 'rest', second))
    await cluster.apply('FailoverIP', failoverIPObject('second', ['198.18.88.200'], { className: 'second' }))
  }
  const secondHolder = (): string | undefined =>
    cluster.other.snapshot().servers.find(({ id }) => id === cluster.other.holding(unit)?.server)?.nickname

  it('do not delay each other: one that fails in every way costs the other nothing [A50]', async () => {
    await open({ holder: 'node-1' })
    await openSecond()
    cluster.start()
    await cluster.until(async () => (await isReady()) && (await isReady('second')))
    cluster.other.faults.add({ path: 'scp-core', times: Infinity, fault: { kind: 'hang' } })
    await cluster.clock.advance(31_000)
    cluster.nodes.powerOff('node-1')
    await cluster.until(() => cluster.cloud.mutations().length === 2, 3)
    expect(secondHolder()).toBe('node-1')
    cluster.other.faults.clear()
    await cluster.until(() => secondHolder() !== 'node-1', 60)
  })

  it('may each have an operator of its own, which acts on its classes only [A67]', async () => {
    await open({ holder: 'node-1' })
    const controllerName = 'failover-ip.dev/netcup-second'
    await openSecond(controllerName)
    cluster.start({ controllerName, leaseName: 'failover-ip-netcup-second' })
    await cluster.until(() => isReady('second'))
    expect([await cluster.status(), cluster.cloud.requests]).toEqual([{}, []])
    const seen = cluster.other.requests.length
    cluster.start()
    await cluster.until(isReady)
    cluster.nodes.powerOff('node-1')
    await cluster.until(() => cluster.holder() !== 'node-1' && secondHolder() !== 'node-1', 20)
    expect(seen).toBeGreaterThan(0)
    expect([cluster.cloud.mutations().length, cluster.other.mutations().length]).toEqual([2, 1])
  })
})
