import { ApiError } from '../client/api-error.ts'
import { collectionPath, type ResourceType } from '../client/resource-type.ts'

/**
 * - `NotInstalled`: the API server does not know the kind (its CRD is missing). - `Forbidden`, `Unauthorized`: RBAC or
 * the credentials refuse. - `Unavailable`: no answer, or an error of the server. - `Malformed`: one object or line
 * cannot be read; the others are not touched. - `HandlerFailed`: a subscriber threw.
 */
export type ReflectorProblemCode =
  | 'NotInstalled'
  | 'Forbidden'
  | 'Unauthorized'
  | 'Unavailable'
  | 'Malformed'
  | 'HandlerFailed'

export interface ReflectorProblem {
  readonly code: ReflectorProblemCode
  /** The collection, e.g. `failoverips.failover-ip.dev`. */
  readonly what: string
  /** One sentence for the user. */
  readonly message: string
  /** Key of the object, where one is known. */
  readonly key?: string
  readonly cause?: unknown
}

/** The collection in words, as RBAC names it. */
export function collectionName({ plural, group }: ResourceType): string {
  return group === '' ? plural : `${plural}.${group}`
}

/** Why a list or a watch failed. */
export function problemOf(type: ResourceType, namespace: string | undefined, cause: unknown): ReflectorProblem {
  const what = collectionName(type)
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`
  const problem = (code: ReflectorProblemCode, message: string): ReflectorProblem => ({ code, what, message, cause })
  if (!(cause instanceof ApiError)) {
    return problem('Unavailable', `The API server cannot be reached for ${what}; trying on.`)
  }
  switch (cause.code) {
    case 404:
      return problem(
        'NotInstalled',
        `The API server does not know ${collectionPath(type)}: install the custom resource definitions. Starting as soon as they are there.`,
      )
    case 403:
      return problem('Forbidden', `Listing and watching ${what} ${where} is not allowed by RBAC.`)
    case 401:
      return problem('Unauthorized', `The API server refuses the credentials for ${what}.`)
    default:
      return problem(
        'Unavailable',
        `The API server cannot serve ${what} now (${cause.code} ${cause.reason}); trying on.`,
      )
  }
}
