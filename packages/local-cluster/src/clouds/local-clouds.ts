import type { LocalCloud } from './local-cloud.ts'
import { digitalOceanCloud } from './digitalocean-cloud.ts'
import { netcupCloud } from './netcup-cloud.ts'
import { scalewayCloud } from './scaleway-cloud.ts'

/** By the name of the provider. */
export const localClouds: ReadonlyMap<string, LocalCloud> = new Map(
  [scalewayCloud, netcupCloud, digitalOceanCloud].map((cloud) => [cloud.provider.name, cloud]),
)

export const defaultCloud: LocalCloud = scalewayCloud
