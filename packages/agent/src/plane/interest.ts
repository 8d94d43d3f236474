import type { Target } from '../target/resolve-target.ts'

/** Which events ask for a look. Nodes with many pods have many, and nearly all are about the pods' devices and routes. */
export type Interest =
  | 'everything'
  | {
      readonly devices: ReadonlySet<string>
      readonly destinations: ReadonlySet<string>
    }

/** While something is missing, whatever comes may be it. */
export function interestIn({ addresses, routes, translations, undecided }: Target): Interest {
  if (undecided.addresses.size > 0 || undecided.translated.size > 0) return 'everything'
  return {
    devices: new Set([...addresses, ...translations].map(({ device }) => device)),
    destinations: new Set(routes.map(({ destination }) => destination.replace(/\/(32|128)$/, ''))),
  }
}

/**
 * Whether a line of `ip -oneline monitor address link route` is of interest. Devices and addresses are told as
 * `4: eth0 …` or `4: eth0@if3: …`, routes as `default via …`, each with `Deleted ` before it when it goes.
 */
export function isOfInterest(event: string, interest: Interest): boolean {
  if (interest === 'everything') return true
  const text = event.replace(/^Deleted /, '')
  const device = /^\d+: ([^\s@:]+)/.exec(text)?.[1]
  if (device !== undefined) return interest.devices.has(device)
  const [destination = ''] = text.split(' ')
  return destination === 'default' || interest.destinations.has(destination)
}
