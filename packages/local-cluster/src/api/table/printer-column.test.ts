import { describe, expect, it } from 'vitest'

import type { KubernetesObject } from '../kubernetes-object.ts'
import { columnFromPrinterColumn } from './printer-column.ts'

const object: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: {
    name: 'a',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    annotations: { 'failover-ip.dev/is-default-class': 'true' },
  },
  spec: { 'with-hyphen': 1.5, list: [{ a: 'x' }, { a: 'y' }], on: true, since: '2026-01-01T00:01:00Z' },
  status: {
    conditions: [
      { type: 'Other', status: 'False' },
      { type: 'Ready', status: 'True' },
    ],
  },
}

describe('columnFromPrinterColumn', () => {
  it.each([
    ['string', '.status.conditions[?(@.type=="Ready")].status', 'True'],
    ['string', '.metadata.annotations.failover-ip\\.dev/is-default-class', 'true'],
    ['string', ".metadata.annotations['failover-ip.dev/is-default-class']", 'true'],
    ['number', '.spec.with-hyphen', 1.5],
    ['integer', '.spec.with-hyphen', 1],
    ['string', '.spec.list[1].a', 'y'],
    ['string', '.spec.list[*].a', 'x'],
    ['string', '.spec.list', '[{"a":"x"},{"a":"y"}]'],
    ['boolean', '.spec.on', true],
    ['date', '.spec.since', '60s'],
    ['string', '.spec.absent.deeper', null],
    ['integer', '.metadata.name', null],
  ])('%s %s', (type, jsonPath, expected) => {
    const { cell } = columnFromPrinterColumn({ name: 'C', type, jsonPath })
    expect(cell(object, Date.parse('2026-01-01T00:02:00Z'))).toBe(expected)
  })
})
