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
  /** One sentence for the user. */
  readonly message: string
  /** Key of the object, where one is known. */
  readonly key?: string
  readonly cause?: unknown
}

/** Why a list or a watch failed. */
export function problemOf(type: ResourceType, namespace: string | undefined, error: unknown): ReflectorProblem {
  const group = type.group === '' ? '' : `.${type.group}`
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`
  const what = `${type.plural}${group}`
  if (!(error instanceof ApiError)) {
    return { code: 'Unavailable', message: `The API server cannot be reached for ${what}; trying on.`, cause: error }
  }
  switch (error.code) {
    case 404:
      return {
        code: 'NotInstalled',
        message: `The API server does not know ${collectionPath(type)}: install the custom resource definitions. Starting as soon as they are there.`,
        cause: error,
      }
    case 403:
      return {
        code: 'Forbidden',
        message: `Listing and watching ${what} ${where} is not allowed by RBAC.`,
        cause: error,
      }
    case 401:
      return { code: 'Unauthorized', message: `The API server refuses the credentials for ${what}.`, cause: error }
    default:
      return {
        code: 'Unavailable',
        message: `The API server cannot serve ${what} now (${error.code} ${error.reason}); trying on.`,
        cause: error,
      }
  }
}
