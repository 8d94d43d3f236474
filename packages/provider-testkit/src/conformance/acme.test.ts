import { acme } from '../testing/acme/acme-provider.ts'
import { acmeTestCloud } from '../testing/acme/acme-test-cloud.ts'
import { acmeVariants } from '../testing/acme/variants.ts'
import { testProvider } from './test-provider.ts'

/** All parts of the suite pass for a provider that keeps the contract, those for opposite manifests too. */
for (const [title, capabilities] of Object.entries(acmeVariants)) {
  testProvider(acme(capabilities), { title, cloud: acmeTestCloud(capabilities) })
}
