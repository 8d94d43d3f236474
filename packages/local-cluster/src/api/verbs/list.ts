import type { ApiContext } from '../api-context.ts'
import { badRequest, expired, tooLargeResourceVersion } from '../api-error.ts'
import { wholeNumber } from '../api-request.ts'
import type { ApiRequest } from '../api-request.ts'
import type { Reply } from '../reply.ts'
import type { RequestTarget } from '../request-target.ts'
import { storageKey } from '../resource-definition.ts'
import { parseSelection } from '../selectors/selection.ts'
import type { Entry } from '../store/object-store.ts'
import { decodeContinue, encodeContinue } from './continue-token.ts'
import { shown } from './stored-object.ts'

/** A page of a collection. All pages of one list show the same version. */
export function list(context: ApiContext, target: RequestTarget, { query }: ApiRequest): Reply {
  const { definition } = target
  const selection = parseSelection(target, query)
  const { entries, resourceVersion, after } = snapshot(context, target, query)
  const rest = entries
    .filter(({ key }) => after === undefined || key > after)
    .map(({ key, object }) => ({ key, object: shown(definition, object) }))
    .filter(({ object }) => selection.matches(object))
  const limit = wholeNumber(query, 'limit') ?? 0
  const page = limit === 0 ? rest : rest.slice(0, limit)
  const last = page.at(-1)
  const remaining = rest.length - page.length
  return {
    type: 'list',
    items: page.map(({ object }) => object),
    metadata: {
      resourceVersion: String(resourceVersion),
      ...(remaining > 0 && last !== undefined
        ? { continue: encodeContinue({ resourceVersion, after: last.key }) }
        : {}),
      ...(remaining > 0 && !selection.narrowed ? { remainingItemCount: remaining } : {}),
    },
  }
}

interface Snapshot {
  readonly entries: readonly Entry[]
  readonly resourceVersion: number
  readonly after?: string
}

function snapshot({ store }: ApiContext, { definition }: RequestTarget, query: URLSearchParams): Snapshot {
  const shelf = storageKey(definition)
  const token = query.get('continue') ?? ''
  if (token !== '') return pageSnapshot(store, shelf, token, query)
  const asked = wholeNumber(query, 'resourceVersion') ?? 0
  if (asked > store.resourceVersion) throw tooLargeResourceVersion(asked, store.resourceVersion)
  if (query.get('resourceVersionMatch') !== 'Exact') {
    return { entries: store.list(shelf), resourceVersion: store.resourceVersion }
  }
  if (asked === 0) throw badRequest('resourceVersionMatch "Exact" is forbidden for resourceVersion "0"')
  const entries = store.listAt(shelf, asked)
  if (entries === 'expired') {
    throw expired('The resourceVersion for the provided list is too old.')
  }
  return { entries, resourceVersion: asked }
}

function pageSnapshot(store: ApiContext['store'], shelf: string, token: string, query: URLSearchParams): Snapshot {
  if ((query.get('resourceVersion') ?? '0') !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  const { resourceVersion, after } = decodeContinue(token)
  if (resourceVersion === undefined) {
    return { entries: store.list(shelf), resourceVersion: store.resourceVersion, after }
  }
  const entries = store.listAt(shelf, resourceVersion)
  if (entries !== 'expired') return { entries, resourceVersion, after }
  throw expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
      'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
      'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
      'deleted between the time the first chunk was returned and now may show up in the list.',
    encodeContinue({ after }),
  )
}
