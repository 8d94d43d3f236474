/** A server as its cloud names it. Two references are the same server when both fields are equal. */
export interface ServerReference {
  /** The cloud's identifier, opaque to the engine. */
  readonly id: string
  /** Zone, site or region, in the cloud's own words; empty where the cloud has no such thing. */
  readonly location: string
}

/** What is known of a node when it is matched to a server. */
export interface NodeFacts {
  readonly name: string
  readonly providerID?: string
  /** IP addresses in canonical text form. */
  readonly addresses: readonly string[]
  readonly hostname?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** The answer for one node. No match is data, not an error. */
export type ServerMatch =
  | {
      readonly kind: 'matched'
      readonly node: string
      readonly server: ServerReference
      /** Units the server carries now, in CIDR form, ours and strangers' alike; `undefined` when it is not known. */
      readonly units?: readonly string[]
      /** What this server can carry, where servers differ; in place of `Capabilities.slotsPerServer`. 0: nothing. */
      readonly slots?: number
    }
  /** The cloud was asked and has no such server, or the node names none. `message` says what to do about it. */
  | { readonly kind: 'unmatched'; readonly node: string; readonly message: string }
  /** The cloud could not be asked. */
  | { readonly kind: 'unknown'; readonly node: string; readonly message: string }

/** `stopped` and `gone` are proof of death; `unknown` is none. */
export type ServerState = 'running' | 'stopped' | 'gone' | 'unknown'
