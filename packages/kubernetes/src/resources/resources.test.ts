import { readdir, readFile } from 'node:fs/promises'
import { overridePolicy } from '@failover-ip/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { crds, printCrd, printCrds } from './crds.ts'
import { matchesLabels } from './label-selector.ts'
import { parseFailoverIP, parseFailoverIPClass, parseFailoverNode } from './parse-resource.ts'
import { structuralSchema } from './structural-schema.ts'
import { validateFailoverIP, validateFailoverIPClass } from './validate-resource.ts'

const metadata = {
  name: 'web',
  namespace: 'ingress',
  uid: 'u',
  resourceVersion: '7',
  generation: 3,
  creationTimestamp: '2026-11-21T00:00:00Z',
}
const fip = (spec: unknown, status?: unknown) => ({ metadata, spec, ...(status === undefined ? {} : { status }) })
const liking = (weight: number, nodeSelector: object = { disk: 'ssd' }) => ({
  addresses: ['1.1.1.1'],
  nodePreferences: [{ weight, nodeSelector }],
})
const spreading = (spread: object) => ({ addresses: ['1.1.1.1'], spread: { group: 'web', ...spread } })
const fipClass = (spec: object) => ({
  metadata: { name: 'c', uid: 'u', resourceVersion: '1' },
  spec: { controllerName: 'failover-ip.dev/scaleway', ...spec },
})

describe('parseFailoverIP', () => {
  test('reads what is wanted, with durations in milliseconds and no defaults for overrides', () => {
    const parsed = parseFailoverIP(fip({ addresses: ['51.15.129.35'], maintenance: { delay: '10m' }, unknown: 1 }))
    expect(parsed).toEqual({
      ok: true,
      value: {
        key: 'ingress/web',
        name: 'web',
        namespace: 'ingress',
        uid: 'u',
        resourceVersion: '7',
        generation: 3,
        createdAt: Date.parse('2026-11-21T00:00:00Z'),
        deleting: false,
        hasFinalizer: false,
        annotations: {},
        spec: { addresses: ['51.15.129.35'], maintenance: { delay: 600_000 } },
        status: {},
      },
    })
  })

  test.each([
    [undefined, 'spec'],
    [{}, 'spec.addresses'],
    [{ addresses: [] }, 'spec.addresses'],
    [{ addresses: ['2001:DB8::1'] }, 'spec.addresses[0] has to be one IP address in canonical form'],
    [{ addresses: ['1.1.1.1', '1.1.1.1'] }, 'spec.addresses[1] 1.1.1.1 is there twice'],
    [{ addresses: ['1.1.1.1'], maintenance: { onCordon: 'Sometimes' } }, 'spec.maintenance.onCordon'],
    [{ addresses: ['1.1.1.1'], detection: { interval: '1ms' } }, 'spec.detection.interval has to be from 50ms to 1m'],
    [{ addresses: ['1.1.1.1'], maintenance: { delay: 'soon' } }, 'spec.maintenance.delay has to be a duration'],
    [{ addresses: ['1.1.1.1'], failback: { mode: 'Sometimes' } }, 'spec.failback.mode'],
    [liking(0), 'spec.nodePreferences[0].weight'],
    [liking(101), 'spec.nodePreferences[0].weight'],
    [liking(1.5), 'spec.nodePreferences[0].weight'],
    [liking(1, {}), 'spec.nodePreferences[0].nodeSelector has to name at least one label'],
    [{ ...liking(1, { disk: 'ssd' }), nodeSelector: { disk: 'hdd' } }, 'spec.nodePreferences no node can have a label'],
    [{ addresses: ['1.1.1.1'], serviceRef: { name: '' } }, 'spec.serviceRef.name'],
    [{ addresses: ['1.1.1.1'], nodeConfiguration: 'Nobody' }, 'spec.nodeConfiguration'],
    [spreading({}), 'spec.spread needs maxPerNode, maxPerZone or both'],
    [spreading({ maxPerNode: 0 }), 'spec.spread.maxPerNode'],
    [spreading({ maxPerNode: 3, maxPerZone: 2 }), 'spec.spread maxPerNode cannot be more than maxPerZone'],
    [spreading({ maxPerNode: 1, group: 'a b' }), 'spec.spread.group has to look like the value of a label'],
  ])('says what is wrong with %j', (spec, sentence) => {
    const parsed = parseFailoverIP(fip(spec))
    expect(parsed).toMatchObject({ ok: false, problem: { reason: 'InvalidSpec', identity: { key: 'ingress/web' } } })
    expect(parsed.ok ? '' : parsed.problem.message).toContain(sentence)
  })

  test('takes preferences and limits that can be met', () => {
    const good = [
      { ...liking(100, { disk: 'ssd' }), nodeSelector: { disk: 'ssd', role: 'edge' } },
      spreading({ maxPerZone: 1 }),
      spreading({ maxPerNode: 2, maxPerZone: 2 }),
    ]
    for (const spec of good) expect(parseFailoverIP(fip(spec))).toMatchObject({ ok: true, value: { spec } })
  })

  test('does not take a status that it cannot read for an empty one', () => {
    const operation = { id: 'x', kind: 'teleport' }
    const status = { addresses: [{ address: '1.1.1.1', unit: '1.1.1.1/32', epoch: 1, operation }] }
    const parsed = parseFailoverIP(fip({ addresses: ['1.1.1.1'] }, status))
    expect(parsed).toMatchObject({ ok: false, problem: { reason: 'InvalidStatus' } })
  })

  test('a plan for the nodes that it cannot read is made anew, and keeps nothing from being served', () => {
    const device = { rule: 'defaultRoute', family: 'ipv4' }
    const plan = { carriedBy: 'Holder', prefixLength: 32, device, scope: 'global', routes: [], announce: 'none' }
    const planOf = (nodePlan: object) => {
      const status = { addresses: [{ address: '1.1.1.1', unit: '1.1.1.1/32', epoch: 1, nodePlan }] }
      const parsed = parseFailoverIP(fip({ addresses: ['1.1.1.1'] }, status))
      if (!parsed.ok) throw new Error(parsed.problem.message)
      return parsed.value.status.addresses?.[0]?.nodePlan
    }
    expect(planOf(plan)).toEqual(plan)
    expect(planOf({ ...plan, device: { rule: 'vrf' } })).toBeUndefined()
  })

  test('never throws, and takes nothing that is not canonical', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())), (junk, addresses) => {
        parseFailoverIP(fip(junk))
        parseFailoverIP(fip({ addresses: ['1.1.1.1'] }, junk))
        const parsed = parseFailoverIP(fip({ addresses }))
        const fromServer =
          addresses.length > 0 && addresses.length <= 16 && validateFailoverIP(fip({ addresses })).length === 0
        expect(parsed.ok).toBe(fromServer && addresses.every((address) => address.length <= 45))
      }),
    )
  })
})

describe('parseFailoverIPClass', () => {
  test('fills in the defaults', () => {
    const parsed = parseFailoverIPClass(fipClass({}))
    expect(parsed.ok && parsed.value.spec).toEqual({
      controllerName: 'failover-ip.dev/scaleway',
      parameters: {},
      addresses: [],
      deletionPolicy: 'Retain',
      maintenance: { onCordon: 'Move', delay: 0 },
      failback: { mode: 'Never', delay: 600_000 },
      foreignHolder: 'Refuse',
      onDrift: 'Adopt',
      nodeConfiguration: 'Agent',
      detection: { interval: 200, misses: 3, witnesses: 1 },
      paused: false,
    })
    expect(parsed.ok && parsed.value.isDefault).toBe(false)
  })

  test('a FailoverIP overrides parts of it', () => {
    const parsed = parseFailoverIPClass(fipClass({ maintenance: { onCordon: 'Ignore', delay: '1h' } }))
    if (!parsed.ok) throw new Error(parsed.problem.message)
    const policy = overridePolicy(parsed.value.spec, { maintenance: { delay: 5 }, paused: true })
    expect(policy).toMatchObject({ maintenance: { onCordon: 'Ignore', delay: 5 }, paused: true, onDrift: 'Adopt' })
    const eager = overridePolicy(parsed.value.spec, { failback: { mode: 'Always' } })
    expect(eager.failback).toEqual({ mode: 'Always', delay: 600_000 })
  })

  test('the annotation "true" makes it the default, nothing else does', () => {
    const object = fipClass({})
    const withAnnotation = (value: string) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { 'failover-ip.dev/is-default-class': value } },
    })
    expect(parseFailoverIPClass(withAnnotation('true'))).toMatchObject({ value: { isDefault: true } })
    expect(parseFailoverIPClass(withAnnotation('yes'))).toMatchObject({ value: { isDefault: false } })
  })
})

describe('parseFailoverNode', () => {
  const node = (status?: unknown) => ({ metadata: { name: 'a', uid: 'u', resourceVersion: '1' }, status })

  test('reads what an agent says, and an object that none has written to yet', () => {
    const status = {
      bootID: 'boot',
      observedAt: '2026-11-21T00:00:00.000Z',
      interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01' }],
      addresses: [
        { address: '1.1.1.1', epoch: 7, role: 'holder', carried: false, reason: 'AnchorUnknown', message: 'No.' },
      ],
    }
    expect(parseFailoverNode(node(status))).toMatchObject({ ok: true, value: { key: 'a', status } })
    expect(parseFailoverNode(node())).toMatchObject({ ok: true, value: { status: {} } })
  })

  test('says what it cannot read', () => {
    const parsed = parseFailoverNode(
      node({ addresses: [{ address: '1.1.1.1', epoch: 7, role: 'king', carried: true }] }),
    )
    expect(parsed).toMatchObject({ ok: false, problem: { reason: 'InvalidStatus' } })
    expect(parsed.ok ? '' : parsed.problem.message).toContain('status.addresses[0].role')
  })
})

describe('validation without CEL', () => {
  test('has the paths, reasons and words of the real server', () => {
    expect(
      validateFailoverIP(fip({ addresses: ['01.2.3.4', '1.1.1.1', '1.1.1.1'], detection: { interval: '5ms' } })),
    ).toEqual([
      {
        reason: 'FieldValueInvalid',
        field: 'spec.addresses[0]',
        message:
          'Invalid value: "01.2.3.4": has to be one IP address in canonical form: lower case, shortest IPv6, no prefix length',
      },
      { reason: 'FieldValueDuplicate', field: 'spec.addresses[2]', message: 'Duplicate value: "1.1.1.1"' },
      {
        reason: 'FieldValueInvalid',
        field: 'spec.detection.interval',
        message: 'Invalid value: "5ms": has to be from 50ms to 1m',
      },
    ])
  })

  test('leaves to the schema what the schema says', () => {
    expect(validateFailoverIP(fip({ addresses: [], maintenance: { onCordon: 'x' } }))).toEqual([])
  })

  test('keeps the controller of a class', () => {
    const previous = fipClass({})
    expect(validateFailoverIPClass(previous)).toEqual([])
    expect(validateFailoverIPClass(fipClass({ paused: true }), previous)).toEqual([])
    expect(validateFailoverIPClass(fipClass({ controllerName: 'failover-ip.dev/other' }), previous)).toMatchObject([
      { field: 'spec.controllerName' },
    ])
  })

  test.each(['10.0.0.1/8', '2001:DB8::/32', 'x', '10.0.0.0/8/8'])('refuses %s as a range', (range) => {
    expect(validateFailoverIPClass(fipClass({ addresses: ['10.0.0.0/8', range] }))).toMatchObject([
      { field: 'spec.addresses[1]' },
    ])
  })
})

describe('definitions', () => {
  test('the committed files are those that are generated', async () => {
    const folder = new URL('../../crds/', import.meta.url)
    expect((await readdir(folder)).toSorted()).toEqual(
      crds()
        .map(({ metadata: { name } }) => `${name}.yaml`)
        .toSorted(),
    )
    for (const crd of crds()) {
      expect(await readFile(new URL(`${crd.metadata.name}.yaml`, folder), 'utf8')).toContain(printCrd(crd))
    }
  })

  test('are one YAML stream', () => {
    expect(printCrds().match(/^kind: CustomResourceDefinition$/gm)?.length).toBe(3)
    expect(printCrds().match(/^---$/gm)?.length).toBe(2)
  })

  test('every field of a spec has a description that names its default, or says that it is required', () => {
    const missing: string[] = []
    const walk = (schema: unknown, path: string): void => {
      const { properties, items, description } = schema as {
        properties?: object
        items?: unknown
        description?: string
      }
      if (path.includes('.') && !/(Default: .+\.|Required\.)$/s.test(description ?? '')) missing.push(path)
      for (const [name, child] of Object.entries(properties ?? {})) walk(child, `${path}.${name}`)
      const object = items as { properties?: object } | undefined
      for (const [name, child] of Object.entries(object?.properties ?? {})) walk(child, `${path}[].${name}`)
    }
    for (const crd of crds()) {
      const [version] = crd.spec['versions'] as { schema: { openAPIV3Schema: { properties: { spec?: object } } } }[]
      walk(version?.schema.openAPIV3Schema.properties.spec ?? {}, crd.metadata.name.split('.')[0] ?? '')
    }
    expect(missing).toEqual([])
  })

  test('only the class has defaults', () => {
    const [classText, text] = crds().map((crd) => JSON.stringify(crd))
    expect(classText).toContain('"default":"Retain"')
    expect(text).not.toContain('"default":')
  })

  test.each([z.union([z.string(), z.number()]), z.tuple([z.string()]), z.object({ a: z.unknown() })])(
    'what has no structural form is refused when it is generated',
    (schema) => expect(() => structuralSchema(z.object({ field: schema }))).toThrow(/field/),
  )
})

test.each([
  [{}, {}, true],
  [{ matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
  [{ matchLabels: { a: '1' } }, { a: '2' }, false],
  [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, { a: '2' }, true],
  [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1'] }] }, {}, false],
  [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, {}, true],
  [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, { a: '' }, true],
  [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }, { a: '' }, false],
  [{ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, {}, false],
  [{ matchExpressions: [{ key: 'toString', operator: 'DoesNotExist' }] }, {}, true],
] as const)('selector %j on %j: %s', (selector, labels, matches) => {
  expect(matchesLabels(selector, labels)).toBe(matches)
})
