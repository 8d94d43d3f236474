import type { Clock } from '@failover-ip/provider'
import type { ChangeCourse, Holding } from '../cloud/cloud-model.ts'
import { createCloudModel } from '../cloud/create-cloud-model.ts'
import { createLimits } from '../cloud/limits.ts'
import type { Limits } from '../cloud/limits.ts'
import { createHttpEmulator } from '../http/emulator.ts'
import type {
  EmulatedAnswer,
  EmulatedRequest,
  HttpEmulator,
  HttpEmulatorOptions,
  LoggedRequest,
} from '../http/emulator.ts'
import type { NetcupCloud, NetcupServer, NetcupServerState, NetcupUnit } from './cloud.ts'
import { createNetcupLogin } from './login.ts'
import type { NetcupLogin } from './login.ts'
import { nameSoapCall } from './name-soap-call.ts'
import { netcupErrors } from './rest-errors.ts'
import { answerRest } from './rest-routes.ts'
import { answerSoap } from './soap-routes.ts'
import { defaultSwitches } from './switches.ts'
import type { NetcupSwitches } from './switches.ts'

export interface NetcupEmulatorOptions {
  readonly clock: Clock
  readonly latencyMs?: HttpEmulatorOptions['latencyMs']
  readonly random?: () => number
  /** Reads show the state of so long ago. Default: 0. */
  readonly readLagSeconds?: number
  /** What becomes of changes. Default: done at once. */
  readonly course?: ChangeCourse
  readonly switches?: Partial<NetcupSwitches>
}

export interface NetcupAccount {
  /** Number of the user in paths of the REST API. */
  readonly userId: number
  /** Customer number: login name of the web service. */
  readonly loginName: string
  /** That of the web service. */
  readonly password: string
}

/**
 * netcup's server control panel: REST API, login and SOAP service over one account's state. Everything happens in the time
 * of the clock that it is given. Identifiers are counted, so that two runs are the same.
 */
export interface NetcupEmulator extends HttpEmulator {
  readonly account: NetcupAccount
  readonly login: NetcupLogin
  /** Whether the REST API is activated and the sender is on its list of allowed addresses. */
  setAllowed(allowed: boolean): void
  setPassword(password: string): void
  setReadLag(seconds: number): void
  setCourse(course: Partial<ChangeCourse>): void
  setSwitches(change: Partial<NetcupSwitches>): void
  /** Default: the next one, in site 1. */
  addServer(server?: Partial<NetcupServer>): NetcupServer
  setServerState(id: string, state: NetcupServerState): void
  /** Another task works on it, so that nothing can be routed to it. */
  setLocked(id: string, locked: boolean): void
  removeServer(id: string): void
  /** Default: the next IPv4 address, in site 1. `server` is the number of one. */
  addUnit(unit?: Partial<Pick<NetcupUnit, 'unit' | 'location' | 'editable'>> & { readonly server?: string }): NetcupUnit
  setEditable(unit: string, editable: boolean): void
  removeUnit(unit: string): void
  /** What a human does in the panel: it happens at once. */
  moveByHand(unit: string, server: string | null): void
  /** As if netcup kept no tasks. */
  forgetTasks(): void
  /** The truth, without the lag of reads. `undefined`: there is no such unit. */
  holding(unit: string): Holding | undefined
  /** Requests that changed something, in the order of their effects. */
  mutations(): readonly LoggedRequest[]
  /** Everything, as plain data. */
  snapshot(): ReturnType<NetcupCloud['snapshot']>
}

/** Of the REST API's description. */
const restWindows = [
  { changes: 10, seconds: 300 },
  { changes: 20, seconds: 3600 },
]

/**
 * @example
 * const cloud = createNetcupEmulator({ clock, latencyMs: 150, course: { seconds: 20, end: 'done', effect: 'atEnd' } })
 * const server = cloud.addServer({ hostname: 'node-1' })
 * cloud.addUnit({ unit: '198.18.88.63/32', server: server.id })
 * cloud.faults.add({ method: 'PATCH', fault: { kind: 'dropAfter' } })
 */
export function createNetcupEmulator(options: NetcupEmulatorOptions): NetcupEmulator {
  const { clock } = options
  let switches: NetcupSwitches = { ...defaultSwitches, ...options.switches }
  let password = 'webservice-password-1'
  let isAllowed = true
  const user = { id: 555_001, username: '100000' }
  const locked = new Set<string>()
  const limits = new Map<string, Limits>()
  const cloud: NetcupCloud = createCloudModel({
    clock,
    coolDownSeconds: switches.soapCoolDownSeconds,
    ...(options.readLagSeconds === undefined ? {} : { readLagSeconds: options.readLagSeconds }),
    ...(options.course === undefined ? {} : { course: options.course }),
  })
  const login = createNetcupLogin({ clock, user, rotates: () => switches.rotatesRefreshToken })
  let servers = 0
  let units = 0

  const admit = ({ id }: NetcupUnit): ReturnType<Limits['admit']> => {
    const key = switches.windowScope === 'account' ? '' : id
    const limit = limits.get(key) ?? createLimits(clock, restWindows, 0)
    limits.set(key, limit)
    return limit.admit(id, { countRefused: switches.countsRefused })
  }
  const wallOf = (monotonic: number): number => clock.now() - clock.monotonic() + monotonic
  const answer = (request: EmulatedRequest): EmulatedAnswer => {
    const { url, headers } = request
    if (url.pathname.startsWith('/realms/scp/')) return login.answer(request)
    if (url.pathname === '/WSEndUser' || url.pathname === '/SCP/WSEndUser') {
      return answerSoap({ cloud, user, password, switches }, request)
    }
    if (url.pathname === '/scp-core/api/ping')
      return { status: 200, headers: { 'content-type': 'text/plain' }, text: 'OK' }
    const [, path] = /^\/scp-core\/api\/v1\/(.+)$/.exec(decodeURIComponent(url.pathname)) ?? []
    if (path === undefined) return netcupErrors.notFound('Resource')
    const authorization = headers.get('authorization')
    if (authorization === null) return netcupErrors.noHeader()
    if (!isAllowed) return netcupErrors.notAllowed()
    if (!login.takes(authorization.replace(/^Bearer /, ''))) return netcupErrors.badToken()
    return answerRest({ cloud, user, switches, wallOf, admit, locked }, request, path)
  }
  const http = createHttpEmulator({
    clock,
    answer,
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
    ...(options.random === undefined ? {} : { random: options.random }),
  })
  const unitOf = (unit: string): NetcupUnit => {
    const found = cloud.unitOf(unit)
    if (found === undefined) throw new Error(`The emulator has no failover address ${unit}.`)
    return found
  }

  return {
    ...http,
    handle: async (request) => http.handle(await nameSoapCall(request)),
    fetch: async (input, init) => http.fetch(await nameSoapCall(new Request(input, init))),
    get account() {
      return { userId: user.id, loginName: user.username, password }
    },
    login,
    setAllowed: (allowed) => {
      isAllowed = allowed
    },
    setPassword: (next) => {
      password = next
    },
    setReadLag: (seconds) => cloud.setReadLag(seconds),
    setCourse: (course) => cloud.setCourse(course),
    setSwitches: (change) => {
      switches = { ...switches, ...change }
      cloud.setCoolDown(switches.soapCoolDownSeconds)
    },
    addServer: (given = {}) => {
      servers += 1
      const server: NetcupServer = {
        id: String(111_000 + servers),
        name: `v${String(2_201_000_000_000_000_000n + BigInt(servers))}`,
        location: '1',
        hostname: `v${servers}.example.org`,
        nickname: `server ${servers}`,
        ipv4: `198.18.28.${servers}`,
        ipv6: `2001:db8:c1:${servers.toString(16)}::/64`,
        mac: `02:00:00:97:47:${(servers & 255).toString(16).padStart(2, '0')}`,
        state: 'RUNNING',
        ...given,
      }
      cloud.putServer(server)
      return server
    },
    setServerState: (id, state) => {
      const server = cloud.servers.get(id)
      if (server === undefined) throw new Error(`The emulator has no server ${id}.`)
      cloud.putServer({ ...server, state })
    },
    setLocked: (id, isLocked) => void (isLocked ? locked.add(id) : locked.delete(id)),
    removeServer: (id) => cloud.removeServer(id),
    addUnit: ({ unit, location = '1', editable = true, server = null } = {}) => {
      units += 1
      const added = {
        id: String(333_000 + units),
        unit: unit ?? `198.18.${88 + (units >> 8)}.${units & 255}/32`,
        location,
        editable,
      }
      cloud.putUnit(added, server)
      return added
    },
    setEditable: (unit, editable) => {
      const found = unitOf(unit)
      const { server } = cloud.holding(found.id)
      cloud.putUnit({ ...found, editable }, server)
    },
    removeUnit: (unit) => cloud.removeUnit(unitOf(unit).id),
    moveByHand: (unit, server) => cloud.placeByHand(unitOf(unit).id, server),
    forgetTasks: () => {
      for (const { id } of cloud.snapshot().actions) cloud.forgetAction(id)
    },
    holding: (unit) => {
      const found = cloud.unitOf(unit)
      return found === undefined ? undefined : cloud.holding(found.id)
    },
    mutations: () => http.requests.filter(({ effect }) => effect !== null),
    snapshot: () => cloud.snapshot(),
  }
}
