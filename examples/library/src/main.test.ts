import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createScalewayEmulator, serveEmulator } from '@failover-ip/provider-testkit'
import { type Connect, connectTcp, fileStore, systemClock, tcpProber } from '@failover-ip/runtime'
import { afterEach, expect, test, vi } from 'vitest'
import { main } from './main.ts'

const address = '51.15.129.35'
const unit = `${address}/32`
const patience = { timeout: 15_000, interval: 20 }
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** A listener on loopback that stands for a machine. */
async function startListener(): Promise<number> {
  const listener = createServer((socket) => socket.on('error', () => undefined).resume())
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  cleanUps.push(async () => {
    listener.close()
    await once(listener, 'close')
  })
  const bound = listener.address()
  return typeof bound === 'object' && bound !== null ? bound.port : expect.fail('no port')
}

/** The cloud, three nodes there and on loopback, and the network between them and the prober. */
async function startWorld() {
  const cloud = createScalewayEmulator({ clock: systemClock(), latencyMs: 20 })
  const api = await serveEmulator(cloud.handle)
  cleanUps.push(() => api.close())
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-'))
  cleanUps.push(() => rm(folder, { recursive: true, force: true }))
  const nodes = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => ({ name, server: cloud.addServer({ name }), port: await startListener() })),
  )
  const [a = expect.fail()] = nodes
  cloud.addIp({ unit, server: a.server.id })

  const silent = new Set<number>()
  const reached = new Set<number>()
  /** Loopback answers for a dead machine with a reset, which a machine without power cannot. */
  const connect: Connect = async ({ host, port }, { signal }) => {
    if (host !== '127.0.0.1' || silent.has(port)) {
      await once(signal, 'abort')
      throw signal.reason
    }
    const outcome = await connectTcp({ host, port }, { signal })
    reached.add(port)
    return outcome
  }
  const stateFile = join(folder, 'state.json')
  const environment = {
    SCW_ACCESS_KEY: cloud.account.accessKey,
    SCW_SECRET_KEY: cloud.account.secretKey,
    SCW_DEFAULT_PROJECT_ID: cloud.account.project,
    SCW_API_URL: api.url,
    NODES: nodes.map(({ name, server, port }) => `${name} ${server.providerID} 127.0.0.1:${port}`).join(', '),
    ADDRESSES: address,
    STATE_FILE: stateFile,
  }

  /** Runs the example until the function returned is called. */
  const start = () => {
    const stop = new AbortController()
    const lines: string[] = []
    reached.clear()
    const running = main(environment, {
      signal: stop.signal,
      log: (line) => lines.push(line),
      prober: tcpProber({ connect }),
    })
    const end = async (): Promise<void> => {
      stop.abort()
      await running
    }
    cleanUps.push(end)
    return { lines, end }
  }

  return {
    cloud,
    a,
    nodes,
    environment,
    folder,
    start,
    /** Every node has been heard, and the engine has looked at the address. */
    settled: () =>
      vi.waitFor(async () => {
        expect(reached).toEqual(new Set(nodes.map(({ port }) => port).filter((port) => !silent.has(port))))
        expect((await fileStore(stateFile).load())['web']?.conditions).toContainEqual(
          expect.objectContaining({ type: 'Ready', status: 'True' }),
        )
      }, patience),
    holder: () => cloud.attachment(unit)?.server,
    stored: async () => (await fileStore(stateFile).load())['web'],
    powerOff: (port: number) => void silent.add(port),
  }
}

test('the address leaves a node that falls silent, once, and stays where it is over a restart', async () => {
  const world = await startWorld()
  const first = world.start()
  await world.settled()
  expect(world.holder()).toBe(world.a.server.id)
  expect(world.cloud.mutations()).toEqual([])

  world.powerOff(world.a.port)
  await vi.waitFor(() => expect(world.holder()).not.toBe(world.a.server.id), patience)
  const moved = world.nodes.find(({ server }) => server.id === world.holder()) ?? expect.fail('nobody holds it')
  await vi.waitFor(async () => expect(await world.stored()).toMatchObject({ node: moved.name, moves: 1 }), patience)
  await vi.waitFor(() => expect(first.lines).toContainEqual(expect.stringContaining(`a -> ${moved.name}`)), patience)
  await first.end()

  const second = world.start()
  await world.settled()
  await second.end()
  expect(world.holder()).toBe(moved.server.id)
  expect(world.cloud.mutations()).toHaveLength(1)
})

test.each([
  [{ NODES: 'a scaleway://instance/fr-par-1/1 somewhere' }, 'node "a": probe "somewhere" must be an IP address'],
  [{ SCW_SECRET_KEY: 'hunter2' }, '"secretKey" must be a secret key'],
  [{ STATE_FILE: '/no/such/folder/state.json' }, 'The folder /no/such/folder of the state file'],
])('a mistake in the environment is said at once: %j', async (change, problem) => {
  const { environment } = await startWorld()
  const attempt = main({ ...environment, ...change }, { signal: new AbortController().signal, prober: tcpProber() })
  await expect(attempt).rejects.toThrow(problem)
})

test('a state that cannot be written any more is told, and nothing is moved until it can', async () => {
  const world = await startWorld()
  const { lines } = world.start()
  await world.settled()
  await rm(world.folder, { recursive: true })
  world.powerOff(world.a.port)
  await vi.waitFor(
    () => expect(lines).toContainEqual(expect.stringMatching(/^Trouble: The state file .* cannot/)),
    patience,
  )
  expect(world.cloud.mutations()).toEqual([])
  await mkdir(world.folder)
  await vi.waitFor(() => expect(world.holder()).not.toBe(world.a.server.id), patience)
})
