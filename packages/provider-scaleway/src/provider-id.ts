/** What a `providerID` says, in the forms that Scaleway's cloud controller writes. */
export type ProviderID =
  /** `zone` is absent in the legacy form `scaleway://<uuid>`. */
  | { readonly kind: 'instance'; readonly id: string; readonly zone?: string }
  /** A product that has other addresses, like Elastic Metal. */
  | { readonly kind: 'otherProduct'; readonly product: string }
  | { readonly kind: 'foreign' }

const pattern =
  /^scaleway:\/\/(?:([a-z-]+)\/([a-z]{2}-[a-z]{3}-[1-9])\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

export function parseProviderID(text: string): ProviderID {
  const [, product = 'instance', zone, id] = pattern.exec(text) ?? []
  if (id === undefined) return { kind: 'foreign' }
  if (product !== 'instance') return { kind: 'otherProduct', product }
  return { kind: 'instance', id: id.toLowerCase(), ...(zone === undefined ? {} : { zone }) }
}
