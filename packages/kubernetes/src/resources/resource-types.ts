import type { ResourceType } from '../client/resource-type.ts'

export const apiGroup: string = 'failover-ip.dev'
export const apiVersion: string = 'v1alpha1'

export const failoverIPResource: ResourceType = {
  group: apiGroup,
  version: apiVersion,
  kind: 'FailoverIP',
  plural: 'failoverips',
  namespaced: true,
}

export const failoverIPClassResource: ResourceType = {
  group: apiGroup,
  version: apiVersion,
  kind: 'FailoverIPClass',
  plural: 'failoveripclasses',
  namespaced: false,
}

/** Status only: its node's agent creates it, owned by the Node, and writes it. */
export const failoverNodeResource: ResourceType = {
  group: apiGroup,
  version: apiVersion,
  kind: 'FailoverNode',
  plural: 'failovernodes',
  namespaced: false,
}

/** On a FailoverIP while a unit of it may be assigned in its name. */
export const finalizer: string = `${apiGroup}/release`

/** On a FailoverIPClass, `"true"`: FailoverIPs without a className belong to it. */
export const defaultClassAnnotation: string = `${apiGroup}/is-default-class`

/** On a FailoverIP, `"true"`: let it go although the provider did not confirm its release. */
export const abandonAnnotation: string = `${apiGroup}/abandon`
