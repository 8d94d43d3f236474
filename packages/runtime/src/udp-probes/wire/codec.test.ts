import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openPacket, sealMessage, type OpenedPacket, type PacketFault } from './codec.ts'
import { createKeyRing, tagLength, type KeyRing } from './key-ring.ts'
import { longestPacket, readHeader } from './message-header.ts'
import { ProbeKeyError } from './probe-key-error.ts'
import { textLimits, type ProbeMessage } from './probe-message.ts'

const secret = (seed: number): Uint8Array => new Uint8Array(32).fill(seed)
const ring = createKeyRing({ current: secret(1), other: secret(2) })
const key = ring.current

const read = (packet: Uint8Array, keys: KeyRing = ring): OpenedPacket | PacketFault => {
  const header = readHeader(packet)
  return typeof header === 'string' ? header : openPacket(packet, header, keys)
}
const messageOf = (packet: Uint8Array, keys: KeyRing = ring): ProbeMessage | PacketFault => {
  const opened = read(packet, keys)
  return typeof opened === 'string' ? opened : opened.message
}

const text = (limit: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: 'binary', maxLength: limit })
    .filter((value) => Buffer.byteLength(value) <= limit && !value.includes('\uFFFD'))
const envelope = {
  nonce: fc.record({
    session: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    sequence: fc.nat({ max: 2 ** 48 - 1 }),
  }),
  time: fc.nat({ max: 2 ** 48 - 1 }),
}
const age = fc.nat({ max: 2 ** 32 - 1 })
const node = text(textLimits.node)
const bootID = text(textLimits.bootID)
const requests = [
  fc.record({ kind: fc.constant('probe' as const), to: node, ...envelope }),
  fc.record({
    kind: fc.constant('question' as const),
    to: node,
    about: node,
    address: text(textLimits.address),
    patience: fc.nat({ max: 0xffff }),
    ...envelope,
  }),
] as const
const answers = [
  fc.record({ kind: fc.constant('reply' as const), from: node, bootID, ...envelope }),
  fc.record(
    {
      kind: fc.constant('answer' as const),
      from: node,
      heard: fc.constantFrom('reply', 'handshake', 'refused', 'silence'),
      sentAgo: age,
      heardAgo: age,
      bootID: bootID.filter((value) => value !== ''),
      lastReply: fc.record({ ago: age, bootID }),
      witnessBootID: bootID,
      ...envelope,
    },
    { requiredKeys: ['kind', 'from', 'heard', 'sentAgo', 'heardAgo', 'nonce', 'time'] },
  ),
] as const
const anyMessage: fc.Arbitrary<ProbeMessage> = fc.oneof(...requests, ...answers)

describe('any message', () => {
  test('is read as it was written, with the key it was signed with', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const packet = sealMessage(message, key)
        expect(read(packet)).toEqual({ message, key })
        expect(packet.length).toBeLessThanOrEqual(longestPacket)
      }),
    )
  })

  test('is refused when one bit of it differs', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), (message, place) => {
        const packet = sealMessage(message, key)
        const bit = place % (packet.length * 8)
        packet[bit >> 3] = (packet[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(read(packet)).toBeTypeOf('string')
      }),
      { numRuns: 1000 },
    )
  })

  test('is refused when it is cut off, or when something is added to it', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 64 }), (message, place, more) => {
        const packet = sealMessage(message, key)
        expect(read(packet.subarray(0, place % packet.length))).toBeTypeOf('string')
        expect(read(Buffer.concat([packet, more]))).toBeTypeOf('string')
      }),
    )
  })

  test('is refused without its key', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(read(sealMessage(message, key), createKeyRing({ current: secret(3) }))).toBe('unknownKey')
      }),
    )
  })

  test.each([
    ['a probe', requests[0], answers[0]],
    ['a question', requests[1], answers[1]],
  ] as const)('%s is not shorter than any answer of the node it is meant for', (_, request, answer) => {
    fc.assert(
      fc.property(request, answer, (asked, given) => {
        const answered = sealMessage({ ...given, from: asked.to }, key)
        expect(answered.length).toBeLessThanOrEqual(sealMessage(asked, key).length)
      }),
      { numRuns: 500 },
    )
  })
})

describe('any bytes', () => {
  test('are refused without a word', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2 * longestPacket }), (bytes) => {
        expect(read(bytes)).toBeTypeOf('string')
      }),
      { numRuns: 2000 },
    )
  })

  test('that begin as a message does are refused too', () => {
    const begin = fc.tuple(
      fc.constantFrom(0, 1, 1, 1, 2, 255),
      fc.constantFrom(0, 1, 2, 3, 4, 255),
      fc.constantFrom(key.id, 0),
    )
    fc.assert(
      fc.property(begin, fc.uint8Array({ maxLength: longestPacket }), ([version, kind, id], rest) => {
        const packet = Buffer.concat([Buffer.from('FIP'), Buffer.of(version, kind, 0, 0, 0, 0), rest])
        packet.writeUInt32BE(id, 5)
        expect(read(packet)).toBeTypeOf('string')
      }),
      { numRuns: 2000 },
    )
  })

  test('that are signed are read or called malformed, never more', () => {
    fc.assert(
      fc.property(fc.nat({ max: 3 }), fc.uint8Array({ maxLength: 400 }), (kind, body) => {
        const packet = sealMessage(
          { kind: 'probe', to: '', nonce: { session: '00'.repeat(8), sequence: 1 }, time: 1 },
          key,
        )
        const header = Buffer.from(packet.subarray(0, 29))
        header[4] = kind
        const signed = Buffer.concat([header, body])
        const sealed = Buffer.concat([signed, createHmac('sha256', secret(1)).update(signed).digest()])
        const message = messageOf(sealed)
        if (typeof message === 'string') expect(message).toBe('malformed')
        else expect(() => sealMessage(message, key)).not.toThrow()
      }),
      { numRuns: 2000 },
    )
  })
})

const probe: ProbeMessage = {
  kind: 'probe',
  to: 'node-1',
  nonce: { session: '0123456789abcdef', sequence: 7 },
  time: Date.UTC(2026, 0, 1),
}

describe('faults by name', () => {
  const packet = sealMessage(probe, key)
  const changed = (at: number, byte: number): Buffer => {
    const copy = Buffer.from(packet)
    copy[at] = byte
    return copy
  }
  test.each<[PacketFault, Uint8Array]>([
    ['truncated', new Uint8Array()],
    ['truncated', packet.subarray(0, 29 + tagLength - 1)],
    ['oversized', new Uint8Array(longestPacket + 1)],
    ['foreign', changed(0, 0)],
    ['foreignVersion', changed(3, 2)],
    ['foreignVersion', changed(3, 2).subarray(0, 4)],
    ['malformed', changed(4, 9)],
    ['unknownKey', changed(5, (packet[5] ?? 0) ^ 1)],
    ['forged', changed(29, 0)],
    ['forged', changed(packet.length - 1, (packet.at(-1) ?? 0) ^ 1)],
  ])('%s', (fault, bytes) => {
    expect(read(bytes)).toBe(fault)
  })
})

test('stays as it is on the wire', () => {
  // Nodes of two releases speak to each other while one is replaced by the other.
  expect(sealMessage(probe, createKeyRing({ current: secret(1) }).current).toString('hex')).toMatchInlineSnapshot(
    `"4649500100217c723a0123456789abcdef000000000007019b76daa800066e6f64652d31000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000067da0c90cb433a7930e9e29fbec5d02e29161b5872ee0bbb9a1d55ca3bbb5118"`,
  )
})

describe('keys', () => {
  test('either of two is accepted, and the first one signs', () => {
    const [before, during, after] = [
      createKeyRing({ current: secret(1) }),
      createKeyRing({ current: secret(2), other: secret(1) }),
      createKeyRing({ current: secret(2) }),
    ]
    expect(messageOf(sealMessage(probe, before.current), during)).toEqual(probe)
    expect(messageOf(sealMessage(probe, during.current), after)).toEqual(probe)
    expect(messageOf(sealMessage(probe, during.current), before)).toBe('unknownKey')
    expect(messageOf(sealMessage(probe, before.current), after)).toBe('unknownKey')
  })

  test('a short one, or the same one twice, is refused by a code that tells nothing of it', () => {
    const refused = (make: () => unknown): unknown => {
      try {
        return make()
      } catch (error) {
        return error instanceof ProbeKeyError ? error.code : error
      }
    }
    expect(refused(() => createKeyRing({ current: secret(1).subarray(0, 15) }))).toBe('ProbeKeyTooShort')
    expect(refused(() => createKeyRing({ current: secret(1), other: secret(1) }))).toBe('ProbeKeysEqual')
    expect(JSON.stringify(createKeyRing({ current: Buffer.from('a secret of 18 bytes') }))).not.toContain('secret')
  })
})
