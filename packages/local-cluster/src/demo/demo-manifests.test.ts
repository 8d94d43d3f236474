import { validateFailoverIP, validateFailoverIPClass } from '@failover-ip/kubernetes'
import { describe, expect, it } from 'vitest'

import { demoManifests, readManifests } from './demo-manifests.ts'

const account = {
  accessKey: 'SCW0000000000EMULATE',
  secretKey: '90000000-0000-4000-8000-000000000001',
  project: '10000000-0000-4000-8000-000000000001',
  organization: '10000000-0000-4000-8000-000000000001',
  access: 'full',
} as const

describe("the demo's manifests", () => {
  const text = demoManifests(account, 'http://127.0.0.1:1234')
  const objects = readManifests(text)

  it('are what is applied', () => {
    const named = objects.map(({ resource, draft }) => [resource.kind, draft.metadata.namespace, draft.metadata.name])
    expect(named).toEqual([
      ['Secret', 'failover-ip', 'scaleway'],
      ['FailoverIPClass', undefined, 'scaleway'],
      ['FailoverIP', 'default', 'web'],
    ])
    expect(objects[2]?.draft['spec']).toEqual({ addresses: ['51.15.129.35', '2001:bc8:710:3c3b::1'] })
  })

  it('pass the rules of the API server', () => {
    const [, failoverIPClass, failoverIP] = objects.map(({ draft }) => ({
      ...draft,
      metadata: { name: '', uid: '1', resourceVersion: '1', ...draft.metadata },
    }))
    expect(failoverIPClass && validateFailoverIPClass(failoverIPClass)).toEqual([])
    expect(failoverIP && validateFailoverIP(failoverIP)).toEqual([])
  })

  it('ask for few lines of the user', () => {
    const failoverIP = text.split('---\n').at(-1) ?? ''
    expect(failoverIP.trimEnd().split('\n').length).toBeLessThanOrEqual(12)
  })

  it('know their kinds', () => {
    expect(() => readManifests('kind: Pod\nmetadata: { name: a }')).toThrow('the demo does not know the kind Pod')
  })
})
