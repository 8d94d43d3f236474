import { readFileSync } from 'node:fs'
import type { DecidingLevel, RejectionCode } from '@failover-ip/core'
import { createApiServer, failoverIPResources } from '@failover-ip/local-cluster'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const signal = new AbortController().signal

/** Every code and level there is: the compiler misses one that is added. */
const codes: Readonly<Record<RejectionCode | DecidingLevel, true>> = {
  InvalidItem: true,
  SpreadUndecidable: true,
  NoServer: true,
  WrongLocation: true,
  SelectorMismatch: true,
  TaintNotTolerated: true,
  RefusedByProvider: true,
  NoFreeSlot: true,
  SpreadPerNode: true,
  SpreadPerZone: true,
  Dead: true,
  Leaving: true,
  Unfit: true,
  Unstable: true,
  WorseHealth: true,
  LessPreferred: true,
  HomeIsFit: true,
  MoreLoaded: true,
  TieBreak: true,
  only: true,
  sticky: true,
  health: true,
  preference: true,
  home: true,
  load: true,
  hash: true,
  none: true,
}

describe('the page about placement', () => {
  test.each(Object.keys(codes))('explains %s', (code) => {
    expect(read('../../../docs/placement.md')).toContain(`\`${code}\``)
  })

  test('shows objects that the API server takes, without a field that it does not know', async () => {
    const clock = createVirtualClock()
    const { transport } = createApiServer({ resources: failoverIPResources(), clock, random: () => 0.5 })
    const post = async (path: string, object: string): Promise<readonly [number, string]> => {
      const headers = { 'content-type': 'application/json' }
      const strict = `${path}?fieldValidation=Strict`
      const answer = await transport.request({
        method: 'POST',
        path: strict,
        headers,
        body: object,
        signal,
      })
      const chunks: Uint8Array[] = []
      for await (const chunk of answer.body) chunks.push(chunk)
      return [answer.status, Buffer.concat(chunks).toString()]
    }
    const group = '/apis/failover-ip.dev/v1alpha1'
    const paths: Readonly<Record<string, string>> = {
      Namespace: '/api/v1/namespaces',
      FailoverIPClass: `${group}/failoveripclasses`,
      FailoverIP: `${group}/namespaces/ingress/failoverips`,
    }
    const documents = parseAllDocuments(read('../placement.yaml'))
    expect(documents).toHaveLength(5)
    for (const document of documents) {
      const [status, body] = await post(paths[String(document.get('kind'))] ?? '', JSON.stringify(document))
      expect(status, body).toBe(201)
    }
  })
})
