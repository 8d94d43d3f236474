/** What a node must carry so that traffic for an address reaches it: data that the node agent carries out. */
export interface NodePlan {
  readonly address: string
  readonly prefixLength: number
  /** Which interface: the one of the default route, one with this MAC, this name, or with an address in this subnet. */
  readonly device:
    | { readonly rule: 'defaultRoute'; readonly family: 'ipv4' | 'ipv6' }
    | { readonly rule: 'mac'; readonly mac: string }
    | { readonly rule: 'name'; readonly name: string }
    | { readonly rule: 'subnet'; readonly cidr: string }
  readonly scope: 'global' | 'link' | 'host'
  readonly routes: readonly { readonly destination: string; readonly via?: string }[]
  /**
   * The cloud delivers packets to another address, which the node translates to `address` while it is the holder: the
   * `deliveredTo` of the observation, where the cloud's API knows it. Where only the node itself can learn it,
   * `metadataUrl` (http, at a link-local address) answers with it, as plain
   * text; no answer, or one that is no address: this node cannot serve.
   */
  readonly translateFrom?: string | { readonly metadataUrl: string }
  readonly announce: 'none' | 'arp' | 'ndp'
}
