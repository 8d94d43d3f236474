import { parseSettings } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import type { Suite } from './suite.ts'

export function testManifest({ provider, sample, subject, define }: Suite): void {
  const { capabilities } = provider
  describe('manifest', () => {
    it('is plain data', () => {
      expect(JSON.parse(JSON.stringify(capabilities))).toEqual(capabilities)
    })

    it('does not contradict itself', () => {
      expect(define).not.toThrow()
      const { node, announce, release, move } = capabilities
      if (announce) expect(node, 'who announces must carry the address').not.toBe('none')
      if (move !== 'direct') expect(release, `move: ${move}`).toBe(true)
    })

    it('opens an account without asking the cloud anything', async () => {
      const { open, sent } = await subject()
      await open()
      expect(sent).toEqual([])
    })

    it('comes with a cloud that can show what it claims', () => {
      if (capabilities.locationRule !== null) expect(new Set(sample.locations).size).toBeGreaterThanOrEqual(2)
      if (capabilities.asynchronous) expect(sample.slowDown, 'slowDown').toBeTypeOf('function')
      if (capabilities.eventualReadSeconds > 0) expect(sample.lagReads, 'lagReads').toBeTypeOf('function')
      expect(sample.faults).toEqual(expect.arrayContaining(['serverError', 'droppedAfter', 'echoing', 'hanging']))
    })

    it('speaks of units of the prefix lengths that it names', async () => {
      const { cloud, families } = await subject()
      for (const family of families) {
        const unit = cloud.addUnit(family, cloud.locations[0])
        expect(unit).toMatch(family === 'ipv4' ? /^[\d.]+\/\d+$/ : /^[\da-f:]+\/\d+$/)
        expect(Number(unit.split('/')[1])).toBe(capabilities.unitPrefixLength[family])
      }
    })

    it('has a schema that accepts good parameters and credentials', async () => {
      expect(await parseSettings(provider.parameters, sample.parameters)).toMatchObject({ ok: true })
      expect(await parseSettings(provider.credentials, sample.credentials)).toMatchObject({ ok: true })
      expect(await parseSettings(provider.credentials, sample.wrongCredentials)).toMatchObject({ ok: true })
    })

    it('has a schema that refuses a missing credential and one of another type, naming the key and no value', async () => {
      const whole = await parseSettings(provider.credentials, {})
      expect(whole.ok).toBe(false)
      for (const key of Object.keys(sample.credentials)) {
        const result = await parseSettings(provider.credentials, { ...sample.credentials, [key]: 7 })
        const text = JSON.stringify(result)
        expect(result.ok).toBe(false)
        expect(text).toContain(key)
        for (const value of Object.values(sample.credentials)) expect(text).not.toContain(value)
      }
    })

    it('knows its keys, so that an unknown one is named', async () => {
      const parameters = await parseSettings(provider.parameters, { ...sample.parameters, noSuchParameter: 1 })
      expect(JSON.stringify(parameters)).toContain('noSuchParameter')
      const credentials = await parseSettings(provider.credentials, { ...sample.credentials, noSuchKey: 'x' })
      expect(JSON.stringify(credentials)).toContain('noSuchKey')
    })

    it('says the same of whose account it is in every process, and no secret, if it says it', async () => {
      const { cloud, families, routing, open, run, signal } = await subject()
      const unit = cloud.addUnit(families[0] ?? 'ipv4', cloud.locations[0])
      const told: unknown[] = []
      for (const each of [routing, await open()]) {
        await run(each.observe([unit], { signal }))
        told.push(each.accountID?.())
      }
      expect(told[1]).toBe(told[0])
      const secrets = Object.values(cloud.credentials).filter(({ length }) => length > 7)
      for (const secret of secrets) expect(String(told[0]).includes(secret), 'it holds a credential').toBe(false)
    })

    it('has nodes whose providerID begins as it says', async () => {
      const { cloud } = await subject()
      const { node } = cloud.addServer(cloud.locations[0])
      if (node.providerID !== undefined) expect(node.providerID.startsWith(provider.providerIDPrefix)).toBe(true)
    })
  })
}
