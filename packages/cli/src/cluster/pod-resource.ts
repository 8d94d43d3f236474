import type { ResourceType } from '@failover-ip/kubernetes'

export const podResource: ResourceType = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }
