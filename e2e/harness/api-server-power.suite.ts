import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApiClient } from './api-client.ts'
import type { ApiServerPower } from './api-server-power.ts'

const namespaceShape = z.object({ metadata: z.object({ uid: z.uuid() }) })

/** What power over an API server must mean, wherever it runs. Registers nothing without such power. */
export function describeApiServerPower(kubeconfig: string, power: ApiServerPower | undefined): void {
  if (power === undefined) return
  const api = createApiClient(kubeconfig)
  const readUid = async (deadline = 5_000) => {
    return (await api.get('/api/v1/namespaces/default', namespaceShape, { deadline })).metadata.uid
  }

  describe('power over the API server', () => {
    it('makes it silent while paused, and answer when resumed', async () => {
      const uid = await readUid()
      await power.pauseApiServer()
      try {
        await expect(readUid(1_000)).rejects.toMatchObject({ name: 'AbortError' })
      } finally {
        await power.resumeApiServer()
      }
      expect(await readUid()).toBe(uid)
    })

    it('makes it refuse connections while stopped, and keep its data when started again', async () => {
      const uid = await readUid()
      await power.stopApiServer()
      try {
        await expect(readUid()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      } finally {
        await power.startApiServer()
      }
      expect(await readUid()).toBe(uid)
    })
  })
}
