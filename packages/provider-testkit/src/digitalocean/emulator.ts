import type { Clock } from '@failover-ip/provider'
import type { Holding } from '../cloud/cloud-model.ts'
import { createCloudModel } from '../cloud/create-cloud-model.ts'
import { createHttpEmulator } from '../http/emulator.ts'
import type {
  EmulatedAnswer,
  EmulatedRequest,
  HttpEmulator,
  HttpEmulatorOptions,
  LoggedRequest,
} from '../http/emulator.ts'
import { answerAddresses } from './address-routes.ts'
import type { RouteContext } from './address-routes.ts'
import { answerAction, answerDroplets } from './droplet-routes.ts'
import { digitalOceanErrors } from './errors.ts'
import { answerFirewalls } from './firewall-routes.ts'
import { createFirewalls } from './firewalls.ts'
import type { Firewalls } from './firewalls.ts'
import type { DigitalOceanCloud, EmulatedAddress, EmulatedDroplet } from './objects.ts'
import { createRateLimit, documentedWindows } from './rate-limit.ts'
import type { RequestWindow } from './rate-limit.ts'
import { defaultDigitalOceanSwitches } from './switches.ts'
import type { DigitalOceanSwitches } from './switches.ts'

export interface DigitalOceanEmulatorOptions {
  readonly clock: Clock
  readonly latencyMs?: HttpEmulatorOptions['latencyMs']
  readonly random?: () => number
  /** Reads show the state of so long ago. Default: 0. */
  readonly readLagSeconds?: number
  /** Default: 5000 in an hour and 250 in a minute. */
  readonly requestWindows?: readonly RequestWindow[]
  readonly switches?: Partial<DigitalOceanSwitches>
}

export interface DigitalOceanAccount {
  readonly token: string
  readonly project: string
  /** `readOnly`: may not change anything. */
  readonly access: 'full' | 'readOnly'
}

/**
 * DigitalOcean's API with state of its own, as far as reserved addresses, Droplets, actions and firewalls need it.
 * Everything happens in the time of the clock that it is given. Identifiers are counted, so that two runs are the same.
 */
export interface DigitalOceanEmulator extends HttpEmulator {
  /** Credentials that work. */
  readonly account: DigitalOceanAccount
  /** Rotates the token, or changes what it may do. */
  setAccount(change: Partial<Pick<DigitalOceanAccount, 'token' | 'access'>>): void
  setReadLag(seconds: number): void
  setSwitches(change: Partial<DigitalOceanSwitches>): void
  /** How actions end from now on, `withoutEffect`: completed, and nothing has changed. Default: `done`. */
  setActionEnd(end: 'done' | 'failed' | 'stuck' | 'withoutEffect'): void
  /** Default: the next one, in `nyc3`. */
  addDroplet(droplet?: Partial<EmulatedDroplet>): EmulatedDroplet & { readonly providerID: string }
  changeDroplet(id: string, change: Partial<Pick<EmulatedDroplet, 'status' | 'pendingEvent' | 'ipv6Address'>>): void
  removeDroplet(id: string): void
  /** `unit` in canonical form: an IPv4 /32 or an IPv6 /128. Default: the next one of a test range, in `nyc3`. */
  addAddress(address?: {
    readonly unit?: string
    readonly region?: string
    readonly project?: string
    readonly droplet?: string
  }): EmulatedAddress
  /** Its actions are forgotten. */
  removeAddress(unit: string): void
  /** What a human does in the console: it just happens, whatever the switches say. */
  moveByHand(unit: string, droplet: string | null): void
  forgetActions(unit: string): void
  /** The truth about a unit, without the lag of reads. `undefined`: there is no such unit. */
  holding(unit: string): Holding | undefined
  readonly firewalls: Firewalls
  /** Requests that changed something, in the order of their effects. */
  mutations(): readonly LoggedRequest[]
  /** Everything, as plain data. */
  snapshot(): ReturnType<DigitalOceanCloud['snapshot']>
}

/**
 * @example
 * const cloud = createDigitalOceanEmulator({ clock, latencyMs: 150, switches: { sameDroplet: 'accepted' } })
 * const droplet = cloud.addDroplet({ location: 'nyc3' })
 * const address = cloud.addAddress({ droplet: droplet.id })
 * cloud.faults.add({ method: 'POST', fault: { kind: 'dropAfter' } })
 */
export function createDigitalOceanEmulator(options: DigitalOceanEmulatorOptions): DigitalOceanEmulator {
  const { clock, readLagSeconds = 0 } = options
  let account: DigitalOceanAccount = {
    token: 'dop_v1_0000000000000000000000000000000000000000000000000000000000000001',
    project: '10000000-0000-4000-8000-000000000001',
    access: 'full',
  }
  let switches: DigitalOceanSwitches = { ...defaultDigitalOceanSwitches, ...options.switches }
  const cloud: DigitalOceanCloud = createCloudModel({ clock, readLagSeconds })
  const applySwitches = (): void => {
    cloud.setCourse({ seconds: switches.actionSeconds, effect: switches.shownAt === 'start' ? 'atStart' : 'atEnd' })
  }
  applySwitches()
  const firewalls = createFirewalls()
  const rateLimit = createRateLimit(clock, options.requestWindows ?? documentedWindows)
  const wallStart = clock.now() - clock.monotonic()
  let counted = 0

  const answer = (request: EmulatedRequest): EmulatedAnswer => {
    const { headers, retryAfterSeconds } = rateLimit.next()
    if (retryAfterSeconds !== null) {
      const retryAfter = switches.retryAfterHeader ? { 'retry-after': String(retryAfterSeconds) } : {}
      return withHeaders(digitalOceanErrors.tooManyRequests(), { ...headers, ...retryAfter })
    }
    const context: RouteContext = {
      cloud,
      switches,
      shownOnDroplet: switches.shownOnDroplet,
      instant: (monotonic) => new Date(wallStart + monotonic).toISOString().replace(/\.\d+Z$/, 'Z'),
    }
    return withHeaders(refuseSender(account, request) ?? route({ ...context, firewalls }, request), headers)
  }
  const http = createHttpEmulator({
    clock,
    answer,
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
    ...(options.random === undefined ? {} : { random: options.random }),
  })
  const addressOf = (unit: string): EmulatedAddress => {
    const address = cloud.unitOf(unit)
    if (address === undefined) throw new Error(`The emulator has no address ${unit}.`)
    return address
  }
  const forget = (id: string): void => {
    for (const action of cloud.actionsOf(id)) cloud.forgetAction(action.id)
  }

  return {
    ...http,
    firewalls,
    get account() {
      return account
    },
    setAccount: (change) => {
      account = { ...account, ...change }
    },
    setReadLag: (seconds) => cloud.setReadLag(seconds),
    setSwitches: (change) => {
      switches = { ...switches, ...change }
      applySwitches()
    },
    setActionEnd: (end) => cloud.setCourse(end === 'withoutEffect' ? { end: 'done', effect: 'never' } : { end }),
    addDroplet: (given = {}) => {
      counted += 1
      const droplet: EmulatedDroplet = {
        id: String(3_164_000 + counted),
        name: `node-${counted}`,
        location: 'nyc3',
        status: 'active',
        publicAddress: `104.131.${counted >> 8}.${counted & 255}`,
        privateAddress: `10.108.${counted >> 8}.${counted & 255}`,
        anchorAddress: `10.17.${counted >> 8}.${counted & 255}`,
        ipv6Address: `2604:a880:400:d0::${counted.toString(16)}:1`,
        tags: [],
        pendingEvent: false,
        ...given,
      }
      cloud.putServer(droplet)
      for (const tag of droplet.tags) firewalls.addTag(tag)
      return { ...droplet, providerID: `digitalocean://${droplet.id}` }
    },
    changeDroplet: (id, change) => {
      const droplet = cloud.servers.get(id)
      if (droplet === undefined) throw new Error(`The emulator has no Droplet ${id}.`)
      cloud.putServer({ ...droplet, ...change })
    },
    removeDroplet: (id) => cloud.removeServer(id),
    addAddress: ({ unit, region = 'nyc3', project = account.project, droplet = null } = {}) => {
      counted += 1
      const cidr = unit ?? `45.55.${counted >> 8}.${counted & 255}/32`
      const address = { id: cidr.slice(0, cidr.indexOf('/')), unit: cidr, location: region, project }
      cloud.putUnit(address, droplet)
      return address
    },
    removeAddress: (unit) => {
      const { id } = addressOf(unit)
      cloud.removeUnit(id)
      forget(id)
    },
    moveByHand: (unit, droplet) => cloud.placeByHand(addressOf(unit).id, droplet),
    forgetActions: (unit) => forget(addressOf(unit).id),
    holding: (unit) => {
      const address = cloud.unitOf(unit)
      return address === undefined ? undefined : cloud.holding(address.id)
    },
    mutations: () => http.requests.filter(({ effect }) => effect !== null),
    snapshot: () => cloud.snapshot(),
  }
}

function refuseSender(account: DigitalOceanAccount, { method, headers }: EmulatedRequest): EmulatedAnswer | undefined {
  if (headers.get('authorization') !== `Bearer ${account.token}`) return digitalOceanErrors.unauthorized()
  return account.access === 'readOnly' && method !== 'GET' ? digitalOceanErrors.forbidden() : undefined
}

/** Paths are accepted with a slash at their end, too. */
function route(context: RouteContext & { readonly firewalls: Firewalls }, request: EmulatedRequest): EmulatedAnswer {
  const [version, ...path] = decodeURIComponent(request.url.pathname)
    .split('/')
    .filter((step) => step !== '')
  const answer =
    version !== 'v2'
      ? undefined
      : path[0] === 'droplets'
        ? answerDroplets(context, request, path)
        : path[0] === 'actions'
          ? answerAction(context, request, path)
          : path[0] === 'firewalls'
            ? answerFirewalls(context, request, path)
            : answerAddresses(context, request, path)
  return answer ?? digitalOceanErrors.notFound()
}

function withHeaders(answer: EmulatedAnswer, headers: Readonly<Record<string, string>>): EmulatedAnswer {
  return {
    ...answer,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers, ...answer.headers },
  }
}
