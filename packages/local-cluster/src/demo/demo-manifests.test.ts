import { validateFailoverIP, validateFailoverIPClass } from '@failover-ip/kubernetes'
import { parseSettings } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'

import { createVirtualClock } from '@failover-ip/provider-testkit'
import { localClouds } from '../clouds/local-clouds.ts'
import { demoManifests, readManifests } from './demo-manifests.ts'

const clouds = [...localClouds.values()]

describe.each(clouds)("the demo's manifests for $title", (localCloud) => {
  const cloud = localCloud.start({ clock: createVirtualClock(), latencyMs: 0, readLagSeconds: 0, changeSeconds: 0 })
  const text = demoManifests(cloud, 'http://127.0.0.1:1234')
  const objects = readManifests(text)

  it('are what is applied', () => {
    const named = objects.map(({ resource, draft }) => [resource.kind, draft.metadata.namespace, draft.metadata.name])
    expect(named).toEqual([
      ['Secret', 'failover-ip', cloud.name],
      ['FailoverIPClass', undefined, cloud.name],
      ['FailoverIP', 'default', 'web'],
    ])
    expect(objects[2]?.draft['spec']).toEqual({ addresses: cloud.addresses })
  })

  it('pass the rules of the API server', () => {
    const [, failoverIPClass, failoverIP] = objects.map(({ draft }) => ({
      ...draft,
      metadata: { name: '', uid: '1', resourceVersion: '1', ...draft.metadata },
    }))
    expect(failoverIPClass && validateFailoverIPClass(failoverIPClass)).toEqual([])
    expect(failoverIP && validateFailoverIP(failoverIP)).toEqual([])
  })

  it('hold settings that the provider accepts', async () => {
    const { parameters, credentials } = localCloud.provider
    expect(await parseSettings(parameters, cloud.parameters('http://127.0.0.1:1234'))).toMatchObject({ ok: true })
    expect(await parseSettings(credentials, cloud.credentials)).toMatchObject({ ok: true })
  })

  it('ask for few lines of the user', () => {
    const failoverIP = text.split('---\n').at(-1) ?? ''
    expect(failoverIP.trimEnd().split('\n').length).toBeLessThanOrEqual(12)
  })
})

it('the manifests of the demo know their kinds', () => {
  expect(() => readManifests('kind: Pod\nmetadata: { name: a }')).toThrow('the demo does not know the kind Pod')
})
