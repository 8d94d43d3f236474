/** What makes each request the only one of its kind: who asks (16 hexadecimal digits), and its number there. */
export interface Nonce {
  readonly session: string
  /** Below 2 ** 48; never used twice in a session. */
  readonly sequence: number
}

interface Envelope {
  /** Of the request; an answer repeats it. */
  readonly nonce: Nonce
  /** Wall time in milliseconds: of a request on the clock of who is asked, of an answer on the clock of who answers. */
  readonly time: number
}

/** Are you there? */
export interface ProbeRequest extends Envelope {
  readonly kind: 'probe'
  /** The node that is meant: another one at its address stays silent. */
  readonly to: string
}

export interface ProbeReply extends Envelope {
  readonly kind: 'reply'
  /** The node that answers. */
  readonly from: string
  readonly bootID: string
}

/** What do you hear of that node? */
export interface WitnessQuestion extends Envelope {
  readonly kind: 'question'
  /** The witness. */
  readonly to: string
  readonly about: string
  /** Where it is probed: an IP address, or address and port. */
  readonly address: string
  /** Milliseconds that the witness may wait for it. */
  readonly patience: number
}

export interface WitnessAnswer extends Envelope {
  readonly kind: 'answer'
  /** The witness. */
  readonly from: string
  readonly heard: 'reply' | 'handshake' | 'refused' | 'silence'
  /** Milliseconds, at the time of the answer, since the witness's probe was sent, and since that became clear. */
  readonly sentAgo: number
  readonly heardAgo: number
  /** Of the node, with `reply`. */
  readonly bootID?: string
  /** The last proof of life before this probe. */
  readonly lastReply?: { readonly ago: number; readonly bootID: string }
  /** Of the witness. Absent: its agent is of a release that did not say so. */
  readonly witnessBootID?: string
}

export type ProbeMessage = ProbeRequest | ProbeReply | WitnessQuestion | WitnessAnswer

/** Bytes of UTF-8 that a text may have in a message. */
export const textLimits = {
  /** As for names of Kubernetes objects. */
  node: 253,
  /** Linux's has 36. */
  bootID: 64,
  /** `[IPv6]:port` has 47 at most. */
  address: 64,
} as const
