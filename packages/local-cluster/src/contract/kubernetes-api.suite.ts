import type { KubernetesTransport } from '@failover-ip/kubernetes'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { createContractClient } from './contract-client.ts'
import type { ContractContext } from './contract-context.ts'
import { contractCrd } from './contract-crd.ts'
import { crdsPath, widgetsPath } from './contract-context.ts'
import { describeBuiltInKinds } from './built-in-kinds.suite.ts'
import { describeCreate } from './create.suite.ts'
import { describeDelete } from './delete.suite.ts'
import { describeDiscovery } from './discovery.suite.ts'
import { limits } from './limits.ts'
import { describeList } from './list.suite.ts'
import { describePatch } from './patch.suite.ts'
import { describeProductKinds } from './product-kinds.suite.ts'
import { describeTable } from './table.suite.ts'
import { describeUpdate } from './update.suite.ts'
import { describeWatch } from './watch.suite.ts'

/** The side that the suite looks at. */
export interface KubernetesApiUnderTest {
  readonly name: string
  /** `real` takes its kind from a CustomResourceDefinition that the suite creates; `local` serves it already. */
  readonly side: 'real' | 'local'
  /** Asked for after the suite's own set-up hooks began. */
  readonly transport: () => KubernetesTransport
  /** Makes the server forget its history. Without it the cases that need it check nothing. */
  readonly compact?: () => Promise<void>
  /** Whether something empties a namespace that is deleted: kube-controller-manager on the real side. */
  readonly namespaceController: boolean
}

/**
 * What a Kubernetes API does, as one suite: run against the in-process one in the fast tests and against a real
 * kube-apiserver end to end. A difference is a defect of the in-process API, or one of `limits`.
 */
export function describeKubernetesApi({
  name,
  side,
  transport,
  compact,
  namespaceController,
}: KubernetesApiUnderTest): void {
  describe(`Kubernetes API: ${name}`, () => {
    const client = createContractClient(transport)
    const namespace = `contract-${Math.random().toString(36).slice(2, 8)}`
    const context: ContractContext = {
      client,
      namespace,
      widgets: widgetsPath(namespace),
      namespaceController,
      ...(compact === undefined ? {} : { compact }),
    }

    beforeAll(async () => {
      if (side === 'real') await client.call('POST', crdsPath, contractCrd)
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
      await client.call('POST', '/api/v1/namespaces', body)
      // A kind is served a moment after its definition is accepted.
      const served = async (): Promise<void> => expect((await client.call('GET', context.widgets)).status).toBe(200)
      await vi.waitFor(served, { timeout: 20_000 })
    }, 30_000)
    afterAll(async () => {
      for (const own of [namespace, `${namespace}-list`]) {
        await client.call('DELETE', widgetsPath(own))
        await client.call('DELETE', `/api/v1/namespaces/${own}`)
      }
      if (side === 'real') await client.call('DELETE', `${crdsPath}/${contractCrd.metadata.name}`)
    })

    const given = (): ContractContext => context
    describeCreate(given)
    describeUpdate(given)
    describePatch(given)
    describeDelete(given)
    describeList(given)
    describeWatch(given)
    describeTable(given)
    describeBuiltInKinds(given)
    describeDiscovery(given)
    describeProductKinds(given, side)

    describe('limits', () => {
      it('are at most twelve', () => {
        expect(limits.length).toBeLessThanOrEqual(12)
      })

      it.each(limits)('$says', async ({ observe, real, local }) => {
        expect(local).not.toEqual(real)
        expect(await observe(context)).toEqual(side === 'real' ? real : local)
      })
    })
  })
}
