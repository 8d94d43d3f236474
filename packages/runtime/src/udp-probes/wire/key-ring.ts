import { createHash, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { ProbeKeyError } from './probe-key-error.ts'

/** Secrets that all probers, responders and witnesses of a cluster share. Each has 16 bytes or more, from a random source. */
export interface ProbeKeys {
  /** Signs, and is accepted. */
  readonly current: Uint8Array
  /** Is accepted too: the next one while it is being distributed, the last one until nobody uses it. */
  readonly other?: Uint8Array
}

/** A key that can sign and verify, with a name that tells nothing about it. */
export interface ProbeKey {
  /** 32 bits. */
  readonly id: number
  sign(bytes: Uint8Array): Uint8Array
  verify(bytes: Uint8Array, tag: Uint8Array): boolean
}

export interface KeyRing {
  readonly current: ProbeKey
  find(id: number): ProbeKey | undefined
}

/** Bytes of HMAC-SHA256. */
export const tagLength = 32

const leastKeyLength = 16

/**
 * Keys ready for use. To replace a key without a silent moment, give everybody `{ current: old, other: next }`, then
 * `{ current: next, other: old }`, then `{ current: next }`; each step after the one before has arrived everywhere.
 *
 * Throws `ProbeKeyError` for a key that is too short, or twice the same.
 *
 * @example
 * const keyRing = createKeyRing({ current: new Uint8Array(32).fill(7) })
 */
export function createKeyRing({ current, other }: ProbeKeys): KeyRing {
  const signing = createKey(current)
  if (other === undefined) return { current: signing, find: (id) => (id === signing.id ? signing : undefined) }
  const accepted = createKey(other)
  if (accepted.id === signing.id) {
    throw new ProbeKeyError('ProbeKeysEqual', 'The two probe keys are the same: leave one away, or generate another.')
  }
  const keys = new Map([signing, accepted].map((key) => [key.id, key]))
  return { current: signing, find: (id) => keys.get(id) }
}

function createKey(bytes: Uint8Array): ProbeKey {
  if (bytes.length < leastKeyLength) {
    const message = `A probe key has ${bytes.length} bytes; it needs ${leastKeyLength} or more, for example from "openssl rand 32".`
    throw new ProbeKeyError('ProbeKeyTooShort', message)
  }
  const key = createSecretKey(bytes)
  const sign = (signed: Uint8Array): Uint8Array => createHmac('sha256', key).update(signed).digest()
  return {
    id: createHash('sha256').update('failover-ip probe key').update(bytes).digest().readUInt32BE(0),
    sign,
    verify: (signed, tag) => tag.length === tagLength && timingSafeEqual(sign(signed), tag),
  }
}
