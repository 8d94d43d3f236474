import type { NodePlan } from '@failover-ip/provider'
import type { PublishedNodePlan } from '../domain/published-node-plan.ts'

/** As many as the schema takes. */
const mostRoutes = 16
const longest = { address: 45, network: 49, mac: 17, name: 15, url: 512 } as const

/** The plan as the status shows it; `undefined` for one that its schema would not take. Throws for what has not the shape of a plan. */
export function publishNodePlan(
  plan: NodePlan,
  carriedBy: PublishedNodePlan['carriedBy'],
): PublishedNodePlan | undefined {
  const { prefixLength, device, scope, routes, translateFrom, announce } = plan
  const source =
    translateFrom === undefined
      ? undefined
      : typeof translateFrom === 'string'
        ? { address: translateFrom }
        : { metadataUrl: translateFrom.metadataUrl }
  const published: PublishedNodePlan = {
    carriedBy,
    prefixLength,
    device: { ...device },
    scope,
    routes: routes.map(({ destination, via }) => ({ destination, ...(via === undefined ? {} : { via }) })),
    ...(source === undefined ? {} : { translateFrom: source }),
    announce,
  }
  return isSound(published) ? published : undefined
}

function isSound({ prefixLength, device, scope, routes = [], translateFrom, announce }: PublishedNodePlan): boolean {
  const fits = (text: unknown, most: number): boolean =>
    text === undefined || (typeof text === 'string' && text.length <= most)
  return (
    Number.isInteger(prefixLength) &&
    prefixLength >= 1 &&
    prefixLength <= 128 &&
    ['defaultRoute', 'mac', 'name', 'subnet'].includes(device.rule) &&
    [undefined, 'ipv4', 'ipv6'].includes(device.family) &&
    fits(device.mac, longest.mac) &&
    fits(device.name, longest.name) &&
    fits(device.cidr, longest.network) &&
    ['global', 'link', 'host'].includes(scope) &&
    ['none', 'arp', 'ndp'].includes(announce) &&
    routes.length <= mostRoutes &&
    routes.every(
      ({ destination, via }) =>
        destination !== undefined && fits(destination, longest.network) && fits(via, longest.address),
    ) &&
    fits(translateFrom?.address, longest.address) &&
    fits(translateFrom?.metadataUrl, longest.url)
  )
}
