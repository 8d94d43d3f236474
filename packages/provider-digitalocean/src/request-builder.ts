import actions from 'do-wrapper/dist/modules/actions.js'
import droplets from 'do-wrapper/dist/modules/droplets.js'
import firewalls from 'do-wrapper/dist/modules/firewalls.js'
import floatingIPs from 'do-wrapper/dist/modules/floating-ip.js'
import { z } from 'zod'

/** A request of DigitalOcean's API, without host and credentials. */
export interface BuiltRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With its query; begins with a slash. */
  readonly path: string
  readonly body?: unknown
}

/** The three places where the API keeps addresses; they speak alike. */
export type AddressCollection = 'reserved_ips' | 'floating_ips' | 'reserved_ipv6'

export type AddressAction = { readonly type: 'assign'; readonly droplet_id: number } | { readonly type: 'unassign' }

/** Most items that the API puts on one page. */
const perPage = 200
/** How far back the actions of a Droplet are looked at. */
const latestActions = 20

/**
 * The requests of this provider, built by do-wrapper: the one file that knows it. Its modules are loaded one by one with a
 * `requestHelper` that keeps the request instead of sending it, since do-wrapper's own knows no deadline, no signal and
 * no other host; its HTTP client is never loaded.
 */
export const requests = {
  listAddresses: (collection: AddressCollection, page: number): BuiltRequest =>
    build(addressesOf(collection), (api) => api.getAll('', false, page, perPage)),
  getAddress: (collection: AddressCollection, address: string): BuiltRequest =>
    build(addressesOf(collection), (api) => api.getByIp(address)),
  changeAddress: (collection: AddressCollection, address: string, action: AddressAction): BuiltRequest =>
    build(addressesOf(collection), (api) => api.requestAction(address, action)),
  getAction: (id: number): BuiltRequest => build(actionModule, (api) => api.getById(id)),
  listDroplets: (page: number): BuiltRequest => build(dropletModule, (api) => api.getAll('', false, page, perPage)),
  getDroplet: (id: string): BuiltRequest => build(dropletModule, (api) => api.getById(id)),
  /** The latest of them. */
  listDropletActions: (id: string): BuiltRequest =>
    build(dropletModule, (api) => api.getActions(id, '', false, 1, latestActions)),
  // do-wrapper reads the first page of firewalls alone.
  listFirewalls: (page: number): BuiltRequest =>
    build(firewallModule, (api) => api.getAll(), { per_page: perPage, page }),
  createFirewall: (firewall: object): BuiltRequest => build(firewallModule, (api) => api.create(firewall)),
  updateFirewall: (id: string, firewall: object): BuiltRequest =>
    build(firewallModule, (api) => api.update(id, firewall)),
  deleteFirewall: (id: string): BuiltRequest => build(firewallModule, (api) => api.delete(id)),
} as const

// What is used of do-wrapper's modules. Some of its own types are narrower than the API.
interface AddressModule {
  getAll(tag: string, includeAll: boolean, page: number, pageSize: number): unknown
  getByIp(address: string): unknown
  requestAction(address: string, action: unknown): unknown
}
interface DropletModule {
  getAll(tag: string, includeAll: boolean, page: number, pageSize: number): unknown
  getById(id: string): unknown
  getActions(id: string, tag: string, includeAll: boolean, page: number, pageSize: number): unknown
}
interface ActionModule {
  getById(id: number): unknown
}
interface FirewallModule {
  getAll(): unknown
  create(firewall: unknown): unknown
  update(id: string, firewall: unknown): unknown
  delete(id: string): unknown
}

/** What a module hands to its `requestHelper`. */
const handedOver = z.object({
  actionPath: z.string(),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  qs: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  body: z.unknown().optional(),
})

interface RequestHelper {
  request(options: unknown): Promise<void>
}
type MakeModule<Module> = (requestHelper: RequestHelper) => Module

const actionModule = moduleOf<ActionModule>(actions, ['getById'])
const dropletModule = moduleOf<DropletModule>(droplets, ['getAll', 'getById', 'getActions'])
const firewallModule = moduleOf<FirewallModule>(firewalls, ['getAll', 'create', 'update', 'delete'])
const addressModule = moduleOf<AddressModule>(floatingIPs, ['getAll', 'getByIp', 'requestAction'])

/** do-wrapper's own type of the constructor asks for its own helper, which would bring its HTTP client along. */
function moduleOf<Module extends object>(imported: object, methods: readonly (keyof Module)[]): MakeModule<Module> {
  return (requestHelper) => {
    // A CommonJS module: some loaders give what it exports, others its default export.
    const constructor: unknown = typeof imported === 'function' ? imported : Reflect.get(imported, 'default')
    const made: unknown =
      typeof constructor === 'function' ? Reflect.construct(constructor, [perPage, requestHelper]) : undefined
    if (hasMethods(made, methods)) return made
    throw new TypeError('do-wrapper is not of the version that this provider knows.')
  }
}

function hasMethods<Module extends object>(value: unknown, methods: readonly (keyof Module)[]): value is Module {
  if (typeof value !== 'object' || value === null) return false
  return methods.every((method) => typeof Reflect.get(value, method) === 'function')
}

function addressesOf(collection: AddressCollection): MakeModule<AddressModule> {
  return (requestHelper) => {
    const module = addressModule(requestHelper)
    Reflect.set(module, 'basePath', collection)
    Reflect.set(module, 'baseOptions', { actionPath: collection })
    return module
  }
}

function build<Module>(
  make: MakeModule<Module>,
  call: (api: Module) => unknown,
  query: Readonly<Record<string, number>> = {},
): BuiltRequest {
  const kept: unknown[] = []
  call(
    make({
      request: (options) => {
        kept.push(options)
        return Promise.resolve()
      },
    }),
  )
  const { actionPath, method, qs, body } = handedOver.parse(kept[0])
  const pairs = Object.entries({ ...qs, ...query }).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  const path = `/v2/${actionPath.replace(/\/+$/, '')}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`
  return { method, path, ...(body === undefined ? {} : { body }) }
}
