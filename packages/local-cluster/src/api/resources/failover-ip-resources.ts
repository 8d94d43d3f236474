import { crds, validateFailoverIP, validateFailoverIPClass } from '@failover-ip/kubernetes'

import type { ResourceDefinition } from '../resource-definition.ts'
import { resourceFromCrd } from './resource-from-crd.ts'
import type { ObjectValidation } from './resource-from-crd.ts'

const validations: Readonly<Record<string, ObjectValidation>> = {
  FailoverIP: validateFailoverIP,
  FailoverIPClass: validateFailoverIPClass,
}

/** The product's own kinds, from the definitions that `--print-crds` prints and the rules that stand for their CEL. */
export function failoverIPResources(): readonly ResourceDefinition[] {
  return crds().map((crd) => {
    const definition = resourceFromCrd(crd)
    const validate = validations[definition.kind]
    return validate === undefined ? definition : { ...definition, validate }
  })
}
