import type { Clock } from '@failover-ip/provider'
import { createHttpEmulator } from '../http/emulator.ts'
import type {
  EmulatedAnswer,
  EmulatedRequest,
  HttpEmulator,
  HttpEmulatorOptions,
  LoggedRequest,
} from '../http/emulator.ts'
import type { ChangeCourse } from '../cloud/cloud-model.ts'
import { createCloudModel } from '../cloud/create-cloud-model.ts'
import { attachmentOf, phaseOf } from './cloud.ts'
import type { Attachment, ScalewayIp, ScalewayIpState, ScalewayServer, ScalewayServerState } from './cloud.ts'
import { scalewayErrors } from './errors.ts'
import { answerIpamApi } from './ipam-routes.ts'
import type { Reverses } from './ipam-routes.ts'
import { answerInstanceApi } from './routes.ts'
import { defaultSwitches } from './switches.ts'
import type { ScalewaySwitches } from './switches.ts'

export interface ScalewayEmulatorOptions {
  readonly clock: Clock
  readonly latencyMs?: HttpEmulatorOptions['latencyMs']
  readonly random?: () => number
  /** Reads show the state of so long ago. Default: 0. */
  readonly readLagSeconds?: number
  readonly switches?: Partial<ScalewaySwitches>
}

export interface ScalewayAccount {
  readonly accessKey: string
  readonly secretKey: string
  readonly project: string
  readonly organization: string
  /** `readOnly`: may not change addresses. `expired`: the key is known and no longer valid. */
  readonly access: 'full' | 'readOnly' | 'expired'
}

/**
 * Scaleway's Instance API, and IPAM for names, with state of its own, as far as addresses and servers need it. Everything happens in the time
 * of the clock that it is given. Identifiers are counted, so that two runs are the same.
 */
export interface ScalewayEmulator extends HttpEmulator {
  /** Credentials that work. */
  readonly account: ScalewayAccount
  /** Rotates the key, or changes what it may do. */
  setAccount(change: Partial<Pick<ScalewayAccount, 'secretKey' | 'access'>>): void
  setReadLag(seconds: number): void
  setSwitches(change: Partial<ScalewaySwitches>): void
  /** What becomes of attaching and detaching from now on; how long it takes is a switch. */
  setCourse(change: Partial<Omit<ChangeCourse, 'seconds'>>): void
  /** `id` in lower case. Default: the next one. */
  addServer(
    server?: Partial<Omit<ScalewayServer, 'location'>> & { readonly zone?: string },
  ): ScalewayServer & { readonly zone: string; readonly providerID: string }
  setServerState(id: string, state: ScalewayServerState): void
  removeServer(id: string): void
  /** `unit` in canonical form: an IPv4 /32 or an IPv6 /64. Default: the next one of a test range. */
  addIp(ip?: {
    readonly unit?: string
    readonly zone?: string
    readonly project?: string
    readonly server?: string
  }): ScalewayIp
  removeIp(unit: string): void
  setIpState(unit: string, state: ScalewayIpState): void
  /** What a human does in the console: it just happens, whatever the switches say. */
  moveByHand(unit: string, server: string | null): void
  /** Reverse DNS: host names by address. */
  reverseNames(unit: string): Readonly<Record<string, string>>
  /** The truth about a unit, without the lag of reads. `undefined`: there is no such unit. */
  attachment(unit: string): Attachment | undefined
  /** Requests that changed something, in the order of their effects. */
  mutations(): readonly LoggedRequest[]
  /** Everything, as plain data. */
  snapshot(): {
    readonly servers: readonly ScalewayServer[]
    readonly ips: readonly (ScalewayIp & Attachment)[]
  }
}

/** The zones that have Instances. */
export const scalewayZones: readonly string[] = ['fr-par', 'nl-ams', 'pl-waw'].flatMap((region) =>
  [1, 2, 3].map((number) => `${region}-${number}`),
)

/**
 * @example
 * const cloud = createScalewayEmulator({ clock, latencyMs: 150, readLagSeconds: 1, switches: { moveNeedsDetach: true } })
 * const server = cloud.addServer({ zone: 'fr-par-1' })
 * const ip = cloud.addIp({ server: server.id })
 * cloud.faults.add({ method: 'PATCH', fault: { kind: 'dropAfter' } })
 */
export function createScalewayEmulator(options: ScalewayEmulatorOptions): ScalewayEmulator {
  let account: ScalewayAccount = {
    accessKey: 'SCW0000000000EMULATE',
    secretKey: countedUuid(9, 1),
    project: countedUuid(1, 1),
    organization: countedUuid(1, 1),
    access: 'full',
  }
  let switches: ScalewaySwitches = { ...defaultSwitches, ...options.switches }
  const cloud = createCloudModel<ScalewayServer, ScalewayIp>({
    clock: options.clock,
    readLagSeconds: options.readLagSeconds ?? 0,
    course: { seconds: switches.attachSeconds, end: 'done', effect: 'atStart' },
  })
  const reverses: Reverses = new Map()
  let counted = 0
  let requests = 0

  const answer = (request: EmulatedRequest): EmulatedAnswer => {
    requests += 1
    const context = { cloud, zones: scalewayZones, organization: account.organization, switches, reverses }
    const given =
      refuseSender(account, request) ?? answerIpamApi(context, request) ?? answerInstanceApi(context, request)
    return { ...given, headers: { 'x-request-id': countedUuid(8, requests), ...given.headers } }
  }
  const http = createHttpEmulator({
    clock: options.clock,
    answer,
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
    ...(options.random === undefined ? {} : { random: options.random }),
  })
  const ipOf = (unit: string): ScalewayIp => {
    const ip = cloud.unitOf(unit)
    if (ip === undefined) throw new Error(`The emulator has no address ${unit}.`)
    return ip
  }

  return {
    ...http,
    get account() {
      return account
    },
    setAccount: (change) => {
      account = { ...account, ...change }
    },
    setReadLag: (seconds) => cloud.setReadLag(seconds),
    setCourse: (change) => cloud.setCourse(change),
    setSwitches: (change) => {
      switches = { ...switches, ...change }
      cloud.setCourse({ seconds: switches.attachSeconds })
    },
    addServer: ({ zone = 'fr-par-1', ...given } = {}) => {
      counted += 1
      const server: ScalewayServer = {
        id: countedUuid(2, counted),
        name: `node-${counted}`,
        location: zone,
        project: account.project,
        macAddress: `de:00:00:d1:${octet(counted >> 8)}:${octet(counted)}`,
        dynamicAddress: null,
        state: 'running',
        ...given,
      }
      cloud.putServer(server)
      return { ...server, zone, providerID: `scaleway://instance/${zone}/${server.id}` }
    },
    setServerState: (id, state) => {
      const server = cloud.servers.get(id)
      if (server === undefined) throw new Error(`The emulator has no server ${id}.`)
      cloud.putServer({ ...server, state })
    },
    removeServer: (id) => cloud.removeServer(id),
    addIp: ({ unit, zone = 'fr-par-1', project = account.project, server = null } = {}) => {
      counted += 1
      const ip = {
        id: countedUuid(3, counted),
        unit: unit ?? `51.15.${counted >> 8}.${counted & 255}/32`,
        location: zone,
        project,
      }
      cloud.putUnit(ip, server)
      return ip
    },
    removeIp: (unit) => cloud.removeUnit(ipOf(unit).id),
    setIpState: (unit, state) => cloud.setPhase(ipOf(unit).id, phaseOf(state)),
    moveByHand: (unit, server) => cloud.placeByHand(ipOf(unit).id, server),
    reverseNames: (unit) => Object.fromEntries(reverses.get(ipOf(unit).id) ?? []),
    attachment: (unit) => {
      const ip = cloud.unitOf(unit)
      return ip === undefined ? undefined : attachmentOf(cloud.holding(ip.id))
    },
    mutations: () => http.requests.filter(({ effect }) => effect !== null),
    snapshot: () => ({
      servers: [...cloud.servers.values()],
      ips: [...cloud.units.values()].map((ip) => ({ ...ip, ...attachmentOf(cloud.holding(ip.id)) })),
    }),
  }
}

function refuseSender(account: ScalewayAccount, { method, headers }: EmulatedRequest): EmulatedAnswer | undefined {
  const token = headers.get('x-auth-token')
  if (token === null) return scalewayErrors.deniedAuthentication('invalid_argument')
  if (token !== account.secretKey) return scalewayErrors.deniedAuthentication('not_found')
  if (account.access === 'expired') return scalewayErrors.deniedAuthentication('expired')
  if (account.access === 'readOnly' && method !== 'GET') return scalewayErrors.permissionsDenied('instance_ip', 'write')
  return undefined
}

/** A well-formed identifier that shows what it is of and which one. */
function countedUuid(kind: number, count: number): string {
  return `${kind}0000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
}

function octet(number: number): string {
  return (number & 255).toString(16).padStart(2, '0')
}
