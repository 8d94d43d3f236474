import { defineProvider } from '@failover-ip/provider'
import type { Provider } from '@failover-ip/provider'
import { describe } from 'vitest'
import { createVirtualClock } from '../virtual-clock.ts'
import { testAbort } from './abort.suite.ts'
import { testAssign } from './assign.suite.ts'
import { testFaults } from './faults.suite.ts'
import { testLimits } from './limits.suite.ts'
import { testManifest } from './manifest.suite.ts'
import { testNodePlan } from './node-plan.suite.ts'
import { testObserve } from './observe.suite.ts'
import { testPending } from './pending.suite.ts'
import { testPace } from './pace.suite.ts'
import { testRelease } from './release.suite.ts'
import { testServerTurns } from './server-turns.suite.ts'
import { testResolve } from './resolve.suite.ts'
import { createSubject } from './subject.ts'
import type { SubjectOptions } from './subject.ts'
import type { Suite } from './suite.ts'

export interface TestProviderOptions extends SubjectOptions {
  /** Tells runs apart when one provider is tested in several ways. */
  readonly title?: string
}

/**
 * Declares the tests that every provider has to pass. The manifest decides which: what it claims is tested, and what it
 * denies is tested to be refused. All of it runs in virtual time.
 *
 * @example
 * testProvider(acme, { cloud: ({ clock }) => acmeTestCloud(createAcmeEmulator({ clock })) })
 */
export function testProvider<Parameters, Credentials>(
  provider: Provider<Parameters, Credentials>,
  options: TestProviderOptions,
): void {
  const { title } = options
  describe(`${provider.name} keeps the provider contract${title === undefined ? '' : `, ${title}`}`, () => {
    const suite: Suite = {
      provider,
      define: () => defineProvider(provider),
      subject: () => createSubject(provider, options),
      sample: options.cloud({ clock: createVirtualClock() }),
    }
    testManifest(suite)
    testObserve(suite)
    testResolve(suite)
    testAssign(suite)
    testRelease(suite)
    testNodePlan(suite)
    testLimits(suite)
    testServerTurns(suite)
    testPace(suite)
    testPending(suite)
    testFaults(suite)
    testAbort(suite)
  })
}
