import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { connectTcp } from './connect.ts'

const servers: Server[] = []
const signal = new AbortController().signal

async function listen(): Promise<number> {
  const server = createServer()
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : expect.fail()
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  await closed
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(close))
})

test('connects to a listener, and ends the connection', async () => {
  const port = await listen()
  const [server = expect.fail()] = servers
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  expect(await connectTcp({ host: '127.0.0.1', port }, { signal })).toBe('connected')
  const socket = await accepted
  await once(socket.resume(), 'close')
  expect(socket.destroyed).toBe(true)
})

test('is refused where nobody listens', async () => {
  const port = await listen()
  await Promise.all(servers.splice(0).map(close))
  expect(await connectTcp({ host: '127.0.0.1', port }, { signal })).toBe('refused')
})

test('prefers an answer that lies in the socket to a time-out that the process was too busy to keep', async () => {
  const port = await listen()
  const controller = new AbortController()
  setTimeout(() => controller.abort('late'), 1)
  const attempt = connectTcp({ host: '127.0.0.1', port }, { signal: controller.signal })
  const busyUntil = performance.now() + 50
  while (performance.now() < busyUntil) void 0
  expect(await attempt).toBe('connected')
})

test('rejects with the reason of its signal', async () => {
  const port = await listen()
  await expect(connectTcp({ host: '127.0.0.1', port }, { signal: AbortSignal.abort('over') })).rejects.toBe('over')
})
