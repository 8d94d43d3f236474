import { testProvider } from '@failover-ip/provider-testkit/conformance'
import { nimbusTestCloud } from './testing/nimbus-test-cloud.ts'
import { nimbus } from './nimbus.ts'

testProvider(nimbus, { cloud: nimbusTestCloud })
