import type { Provider } from '@failover-ip/provider'
import type { Subject } from './subject.ts'
import type { TestCloud } from './test-cloud.ts'

/** What a part of the suite is given. Which of its tests exist follows from the manifest. */
export interface Suite {
  readonly provider: Pick<Provider, 'parameters' | 'credentials' | 'capabilities' | 'providerIDPrefix'>
  /** Declares the provider again. Throws when its manifest contradicts itself. */
  readonly define: () => unknown
  /** A cloud of its own for each test. */
  readonly subject: () => Promise<Subject>
  /** Only to ask, while tests are declared, what the cloud can do; no test uses it. */
  readonly sample: TestCloud
}
