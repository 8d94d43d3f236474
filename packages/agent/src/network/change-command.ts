import type { Command } from '../commands/run-command.ts'
import { familyOf } from './address-text.ts'
import type { Change } from './change.ts'
import type { Route } from './network-state.ts'
import { addressMetric, routeProtocol } from './our-mark.ts'
import { translationScript } from './translation-rules.ts'

/**
 * The command that makes a change, and what it reads. Nothing is replaced: what is there already, and a stranger's, makes
 * it fail.
 */
export function changeCommand(change: Change): { readonly command: Command; readonly input?: string } {
  switch (change.kind) {
    case 'addAddress': {
      const { address, prefixLength, device, scope } = change.address
      const place = [`${address}/${prefixLength}`, 'dev', device, 'scope', scope, 'metric', String(addressMetric)]
      return { command: ['ip', 'address', 'add', ...place, ...(familyOf(address) === 'ipv6' ? quietly : [])] }
    }
    case 'removeAddress': {
      const { address, prefixLength, device } = change.address
      return { command: ['ip', 'address', 'delete', `${address}/${prefixLength}`, 'dev', device] }
    }
    case 'addRoute':
      return { command: ['ip', 'route', 'add', ...routeText(change.route)] }
    case 'removeRoute':
      return { command: ['ip', 'route', 'delete', ...routeText(change.route)] }
    case 'setTranslations':
      return { command: ['nft', '-f', '-'], input: translationScript(change.translations) }
  }
}

/**
 * Without duplicate detection, which would find the present holder, and deprecated: answers leave from it, but the kernel
 * never chooses it for connections of the node's own. Of two addresses it would prefer the younger one, and a candidate
 * that speaks as the failover address gets no answer.
 */
const quietly = ['nodad', 'preferred_lft', '0']

/** `onlink`: clouds give servers a gateway that lies in no network of theirs. */
function routeText({ destination, via, device }: Route): readonly string[] {
  const hop = via === undefined ? [] : ['via', via]
  return [destination, ...hop, 'dev', device, ...(via === undefined ? [] : ['onlink']), 'proto', routeProtocol]
}
