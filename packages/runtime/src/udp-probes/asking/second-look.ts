import type { Clock } from '@failover-ip/provider'
import type { Endpoint } from '../net/datagrams.ts'
import type { Knock, KnockOutcome } from '../net/knock.ts'
import type { Answer, ProbeChannel, Request } from '../probe-channel.ts'
import type { Handshakes } from './handshakes.ts'

export type Hint = 'handshake' | 'refused'

export interface LookPorts {
  readonly clock: Clock
  readonly channel: ProbeChannel
  readonly knock: Knock
  readonly handshakes: Handshakes | undefined
}

export interface Look {
  readonly request: Request
  readonly to: Endpoint
  /** Milliseconds. */
  readonly patience: number
  readonly onAnswer: (answer: Answer) => void
  readonly signal: AbortSignal
}

/**
 * Looks whether anything lives where a probe stayed without an answer: a second probe from a socket of its own, which
 * also hears a refusal, and a TCP handshake, which the kernel of a node answers whose processes hang. Known as soon as
 * there is a hint or an answer, else after the patience. Never rejects.
 */
export async function lookAgain(ports: LookPorts, look: Look): Promise<Hint | undefined> {
  const { patience, signal, to } = look
  const over = new AbortController()
  const scope = AbortSignal.any([signal, over.signal])
  ports.clock.sleep(patience, { signal: scope }).then(
    () => over.abort('over'),
    () => undefined,
  )
  const onAnswer = (answer: Answer): void => {
    look.onAnswer(answer)
    over.abort('over')
  }
  try {
    return await firstOf([
      knockOnce(ports, { ...look, onAnswer }, scope).then((outcome) => (outcome === 'refused' ? outcome : undefined)),
      ports.handshakes?.shake(to.host, patience, scope).catch(() => undefined),
    ])
  } finally {
    over.abort('over')
  }
}

/** A probe from a socket of its own, which also hears a refusal; known at once, or when the patience is over. Never rejects. */
export async function knockFor(ports: LookPorts, look: Look): Promise<KnockOutcome> {
  const over = new AbortController()
  const scope = AbortSignal.any([look.signal, over.signal])
  ports.clock.sleep(look.patience, { signal: scope }).then(
    () => over.abort('over'),
    () => undefined,
  )
  const onAnswer = (answer: Answer): void => {
    look.onAnswer(answer)
    over.abort('over')
  }
  try {
    return await knockOnce(ports, { ...look, onAnswer }, scope)
  } finally {
    over.abort('over')
  }
}

async function knockOnce(
  { channel, knock }: LookPorts,
  { request, to, onAnswer }: Look,
  signal: AbortSignal,
): Promise<KnockOutcome> {
  const packet = channel.prepare(request, onAnswer)
  if (packet === undefined) return 'unsent'
  const onPacket = (answer: Uint8Array): void => channel.receive(answer, to)
  return await knock(packet, to, { signal, onPacket })
}

/** The first of them that says something. */
function firstOf<Value>(promises: readonly (Promise<Value | undefined> | undefined)[]): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const all = promises.map(async (promise) => {
      const value = await promise
      if (value !== undefined) resolve(value)
    })
    Promise.all(all).then(() => resolve(undefined), reject)
  })
}
