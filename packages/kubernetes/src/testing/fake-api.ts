import type { KubernetesRequest, KubernetesResponse, KubernetesTransport } from '../transport/kubernetes-transport.ts'
import { TransportError } from '../transport/transport-error.ts'
import { createStream, type Stream } from './stream.ts'

export interface StoredObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

export interface Watch {
  readonly collection: string
  readonly request: KubernetesRequest
  readonly stream: Stream
}

/** What becomes of a request: an answer, silence, no connection, or its effect without the answer. */
export type Fault =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | 'refuse'
  | 'lose-response'

/** A few lines of Kubernetes API in memory, with faults, for tests of what is written against the transport. */
export interface FakeApi {
  readonly transport: KubernetesTransport
  readonly requests: KubernetesRequest[]
  readonly watches: Watch[]
  /** Decides about each request; undefined lets it through. */
  intercept: (request: KubernetesRequest) => Fault | undefined
  /** Creates or replaces, and tells the watches. `uid` other than the stored one: a new object of the same name. */
  put(
    collection: string,
    object: {
      readonly name: string
      readonly namespace?: string
      readonly uid?: string
      readonly [field: string]: unknown
    },
  ): StoredObject
  remove(collection: string, key: string): void
  read(collection: string, key: string): StoredObject | undefined
  /** Where the next change's resourceVersion continues. */
  version: number
  /** Watches from a version below this get 410. */
  compacted: number
  /** Restores an earlier state: contents and version go back, watches break. */
  snapshot(): () => void
}

export function createFakeApi(): FakeApi {
  let collections = new Map<string, Map<string, StoredObject>>()
  let log: { readonly collection: string; readonly version: number; readonly line: string }[] = []
  const api: FakeApi = {
    transport: { request: (request) => handle(request) },
    requests: [],
    watches: [],
    intercept: () => undefined,
    version: 1,
    compacted: 0,
    put: (collection, { name, namespace, uid, ...fields }) => {
      const old = api.read(collection, keyIn(collection, namespace, name))
      const kept = uid === undefined || uid === old?.metadata.uid
      const metadata = {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        uid: uid ?? old?.metadata.uid ?? `uid-${api.version + 1}`,
        resourceVersion: String(++api.version),
      }
      return store(collection, { ...fields, metadata }, old !== undefined && kept ? 'MODIFIED' : 'ADDED')
    },
    remove: (collection, key) => {
      const old = api.read(collection, key)
      if (old === undefined) return
      collections.get(collection)?.delete(key)
      const resourceVersion = String(++api.version)
      announce(collection, 'DELETED', { ...old, metadata: { ...old.metadata, resourceVersion } })
    },
    read: (collection, key) => collections.get(collection)?.get(key),
    snapshot: () => {
      const copy = new Map([...collections].map(([name, objects]) => [name, new Map(objects)]))
      const { version } = api
      const entries = [...log]
      return () => {
        collections = new Map([...copy].map(([name, objects]) => [name, new Map(objects)]))
        log = [...entries]
        api.version = version
        for (const { stream } of api.watches.splice(0)) stream.fail(new Error('connection reset'))
      }
    },
  }

  const announce = (collection: string, type: string, object: StoredObject): void => {
    const line = `${JSON.stringify({ type, object })}\n`
    log.push({ collection, version: api.version, line })
    for (const watch of api.watches) if (watch.collection === collection) watch.stream.write(line)
  }
  const store = (collection: string, object: StoredObject, type: string): StoredObject => {
    const objects = collections.get(collection) ?? new Map<string, StoredObject>()
    collections.set(collection, objects)
    objects.set(keyIn(collection, object.metadata.namespace, object.metadata.name), object)
    announce(collection, type, object)
    return object
  }

  const handle = async (request: KubernetesRequest): Promise<KubernetesResponse> => {
    api.requests.push(request)
    request.signal.throwIfAborted()
    const fault = api.intercept(request)
    if (fault === 'hang') return new Promise(() => undefined)
    if (fault === 'refuse') throw new TransportError('refused', { code: 'ECONNREFUSED', outcome: 'not-applied' })
    if (fault !== undefined && fault !== 'lose-response') return answer(fault.status, fault.body, fault.headers)
    const response = serve(request)
    return fault === 'lose-response' ? new Promise(() => undefined) : response
  }

  const serve = (request: KubernetesRequest): KubernetesResponse => {
    const url = new URL(request.path, 'http://api')
    const collection = url.pathname
    if (request.method === 'GET' && url.searchParams.get('watch') === '1') return watch(request, collection, url)
    if (request.method === 'GET' && collections.has(collection)) return list(collection, url)
    const body: unknown = request.body === undefined ? undefined : JSON.parse(request.body)
    if (request.method === 'POST') return create(collection, body)
    const slash = collection.replace(/\/status$/, '').lastIndexOf('/')
    const name = collection.slice(slash + 1).replace(/\/status$/, '')
    return serveObject(request.method, collection.slice(0, slash), name, body)
  }

  const watch = (request: KubernetesRequest, collection: string, url: URL): KubernetesResponse => {
    const from = Number(url.searchParams.get('resourceVersion'))
    if (from < api.compacted) return status(410, 'Expired', 'too old resource version')
    const stream = createStream(request.signal)
    const isNew = ({ version }: { readonly version: number }): boolean => version > from && version <= api.version
    for (const entry of log) if (entry.collection === collection && isNew(entry)) stream.write(entry.line)
    api.watches.push({ collection, request, stream })
    return { status: 200, headers: new Map(), body: stream.body }
  }

  const list = (collection: string, url: URL): KubernetesResponse => {
    const all = [...(collections.get(collection)?.values() ?? [])]
    const offset = Number(url.searchParams.get('continue') ?? 0)
    const limit = Number(url.searchParams.get('limit') ?? all.length) || all.length
    const rest = offset + limit < all.length ? { continue: String(offset + limit) } : {}
    const metadata = { resourceVersion: String(api.version), ...rest }
    return answer(200, { metadata, items: all.slice(offset, offset + limit) })
  }

  const create = (collection: string, body: unknown): KubernetesResponse => {
    const { metadata, ...fields } = body as StoredObject
    if (api.read(collection, metadata.name) !== undefined) return status(409, 'AlreadyExists', 'exists')
    const { name, namespace } = metadata
    return answer(201, api.put(collection, { ...fields, name, ...(namespace === undefined ? {} : { namespace }) }))
  }

  const serveObject = (method: string, collection: string, name: string, body: unknown): KubernetesResponse => {
    const old = api.read(collection, name) ?? find(collections.get(collection), name)
    if (old === undefined) return status(404, 'NotFound', `${name} not found`)
    if (method === 'GET') return answer(200, old)
    if (method === 'DELETE') {
      api.remove(collection, name)
      return answer(200, { kind: 'Status', status: 'Success' })
    }
    // A merge patch of top-level fields is all that is needed here.
    const { metadata, ...fields } = (method === 'PATCH' ? { ...old, ...(body as object) } : body) as StoredObject
    const wanted = metadata.resourceVersion as string | undefined
    if (wanted !== undefined && wanted !== old.metadata.resourceVersion) return status(409, 'Conflict', 'changed')
    const { namespace } = old.metadata
    return answer(200, api.put(collection, { ...fields, name, ...(namespace === undefined ? {} : { namespace }) }))
  }
  return api
}

/** A body that says why not, as the API server writes it. */
export function statusBody(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }
}

function status(code: number, reason: string, message: string): KubernetesResponse {
  return answer(code, statusBody(code, reason, message))
}

function answer(code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): KubernetesResponse {
  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    yield new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  }
  return { status: code, headers: new Map(Object.entries(headers)), body: bytes() }
}

function keyIn(collection: string, namespace: string | undefined, name: string): string {
  return namespace === undefined || collection.includes('/namespaces/') ? name : `${namespace}/${name}`
}

function find(objects: ReadonlyMap<string, StoredObject> | undefined, name: string): StoredObject | undefined {
  return [...(objects?.values() ?? [])].find((object) => object.metadata.name === name)
}
