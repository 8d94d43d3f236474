import {
  defaultClassAnnotation,
  parseFailoverIPClass,
  parseFailoverIPClassStatus,
  type FailoverIPClassStatus,
  type KubernetesObject,
  type ParsedFailoverIPClass,
  type ParseProblem,
} from '@failover-ip/kubernetes'

interface ClassIdentity {
  readonly name: string
  readonly uid: string
  readonly isDefault: boolean
  /** Some operator has accepted or refused it. */
  readonly hasOperator: boolean
}

/** A class as far as it concerns this operator: of one that belongs to another, nothing is read but this. */
export type ClassRecord = ClassIdentity &
  (
    | { readonly kind: 'own'; readonly value: ParsedFailoverIPClass }
    | {
        readonly kind: 'unreadable'
        readonly problem: ParseProblem
        /** Undefined when it cannot be read: what it says of past operations is not known then. */
        readonly status: FailoverIPClassStatus | undefined
      }
    | { readonly kind: 'foreign' }
  )

export function classRecordOf(object: KubernetesObject, controllerName: string): ClassRecord {
  const { name, uid, annotations } = object.metadata
  const status = parseFailoverIPClassStatus(object)
  const hasOperator = status?.conditions?.some(({ type }) => type === 'Accepted') === true
  const identity = { name, uid, isDefault: annotations?.[defaultClassAnnotation] === 'true', hasOperator }
  if (controllerNameOf(object) !== controllerName) return { ...identity, kind: 'foreign' }
  const parsed = parseFailoverIPClass(object)
  return parsed.ok
    ? { ...identity, kind: 'own', value: parsed.value }
    : { ...identity, kind: 'unreadable', problem: parsed.problem, status }
}

function controllerNameOf(object: KubernetesObject): unknown {
  const spec = object['spec']
  return typeof spec === 'object' && spec !== null && 'controllerName' in spec ? spec.controllerName : undefined
}
