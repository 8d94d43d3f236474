import { guardChanges } from '@failover-ip/core'
import type { Account, Authority } from '@failover-ip/core'
import { createScaleway } from '@failover-ip/provider-scaleway'
import type { ScalewayEmulator } from '@failover-ip/provider-testkit'
import type { Effects } from '../machine/effects.ts'
import type { Process } from '../machine/process.ts'
import type { Random } from '../random.ts'
import { createProviderFetch } from './provider-fetch.ts'
import type { Weather } from './weather.ts'
import type { WorldOptions } from './world-options.ts'

/** The real provider of one replica, against the emulated cloud. */
export function openScaleway(context: {
  readonly process: Process
  readonly authority: Authority
  readonly effects: Effects
  readonly cloud: ScalewayEmulator
  readonly weather: Weather
  readonly random: Random
  readonly options: WorldOptions
}): Account {
  const { process, authority, effects, cloud, weather, random, options } = context
  const { accessKey, secretKey, project } = cloud.account
  const provider = createScaleway({ accessKey, secretKey, projectId: project, zones: ['fr-par-1'] })
  const [least, most] = options.providerLatency ?? [20, 150]
  const fetch = createProviderFetch({
    process,
    effects,
    cloud,
    reachable: () => !weather.providerAway,
    latency: () => random.whole(least, most),
    fault: () => weather.cloudFault(),
  })
  return {
    key: 'scaleway',
    provider: provider.name,
    capabilities: { ...provider.capabilities, ...options.capabilities },
    routing: provider.open({
      fetch: guardChanges(fetch, authority),
      clock: process.clock,
      userAgent: 'failover-ip/simulation',
    }),
    recentOperations: [],
  }
}
