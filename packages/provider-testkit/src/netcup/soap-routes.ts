import type { EmulatedAnswer, EmulatedRequest } from '../http/emulator.ts'
import type { NetcupCloud, NetcupServer, NetcupUser } from './cloud.ts'
import { element, readSoapCall, soapAnswer, soapFault } from './soap-envelope.ts'
import type { NetcupSwitches } from './switches.ts'

export interface SoapContext {
  readonly cloud: NetcupCloud
  readonly user: NetcupUser
  /** That of the web service. */
  readonly password: string
  readonly switches: NetcupSwitches
}

const nowhere = '00:00:00:00:00:00'

/** Texts of faults. The first four were captured from the real service, the others stand in clients of an older one. */
export const netcupFaults = {
  credentials: 'Invalid credentials.',
  failoverIP: (address: string, user: string): string => `Could not find failover IP: ${address} for User: ${user}`,
  server: (name: string): string => `Server not found for name '${name}'`,
  coolDown: 'Routing a failover IP is only permitted once every 5 minutes.',
  validation: 'validation error',
  notAllowed: 'action not allowed',
  /** Not known: that of the REST API. */
  site: 'Routing is limited to servers within the same site as the failover IP.',
} as const

/** The service spells it in two ways. */
const nameParameters: ReadonlyMap<string, string> = new Map([
  ['getVServerIPs', 'vserverName'],
  ['getVServerState', 'vserverName'],
  ['getVServerInformation', 'vservername'],
  ['getVServerNickname', 'vservername'],
])

/** What the web service answers. */
export function answerSoap(context: SoapContext, { method, body }: EmulatedRequest): EmulatedAnswer {
  const { user, password, switches, cloud } = context
  const fault = (text: string): EmulatedAnswer => soapFault(switches.faultStatus, text)
  const call = method === 'POST' ? readSoapCall(body) : undefined
  if (call === undefined) return { status: 404, headers: { 'content-type': 'text/html' }, text: '<html></html>' }
  const { operation, parameters } = call
  if (parameters['loginName'] !== user.username || parameters['password'] !== password) {
    return fault(netcupFaults.credentials)
  }
  if (operation === 'getVServers') {
    return soapAnswer(operation, [...cloud.servers.values()].map(({ name }) => element('return', name)).join(''))
  }
  if (operation === 'changeIPRouting') return changeRouting(context, parameters, fault)
  const name = parameters[nameParameters.get(operation) ?? ''] ?? ''
  const server = [...cloud.servers.values()].find((one) => one.name === name)
  if (server === undefined) return fault(netcupFaults.server(name))
  switch (operation) {
    case 'getVServerIPs':
      return soapAnswer(
        operation,
        addressesOf(cloud, server)
          .map((ip) => element('return', ip))
          .join(''),
      )
    case 'getVServerState':
      return soapAnswer(operation, element('return', server.state === 'RUNNING' ? 'online' : 'offline'))
    case 'getVServerInformation':
      return soapAnswer(operation, `<return>${informationOf(cloud, server)}</return>`)
    case 'getVServerNickname':
      return soapAnswer(operation, element('return', server.nickname))
    default:
      return fault(netcupFaults.notAllowed)
  }
}

function changeRouting(
  { cloud, user, switches }: SoapContext,
  parameters: Readonly<Record<string, string>>,
  fault: (text: string) => EmulatedAnswer,
): EmulatedAnswer {
  const { routedIP = '', routedMask = '', destinationVserverName = '', destinationInterfaceMAC = '' } = parameters
  const unit = cloud.unitOf(`${routedIP}/${routedMask}`)
  if (unit === undefined) return fault(netcupFaults.failoverIP(routedIP, user.username))
  const server = [...cloud.servers.values()].find(({ name }) => name === destinationVserverName)
  if (server === undefined) return fault(netcupFaults.server(destinationVserverName))
  const isUnrouting = destinationInterfaceMAC === nowhere
  const isThere = cloud.holding(unit.id).server === server.id
  if (isUnrouting ? !isThere : destinationInterfaceMAC.toLowerCase() !== server.mac)
    return fault(netcupFaults.validation)
  if (server.location !== unit.location) return fault(netcupFaults.site)
  if (cloud.admit(unit.id, { countRefused: switches.countsRefused }) !== null) return fault(netcupFaults.coolDown)
  cloud.change(unit.id, isUnrouting ? null : server.id)
  const effect = isUnrouting ? `unrouted ${unit.unit}` : `routed ${unit.unit} to ${server.name}`
  const answer = switches.soapSuccess === 'true' ? element('return', true) : ''
  return soapAnswer('changeIPRouting', answer, isThere && !isUnrouting ? undefined : effect)
}

/** IPv4 addresses plainly, prefixes in CIDR form; what is routed to the server stands among its own. */
function addressesOf(cloud: NetcupCloud, { id, ipv4, ipv6 }: NetcupServer): readonly string[] {
  const routed = [...cloud.units.values()].filter((unit) => cloud.seenHolding(unit.id).server === id)
  return [ipv4, ipv6, ...routed.map(({ unit }) => unit.replace(/\/32$/, ''))]
}

function informationOf(cloud: NetcupCloud, server: NetcupServer): string {
  const { ipv4, ipv6, mac, name, nickname, state } = server
  const own = element('ipv4IP', ipv4) + element('ipv6IP', ipv6) + element('mac', mac)
  // A second interface, of the cloud VLAN, without addresses.
  const second = element('mac', mac.replace(/^../, '06'))
  const interfaces = [second, own].map(
    (content) =>
      `<serverInterfaces>${element('driver', 'virtio')}${content}${element('trafficThrottled', false)}</serverInterfaces>`,
  )
  return [
    element('cpuCores', 8),
    ...addressesOf(cloud, server).map((ip) => element('ips', ip)),
    element('memory', 16_384),
    element('rebootRecommended', false),
    element('rescueEnabled', false),
    ...interfaces,
    element('status', state === 'RUNNING' ? 'online' : 'offline'),
    element('vServerName', name),
    element('vServerNickname', nickname),
  ].join('')
}
