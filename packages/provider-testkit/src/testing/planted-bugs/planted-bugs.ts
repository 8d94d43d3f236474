import type { Provider } from '@failover-ip/provider'
import { acme } from '../acme/acme-provider.ts'
import type { AcmeCredentials } from '../acme/acme-provider.ts'
import { acmeVariants } from '../acme/variants.ts'
import { bugsOfChanges } from './of-changes.ts'
import { bugsOfManifests } from './of-manifests.ts'
import { bugsOfOperations } from './of-operations.ts'
import { bugsOfReads } from './of-reads.ts'
import type { PlantedBug } from './planted-bug.ts'

export const plantedBugs: readonly PlantedBug[] = [
  ...bugsOfChanges,
  ...bugsOfOperations,
  ...bugsOfReads,
  ...bugsOfManifests,
]

/** The provider of the made-up cloud with a bug in it. */
export function withBug({ variant, plant, manifest }: PlantedBug): Provider<object, AcmeCredentials> {
  const capabilities = acmeVariants[variant]
  const sound = acme(capabilities)
  return {
    ...sound,
    capabilities: { ...capabilities, ...manifest },
    create: (context) => {
      const routing = sound.create(context)
      return { ...routing, ...plant?.(routing, { clock: context.clock, token: context.credentials.token }) }
    },
  }
}
