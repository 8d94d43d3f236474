import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createAskMetadata } from './ask-metadata.ts'
import { MetadataError } from './metadata-error.ts'

const { signal } = new AbortController()
const ask = createAskMetadata({ allows: (host) => host === '127.0.0.1' })
let server: Server | undefined

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/anchor` : expect.fail()
}

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function code(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.catch((reason: unknown) => reason)
  return error instanceof MetadataError ? error.code : expect.fail(`no MetadataError: ${String(error)}`)
}

test('learns an address of either family, in the kernel’s spelling', async () => {
  const url = await serve((request, response) => {
    response.end(request.url === '/anchor' ? '10.17.0.5' : '2001:DB8:0:0::5\n')
  })
  expect(await ask(url, { signal })).toBe('10.17.0.5')
  expect(await ask(`${url}6`, { signal })).toBe('2001:db8::5')
})

test.each([
  ['an empty answer', (_, response) => response.end('')],
  ['a page', (_, response) => response.end('<html>')],
  ['a network', (_, response) => response.end('10.17.0.5/16')],
  ['another status', (_, response) => response.writeHead(404).end('10.17.0.5')],
  ['a redirect', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['an answer without end', (_, response) => response.write('1'.repeat(1 << 20))],
] satisfies [string, RequestListener][])('takes %s for no address', async (_, answer) => {
  expect(await code(ask(await serve(answer), { signal }))).toBe('MetadataUnusable')
})

test('says when nobody answers, or the answer breaks off', async () => {
  expect(await code(ask('http://127.0.0.1:1/', { signal }))).toBe('MetadataSilent')
  const url = await serve((request, response) => {
    response.writeHead(200, { 'content-length': 9 })
    response.write('10.')
    setImmediate(() => request.socket.destroy())
  })
  expect(await code(ask(url, { signal }))).toBe('MetadataSilent')
})

test('ends with its signal', async () => {
  const stop = new AbortController()
  const url = await serve(() => stop.abort('enough'))
  await expect(ask(url, { signal: stop.signal })).rejects.toBe('enough')
})

test.each([
  'http://192.0.2.1/',
  'http://metadata.internal/',
  'https://169.254.169.254/',
  'http://user@169.254.169.254/',
  'http://169.254.169.254.example.com/',
  'file:///etc/passwd',
  'nonsense',
])('does not ask %s', async (url) => {
  expect(await code(createAskMetadata()(url, { signal }))).toBe('MetadataNotAllowed')
})
