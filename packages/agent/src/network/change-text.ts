import { familyOf } from './address-text.ts'
import type { Change } from './change.ts'
import type { Route } from './network-state.ts'
import { addressMetric, routeProtocol } from './our-mark.ts'

/** A change that `ip` makes. */
export type IpChange = Exclude<Change, { readonly kind: 'setTranslations' }>

/**
 * The arguments with which `ip` makes a change. Nothing is replaced: what is there already, and a stranger's, makes it
 * fail.
 */
export function changeText(change: IpChange): string {
  switch (change.kind) {
    case 'addAddress': {
      const { address, prefixLength, device, scope } = change.address
      const place = `${address}/${prefixLength} dev ${device} scope ${scope} metric ${addressMetric}`
      return `address add ${place}${familyOf(address) === 'ipv6' ? quietly : ''}`
    }
    case 'removeAddress': {
      const { address, prefixLength, device } = change.address
      return `address delete ${address}/${prefixLength} dev ${device}`
    }
    case 'addRoute':
      return `route add ${routeText(change.route)}`
    case 'removeRoute':
      return `route delete ${routeText(change.route)}`
  }
}

/**
 * Without duplicate detection, which would find the present holder, and deprecated: answers leave from it, but the kernel
 * never chooses it for connections of the node's own. Of two addresses it would prefer the younger one, and a candidate
 * that speaks as the failover address gets no answer.
 */
const quietly = ' nodad preferred_lft 0'

/** `onlink`: clouds give servers a gateway that lies in no network of theirs. */
function routeText({ destination, via, device }: Route): string {
  const hop = via === undefined ? `dev ${device}` : `via ${via} dev ${device} onlink`
  return `${destination} ${hop} proto ${routeProtocol}`
}
