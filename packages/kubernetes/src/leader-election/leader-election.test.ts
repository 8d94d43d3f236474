import { beforeEach, describe, expect, test } from 'vitest'
import { createKubernetesClient } from '../client/kubernetes-client.ts'
import {
  leaders,
  leaseCollection,
  overlapWhile as measureOverlap,
  startContender,
  type Contender,
  type ContenderOptions,
} from '../testing/contender.ts'
import { createFakeApi, type FakeApi } from '../testing/fake-api.ts'
import { createVirtualClock, type VirtualClock } from '../testing/virtual-clock.ts'
import { createLeaderElection, LeadershipLostError, ScopeDidNotEndError } from './leader-election.ts'

let api: FakeApi
let clock: VirtualClock

beforeEach(() => {
  api = createFakeApi()
  clock = createVirtualClock()
})

const start = (identity: string, options?: ContenderOptions): Contender =>
  startContender({ api, clock }, identity, options)

const overlapWhile = (contenders: readonly Contender[], milliseconds: number): Promise<number> =>
  measureOverlap(clock, contenders, milliseconds)

function lease(): Record<string, unknown> {
  return api.read(leaseCollection, 'test')?.['spec'] as Record<string, unknown>
}

function byLeadership(contenders: readonly Contender[]): readonly [Contender, Contender] {
  const leader = contenders.find(({ election }) => election.isLeader())
  const other = contenders.find(({ election }) => !election.isLeader())
  if (leader === undefined || other === undefined) throw new Error('one of two should lead')
  return [leader, other]
}

async function two(): Promise<readonly [Contender, Contender]> {
  const contenders = [start('a'), start('b')]
  await clock.advance(1000)
  return byLeadership(contenders)
}

test('one of three leads, at once, and stays', async () => {
  const contenders = ['a', 'b', 'c'].map((identity) => start(identity))
  await clock.advance(100)
  expect(leaders(contenders).length).toBe(1)
  expect(await overlapWhile(contenders, 60_000)).toBe(0)
  expect(contenders.flatMap(({ scopes }) => scopes).length).toBe(1)
  expect(contenders.map(({ election }) => election.masterStatus).toSorted((left, right) => left - right)).toEqual([
    0, 0, 1,
  ])
  expect(lease()).toMatchObject({ leaseDurationSeconds: 4, leaseTransitions: 0 })
})

test('all is well: one write a second, and nothing else by the leader', async () => {
  start('a')
  await clock.advance(1000)
  api.requests.length = 0
  await clock.advance(60_000)
  expect(api.requests.map(({ method }) => method)).toEqual(Array.from({ length: 60 }, () => 'PUT'))
})

test('a leader that dies is followed within 5 s [A42]', async () => {
  const [leader, other] = await two()
  leader.pause()
  await clock.advance(5000)
  expect(other.election.isLeader()).toBe(true)
  expect(lease()).toMatchObject({ holderIdentity: other.identity, leaseTransitions: 1 })
})

test('a lease is taken the moment it runs out, whenever that is between two looks', async () => {
  const contenders = [start('a'), start('b')]
  await clock.advance(1000)
  for (let phase = 0; phase < 1200; phase += 60) {
    await clock.advance(5000 + phase)
    const [leader, other] = byLeadership(contenders)
    leader.pause()
    // It was seen renewed at most a fifth of a retry period late.
    await clock.advance(4000 + 100 + 20)
    expect(other.election.isLeader()).toBe(true)
    leader.wake()
  }
})

test('both in turn, many times, and never both [A42]', async () => {
  const contenders = [start('a'), start('b')]
  await clock.advance(1000)
  for (let turn = 0; turn < 10; turn++) {
    const [leader] = byLeadership(contenders)
    leader.pause()
    expect(await overlapWhile(contenders, 7000)).toBe(0)
    leader.wake()
    expect(await overlapWhile(contenders, 3000)).toBe(0)
  }
  expect(lease()).toMatchObject({ leaseTransitions: 10 })
})

test('a leader that is paused for 60 s does not lead for an instant when it wakes', async () => {
  const [leader, other] = await two()
  leader.pause()
  await clock.advance(60_000)
  leader.wake()
  expect(leader.election.isLeader()).toBe(false)
  expect(leader.scopes[0]?.isLeader()).toBe(false)
  api.requests.length = 0
  expect(await overlapWhile([leader, other], 10_000)).toBe(0)
  expect(leader.scopes[0]?.signal.reason).toBeInstanceOf(LeadershipLostError)
  expect(leader.events.at(-1)).toEqual({ type: 'holder', holder: other.identity })
  expect(other.election.isLeader()).toBe(true)
})

test('a leader that is stopped releases the lease after its work, and the next leads within a second', async () => {
  const work = Promise.withResolvers<void>()
  const leader = start('a', { lead: () => work.promise })
  await clock.advance(1000)
  const other = start('b')
  leader.stop.abort(new Error('SIGTERM'))
  await clock.advance(10_000)
  expect(leader.scopes[0]?.signal.aborted).toBe(true)
  expect(leader.election.isLeader()).toBe(true)
  work.resolve()
  await clock.settle()
  expect(lease()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 })
  expect(await leader.ended).toBeUndefined()
  await clock.advance(999)
  expect(other.election.isLeader()).toBe(true)
})

test('a leader that cannot reach the API stops leading before another may, and stands again', async () => {
  const [leader, other] = await two()
  leader.fault = () => 'hang'
  expect(await overlapWhile([leader, other], 2000)).toBe(0)
  expect(leader.election.isLeader()).toBe(true)
  expect(await overlapWhile([leader, other], 5000)).toBe(0)
  expect(leader.election.isLeader()).toBe(false)
  expect(leader.scopes[0]?.signal.aborted).toBe(true)
  expect(other.election.isLeader()).toBe(true)
  leader.fault = () => undefined
  other.pause()
  await clock.advance(6000)
  expect(leader.scopes.length).toBe(2)
  expect(leader.election.isLeader()).toBe(true)
})

test('with the API away for all, nobody leads; when it is back, one does', async () => {
  const contenders = [...(await two())]
  for (const contender of contenders) contender.fault = () => 'refuse'
  expect(await overlapWhile(contenders, 600_000)).toBe(0)
  expect(leaders(contenders)).toEqual([])
  expect(contenders.map(({ events }) => events.filter(({ type }) => type === 'trouble').length)).toEqual([1, 1])
  for (const contender of contenders) contender.fault = () => undefined
  await clock.advance(5000)
  expect(leaders(contenders).length).toBe(1)
  for (const contender of contenders) contender.fault = () => 'refuse'
  await clock.advance(10_000)
  const told = contenders.map(({ events }) => events.map(({ type }) => type))
  for (const types of told) {
    const ofCalls = types.filter((type) => type === 'trouble' || type === 'recovered')
    expect(ofCalls).toEqual(['trouble', 'recovered', 'trouble'])
  }
})

test.each(['lose-response', 'hang'] as const)(
  'a leader that is stopped during a renewal (%s) releases the lease all the same [A42]',
  async (fault) => {
    const leader = start('a')
    await clock.advance(1000)
    const other = start('b')
    let renewals = 0
    leader.fault = ({ method }) => (method === 'PUT' && renewals++ === 0 ? fault : undefined)
    while (renewals === 0) await clock.advance(10)
    leader.stop.abort(new Error('SIGTERM'))
    await clock.advance(1000)
    expect(await leader.ended).toBeUndefined()
    expect(other.election.isLeader()).toBe(true)
  },
)

test('a lease that somebody else has taken is not released', async () => {
  const [leader] = await two()
  api.put(leaseCollection, { name: 'test', namespace: 'failover-ip', spec: { ...lease(), holderIdentity: 'somebody' } })
  leader.stop.abort(new Error('SIGTERM'))
  await clock.advance(100)
  expect(await leader.ended).toBeUndefined()
  expect(lease()).toMatchObject({ holderIdentity: 'somebody' })
  expect(leader.events.at(-1)?.type).toBe('leading')
})

test.each(['lose-response', 'hang', 'refuse'] as const)('%s of every second renewal is survived', async (fault) => {
  const [leader, other] = await two()
  let count = 0
  leader.fault = ({ method }) => (method === 'PUT' && count++ % 2 === 0 ? fault : undefined)
  expect(await overlapWhile([leader, other], 60_000)).toBe(0)
  expect(leader.scopes.length).toBe(1)
  expect(leader.election.isLeader()).toBe(true)
})

test('a label on the lease is no other leader, and is kept', async () => {
  const [leader, other] = await two()
  api.put(leaseCollection, { name: 'test', namespace: 'failover-ip', spec: lease(), labels: 'by hand' })
  await clock.advance(10_000)
  expect(leader.scopes.length).toBe(1)
  expect(other.scopes.length).toBe(0)
  expect(api.read(leaseCollection, 'test')?.['labels']).toBe('by hand')
})

describe('the lease is tampered with [A44]', () => {
  test('deleted: the leader makes a new one and goes on', async () => {
    const [leader, other] = await two()
    for (let time = 0; time < 5; time++) {
      api.remove(leaseCollection, 'test')
      expect(await overlapWhile([leader, other], 3000)).toBe(0)
    }
    expect(leader.scopes.length).toBe(1)
    expect(leader.election.isLeader()).toBe(true)
  })

  test('deleted while its holder is dead: another leads after the time that it had promised', async () => {
    const [leader, other] = await two()
    leader.pause()
    api.remove(leaseCollection, 'test')
    await clock.advance(3000)
    expect(other.election.isLeader()).toBe(false)
    await clock.advance(2500)
    expect(other.election.isLeader()).toBe(true)
  })

  test('deleted just before its last holder wakes: that one does not take it at once', async () => {
    const contenders = await two()
    const [leader, other] = contenders
    leader.pause()
    await clock.advance(6000)
    expect(other.election.isLeader()).toBe(true)
    api.remove(leaseCollection, 'test')
    leader.wake()
    expect(await overlapWhile(contenders, 8000)).toBe(0)
    expect(other.scopes.length).toBe(1)
  })

  test('holder cleared: the leader gives way, and there is never a second beside it', async () => {
    const contenders = await two()
    const [leader] = contenders
    api.put(leaseCollection, { name: 'test', namespace: 'failover-ip', spec: { ...lease(), holderIdentity: '' } })
    expect(await overlapWhile(contenders, 8000)).toBe(0)
    expect(leader.scopes[0]?.signal.aborted).toBe(true)
    expect(leaders(contenders).length).toBe(1)
  })

  test('given to somebody else: both wait for him, and take it when he does not renew', async () => {
    const contenders = await two()
    api.put(leaseCollection, { name: 'test', namespace: 'failover-ip', spec: { ...lease(), holderIdentity: 'nobody' } })
    expect(await overlapWhile(contenders, 3000)).toBe(0)
    expect(leaders(contenders)).toEqual([])
    await clock.advance(3000)
    expect(leaders(contenders).length).toBe(1)
  })

  test('filled with nonsense: it is taken after the lease time', async () => {
    api.put(leaseCollection, {
      name: 'test',
      namespace: 'failover-ip',
      spec: { holderIdentity: 7, leaseDurationSeconds: 'x', renewTime: {} },
    })
    const contender = start('a')
    await clock.advance(3000)
    expect(contender.election.isLeader()).toBe(false)
    await clock.advance(2000)
    expect(contender.election.isLeader()).toBe(true)
  })
})

test.each([-3_600_000, 3_600_000])('a wall clock that jumps by %i ms changes nothing', async (jump) => {
  const [leader, other] = await two()
  clock.jump(jump)
  expect(await overlapWhile([leader, other], 20_000)).toBe(0)
  expect(leader.scopes.length + other.scopes.length).toBe(1)
})

describe('clocks that run at different rates', () => {
  /** The leader loses the API and counts slowly; the other counts fast. */
  async function overlapAt(leaderRate: number, otherRate: number): Promise<number> {
    const leader = start('a', { rate: leaderRate })
    await clock.advance(1000)
    const other = start('b', { rate: otherRate })
    await clock.advance(5000)
    leader.fault = () => 'hang'
    const overlap = await overlapWhile([leader, other], 20_000)
    expect(leaders([leader, other])).toEqual(['b'])
    return overlap
  }

  test('never two leaders up to the tolerated third', async () => {
    expect(await overlapAt(1, 1.32)).toBe(0)
  })

  test('at 1.4 two may believe in themselves for a moment, which the recorded operations have to bear', async () => {
    expect(await overlapAt(1, 1.4)).toBeLessThanOrEqual(400)
  })
})

test('work that does not end after leadership was lost is an error that ends the process', async () => {
  const leader = start('a', { lead: () => new Promise(() => undefined), scopeDeadline: 5000 })
  await clock.advance(1000)
  leader.fault = () => 'refuse'
  await clock.advance(9000)
  expect(await leader.ended).toBeInstanceOf(ScopeDidNotEndError)
})

test('work that does not end after a stop keeps the lease from the next until it runs out', async () => {
  const leader = start('a', { lead: () => new Promise(() => undefined) })
  await clock.advance(1000)
  leader.stop.abort()
  await clock.advance(21_000)
  expect(await leader.ended).toBeInstanceOf(ScopeDidNotEndError)
  expect(lease()).toMatchObject({ holderIdentity: 'a' })
})

test('work that fails releases the lease and is told', async () => {
  const leader = start('a', { lead: () => Promise.reject(new Error('broken')) })
  await clock.advance(1000)
  expect(await leader.ended).toMatchObject({ message: 'broken' })
  expect(lease()).toMatchObject({ holderIdentity: '' })
})

test.each([
  [
    { leaseDuration: 3000, renewDeadline: 3000, retryPeriod: 500, renewInterval: 1000 },
    /longer than the renew deadline/,
  ],
  [{ leaseDuration: 4000, renewDeadline: 3000, retryPeriod: 2600, renewInterval: 100 }, /times the retry period/],
  [{ leaseDuration: 4000, renewDeadline: 3000, retryPeriod: 500, renewInterval: 2500 }, /fit into/],
  [{ leaseDuration: 3500, renewDeadline: 3000, retryPeriod: 500, renewInterval: 1000 }, /whole seconds/],
])('refuses times that do not fit together: %j', (timing, sentence) => {
  const client = createKubernetesClient({ transport: api.transport, clock })
  const options = { client, clock, random: () => 0, namespace: 'n', name: 'l', identity: 'a', timing }
  expect(() => createLeaderElection(options)).toThrow(sentence)
})
