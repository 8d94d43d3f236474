import { isReason, type FailoverIPInput, type Publication } from '@failover-ip/core'
import type { Capabilities } from '@failover-ip/provider'
import type { ServiceIngress, ServiceRecord } from './service-record.ts'

export interface PublicationFacts {
  /** The Service of its namespace that it names. */
  readonly service: string | undefined
  /** An older FailoverIP that names the same one. */
  readonly olderClaim: string | undefined
  readonly ipMode: Capabilities['ipMode'] | undefined
  /** `unread`: not known yet. A problem: it cannot be known, and why. */
  readonly services:
    | { readonly kind: 'known'; readonly find: (name: string) => ServiceRecord | undefined }
    | { readonly kind: 'unread' }
    | { readonly kind: 'unreadable'; readonly finding: Finding }
  /** Whether what was written to the Service may still come to be shown. */
  readonly mayShowSoon: (service: string) => boolean
  readonly dryRun: boolean
}

type Finding = Omit<NonNullable<Publication['condition']>, 'status'>

/** The ingress that a Service is to have; empty: none. */
export interface ServiceChange {
  readonly service: string
  readonly ingress: readonly ServiceIngress[]
}

export interface PlannedPublication extends Publication {
  readonly change?: ServiceChange
}

/**
 * Where the addresses stand in a Service, and the one thing to do about it: pure. Where they are published is written down before it is
 * done and until it is undone, so that what is ours in a Service is known also after a crash; entries of anybody else are left alone.
 */
export function planPublication(failoverIP: FailoverIPInput, facts: PublicationFacts): PlannedPublication | undefined {
  const { publishedTo } = failoverIP.status
  if (facts.service === undefined && publishedTo === undefined) return undefined
  if (facts.services.kind === 'unread') return { ...keep(failoverIP, facts), keepsObject: publishedTo !== undefined }
  if (facts.services.kind === 'unreadable') {
    const condition = { status: 'Unknown', ...facts.services.finding } as const
    return { condition, publishedTo, keepsObject: false }
  }
  const { find } = facts.services
  const refusal = refusalOf(failoverIP, facts, find)
  const wanted = refusal === undefined ? facts.service : undefined
  if (publishedTo !== undefined && publishedTo.service !== wanted) {
    const shown = find(publishedTo.service)
    if (shown !== undefined && isOf(shown, publishedTo.addresses)) return withdrawal(failoverIP, refusal, facts)
    // What comes to be shown after its FailoverIP has gone would stay for ever.
    if (facts.mayShowSoon(publishedTo.service)) return { ...keep(failoverIP, facts), keepsObject: true }
  }
  if (refusal !== undefined) return { condition: refusal, publishedTo: undefined, keepsObject: false }
  const shown = wanted === undefined ? undefined : find(wanted)
  if (wanted === undefined || shown === undefined)
    return { condition: undefined, publishedTo: undefined, keepsObject: false }
  return publish(failoverIP, wanted, shown, facts)
}

/** Nothing is known: what was known stands. */
function keep({ status }: FailoverIPInput, { service }: PublicationFacts): Omit<PlannedPublication, 'keepsObject'> {
  const { publishedTo } = status
  if (service === undefined) return { condition: undefined, publishedTo }
  const stored = status.conditions?.find(({ type }) => type === 'Published')
  if (stored === undefined || !isReason(stored.reason))
    return { condition: pending('The Services are being read.'), publishedTo }
  const { status: is, reason, message } = stored
  return { condition: { status: is, reason, message }, publishedTo }
}

/** Why the Service that it names is not to show its addresses, whatever it shows now. */
function refusalOf(
  { deleting, addresses }: FailoverIPInput,
  { service: name, olderClaim }: PublicationFacts,
  find: (name: string) => ServiceRecord | undefined,
): Publication['condition'] {
  if (name === undefined) return undefined
  if (deleting) return no('Deleting', `It is being deleted.`)
  const service = find(name)
  if (service === undefined) return no('ServiceNotFound', `There is no Service ${name} in the namespace.`)
  if (!service.isLoadBalancer) return no('NotLoadBalancer', `The Service ${name} is not of type LoadBalancer.`)
  const { loadBalancerClass } = service
  if (loadBalancerClass !== undefined && !loadBalancerClass.startsWith('failover-ip.dev/')) {
    return no(
      'ServiceTaken',
      `The Service ${name} has the loadBalancerClass ${loadBalancerClass}, which is another controller's.`,
    )
  }
  if (olderClaim !== undefined)
    return no('ServiceTaken', `The older FailoverIP ${olderClaim} names the Service ${name}.`)
  if (addresses.every((address) => !isServed(address, service))) {
    return no('FamilyMismatch', `The Service ${name} has only ${service.families.join(' and ')}.`)
  }
  return undefined
}

/** Takes the addresses off the Service that shows them. */
function withdrawal(
  failoverIP: FailoverIPInput,
  refusal: Publication['condition'],
  { service, dryRun }: PublicationFacts,
): PlannedPublication {
  const { deleting, policy, problem, status } = failoverIP
  const { publishedTo } = status
  const from = publishedTo?.service ?? ''
  const condition =
    service === undefined ? undefined : (refusal ?? pending(`The addresses are being taken off the Service ${from}.`))
  const isHeld = dryRun || (!deleting && (policy.paused || problem !== undefined))
  const change = isHeld ? {} : { change: { service: from, ingress: [] } }
  return { condition, publishedTo, keepsObject: !dryRun, ...change }
}

function publish(
  failoverIP: FailoverIPInput,
  name: string,
  shown: ServiceRecord,
  { ipMode, dryRun }: PublicationFacts,
): PlannedPublication {
  const { addresses, status, problem, policy } = failoverIP
  const { publishedTo } = status
  const stay = (condition: Publication['condition']): PlannedPublication => ({
    condition,
    publishedTo,
    keepsObject: false,
  })
  if (problem !== undefined || ipMode === undefined) {
    return stay(no(problem?.reason ?? 'ClassNotAccepted', problem?.message ?? 'Its class has no usable account.'))
  }
  const wanted = addresses.filter((address) => isServed(address, shown)).map((ip) => ({ ip, ipMode }))
  if (isShown(shown.ingress, wanted)) {
    const condition = {
      status: 'True',
      reason: 'Published',
      message: publishedMessage(name, addresses, wanted),
    } as const
    return { condition, publishedTo: { service: name, addresses }, keepsObject: false }
  }
  const ours = [...new Set([...addresses, ...(publishedTo?.addresses ?? [])])]
  if (shown.ingress.length > 0 && !isOf(shown, ours)) {
    return { condition: no('ServiceTaken', takenMessage(name, shown)), publishedTo: undefined, keepsObject: false }
  }
  if (dryRun) return stay(no('DryRun', 'The operator runs with --dry-run; nothing is changed.'))
  if (policy.paused) return stay(no('Paused', 'It is paused; nothing is changed.'))
  const hasHolder = addresses.every((address) =>
    status.addresses?.some((each) => each.address === address && each.server !== undefined),
  )
  if (!failoverIP.protected || (!hasHolder && publishedTo === undefined)) {
    return stay(pending('They are published once a node has all of them.'))
  }
  const condition = pending(`They are being written to the Service ${name}.`)
  const isNoted = publishedTo?.service === name && ours.every((address) => publishedTo.addresses.includes(address))
  if (!isNoted) return { condition, publishedTo: { service: name, addresses: ours }, keepsObject: false }
  return { condition, publishedTo, keepsObject: false, change: { service: name, ingress: wanted } }
}

function no(reason: Finding['reason'], message: string): NonNullable<Publication['condition']> {
  return { status: 'False', reason, message }
}

function pending(message: string): NonNullable<Publication['condition']> {
  return no('Pending', message)
}

/** kube-proxy serves an address of a family that the Service has, and no other. */
function isServed(address: string, { families }: ServiceRecord): boolean {
  return families.length === 0 || families.includes(address.includes(':') ? 'IPv6' : 'IPv4')
}

function isOf({ ingress }: ServiceRecord, addresses: readonly string[]): boolean {
  return ingress.length > 0 && ingress.every(({ ip }) => ip !== undefined && addresses.includes(ip))
}

function isShown(shown: readonly ServiceIngress[], wanted: readonly ServiceIngress[]): boolean {
  const has = ({ ip, ipMode }: ServiceIngress): boolean =>
    shown.some((entry) => entry.ip === ip && (entry.ipMode ?? 'VIP') === ipMode && entry.hostname === undefined)
  return shown.length === wanted.length && wanted.every(has)
}

function publishedMessage(name: string, addresses: readonly string[], shown: readonly ServiceIngress[]): string {
  const left = addresses.filter((address) => !shown.some(({ ip }) => ip === address))
  const said = `The Service ${name} shows them.`
  return left.length === 0 ? said : `${said} But not ${left.join(', ')}, whose family it does not have.`
}

function takenMessage(name: string, { ingress, writer }: ServiceRecord): string {
  const entries = ingress.map(({ ip, hostname }) => ip ?? hostname ?? 'an entry without an address')
  const who = writer === undefined ? 'somebody else' : writer
  return `The Service ${name} shows ${entries.join(', ')}, written by ${who}; it is left alone.`
}
