import { testProvider } from '../../conformance/test-provider.ts'
import { acmeTestCloud } from '../acme/acme-test-cloud.ts'
import { acmeVariants } from '../acme/variants.ts'
import { plantedBugs, withBug } from './planted-bugs.ts'

/** The suite against each of the bugs. Meant to fail: `run-planted-bugs.ts` looks which of its tests do. */
for (const planted of plantedBugs) {
  testProvider(withBug(planted), { title: planted.bug, cloud: acmeTestCloud(acmeVariants[planted.variant]) })
}
