/**
 * The programs that speak inside namespaces:
 * `traffic.ts serve ADDRESS PORT NAME` answers each datagram and each TCP connection with NAME and whom it heard;
 * `traffic.ts ask udp|tcp FROM TO PORT` prints the answer that comes back from the very address asked;
 * `traffic.ts metadata TEXT...` is a metadata service whose path /N answers with the Nth text.
 */
import { createSocket } from 'node:dgram'
import { createServer as createHttpServer } from 'node:http'
import { createConnection, createServer } from 'node:net'

const deadline = 2000
const [mode, ...argv] = process.argv.slice(2)
const familyOf = (address: string): 'udp4' | 'udp6' => (address.includes(':') ? 'udp6' : 'udp4')

if (mode === 'serve') {
  const [address = '', port = '', name = ''] = argv
  const socket = createSocket(familyOf(address))
  socket.on('message', (_, from) => socket.send(`${name} heard ${from.address}`, from.port, from.address))
  socket.bind(Number(port), address, () => {
    createServer((peer) => {
      peer.on('error', () => undefined)
      // Two segments, so that more than the handshake goes through.
      peer.once('data', () => peer.end(`${name} heard ${peer.remoteAddress ?? 'nobody'}`))
    }).listen(Number(port), address, () => console.log('ready'))
  })
} else if (mode === 'metadata') {
  createHttpServer((request, response) => {
    const text = argv[Number(request.url?.slice(1))]
    response.writeHead(text === undefined ? 404 : 200).end(text)
  }).listen(80, '169.254.169.254', () => console.log('ready'))
} else if (mode === 'ask') {
  const [transport, from = '', to = '', port = ''] = argv
  setTimeout(() => {
    console.log('silence')
    process.exit(0)
  }, deadline)
  const done = (text: string): void => {
    console.log(text)
    process.exit(0)
  }
  if (transport === 'udp') {
    // A connected socket hears the address that it asked and no other.
    const socket = createSocket(familyOf(to))
    socket.on('message', (text) => done(text.toString()))
    socket.on('error', (error) => done(error.message))
    socket.bind(0, from, () => socket.connect(Number(port), to, () => socket.send('?')))
  } else {
    const socket = createConnection({ host: to, port: Number(port), localAddress: from }, () => socket.write('?'))
    socket.on('data', (text) => done(text.toString()))
    socket.on('error', (error) => done(error.message))
  }
}
