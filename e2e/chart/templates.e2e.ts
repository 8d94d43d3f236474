import { readFile } from 'node:fs/promises'
import { createKubernetesClient, failoverIPClassResource } from '@failover-ip/kubernetes'
import { createApiServer, failoverIPResources, startApiHttpServer, writeKubeconfig } from '@failover-ip/local-cluster'
import { systemClock } from '@failover-ip/runtime'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { chartFolder, helm } from './helm.ts'
import { release, releaseNamespace } from './install-chart.ts'
import { parseManifests, renderChart, renderClasses, type Manifest, type Rule } from './manifests.ts'

const scaleway = { enabled: true, credentialsSecret: 'scaleway', addresses: ['51.15.129.35'] }
const everything = {
  operators: {
    scaleway: { ...scaleway, secrets: ['other-account'], flags: ['--dry-run'], class: { deletionPolicy: 'Release' } },
    netcup: { enabled: true, credentialsSecret: 'netcup' },
    digitalocean: { enabled: true, credentialsSecret: 'digitalocean', createClass: false },
    hetzner: { enabled: true, image: 'registry.example.org/failover-ip-hetzner:1.0.0', addresses: ['203.0.113.0/24'] },
  },
  caConfigMap: 'certificates',
  env: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }],
  imageRegistry: 'registry.example.org/mirror',
  networkPolicy: { egressPorts: [443, 6443] },
  serviceMonitor: { enabled: true },
}

const netcup = { enabled: true, credentialsSecret: 'netcup' }
const isDefault = (objects: readonly Manifest[]): readonly (readonly [string, string])[] =>
  objects
    .filter(({ kind }) => kind === 'FailoverIPClass')
    .map(({ metadata }) => [metadata.name, metadata.annotations?.['failover-ip.dev/is-default-class'] ?? ''])
const named = (objects: readonly Manifest[], kind: string, name: string): Manifest | undefined =>
  objects.find((object) => object.kind === kind && object.metadata.name === name)
const rights = (rules: readonly Rule[] = []): readonly string[] => {
  const each = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((of) => verbs.map((verb) => `${verb} ${group}/${of}`))),
  )
  return [...new Set(each)].toSorted()
}
const readManifests = async (path: string) =>
  parseManifests(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'))
const containers = (objects: readonly Manifest[]) =>
  objects.flatMap(({ metadata, spec }) =>
    (spec?.template?.spec.containers ?? []).map((container) => ({
      ...container,
      of: metadata.name,
      pod: spec?.template?.spec,
    })),
  )

describe('the chart', () => {
  it.each([
    ['without values', {}],
    ['with one operator', { operators: { scaleway } }],
    ['with everything', everything],
  ])('passes lint %s [A70]', async (_, values) => {
    expect(await helm(['lint', '--strict', chartFolder], { values })).toContain('0 chart(s) failed')
  })

  it('is of the version of the packages, and asks for images of it', async () => {
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(new URL('../../packages/operator/package.json', import.meta.url), 'utf8')))
    const chart = await readFile(`${chartFolder}/Chart.yaml`, 'utf8')
    expect(chart).toContain(`\nappVersion: ${version}\n`)
    expect(chart).toContain(`\nversion: ${version}\n`)
    const images = containers(await renderChart({ operators: { scaleway } })).map(({ image }) => image)
    expect(images.toSorted()).toEqual([`failover-ip/agent:${version}`, `failover-ip/operator-scaleway:${version}`])
  })

  it('runs nothing with more than it needs', async () => {
    const all = containers(await renderChart(everything))
    expect(all.map(({ of }) => of).toSorted()).toEqual([
      'failover-ip-agent',
      'failover-ip-operator-digitalocean',
      'failover-ip-operator-hetzner',
      'failover-ip-operator-netcup',
      'failover-ip-operator-scaleway',
    ])
    for (const { of, securityContext, pod } of all) {
      const locked = {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        seccompProfile: { type: 'RuntimeDefault' },
      }
      const isAgent = of === 'failover-ip-agent'
      const capabilities = { drop: ['ALL'], ...(isAgent ? { add: ['NET_ADMIN', 'NET_RAW'] } : {}) }
      expect(securityContext, of).toEqual({ ...locked, capabilities, ...(isAgent ? { runAsUser: 0 } : {}) })
      expect(pod?.hostNetwork ?? false, of).toBe(isAgent)
      if (!isAgent) expect(pod?.securityContext, of).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 })
    }
  })

  it('serves a cloud that it does not know by its image alone', async () => {
    const objects = await renderChart(everything)
    const deployment = containers(objects).find(({ of }) => of === 'failover-ip-operator-hetzner')
    expect(deployment).toMatchObject({ image: 'registry.example.org/failover-ip-hetzner:1.0.0' })
    expect(deployment?.args).toContain('--controller-name=failover-ip.dev/hetzner')
    expect(named(objects, 'FailoverIPClass', 'hetzner')?.spec).toMatchObject({
      controllerName: 'failover-ip.dev/hetzner',
      addresses: ['203.0.113.0/24'],
    })
  })

  it('puts the registry in front of images that have none', async () => {
    const images = containers(await renderChart(everything)).map(({ image }) => image)
    expect(images).toContainEqual(expect.stringMatching(/^registry\.example\.org\/mirror\/failover-ip\/agent:/))
    expect(images).toContain('registry.example.org/failover-ip-hetzner:1.0.0')
  })

  it('makes the class of the only operator the default, of several none unless told', async () => {
    expect(isDefault(await renderChart({ operators: { scaleway } }))).toEqual([['scaleway', 'true']])
    expect(isDefault(await renderChart({ operators: { scaleway, netcup } }))).toEqual([
      ['netcup', 'false'],
      ['scaleway', 'false'],
    ])
    expect(isDefault(await renderChart({ operators: { scaleway, netcup: { ...netcup, default: true } } }))).toEqual([
      ['netcup', 'true'],
      ['scaleway', 'false'],
    ])
  })

  it('leaves the class that is the default in the cluster the default, unless told', async () => {
    const clock = systemClock()
    const { transport } = createApiServer({ resources: failoverIPResources(), clock, random: Math.random })
    const server = await startApiHttpServer(transport)
    const kubeconfig = await writeKubeconfig(server.url)
    const render = async (operators: object) => isDefault(await renderClasses({ operators }, kubeconfig.path))
    const several = { scaleway, netcup }
    try {
      expect(await render(several)).toEqual([
        ['netcup', 'false'],
        ['scaleway', 'false'],
      ])
      const [only] = await renderClasses({ operators: { scaleway } }, kubeconfig.path)
      const metadata = { name: 'scaleway', annotations: only?.metadata.annotations ?? {} }
      const client = createKubernetesClient({ transport, clock })
      const { signal } = new AbortController()
      await client.create(failoverIPClassResource, { metadata, spec: { controllerName: 'x.dev/y' } }, { signal })
      expect(await render(several)).toEqual([
        ['netcup', 'false'],
        ['scaleway', 'true'],
      ])
      expect(await render({ ...several, netcup: { ...netcup, default: true } })).toEqual([
        ['netcup', 'true'],
        ['scaleway', 'false'],
      ])
      expect(await render({ ...several, scaleway: { ...scaleway, default: false } })).toEqual([
        ['netcup', 'false'],
        ['scaleway', 'false'],
      ])
    } finally {
      await kubeconfig[Symbol.asyncDispose]()
      await server.close()
    }
  })

  it('keeps the classes', async () => {
    const classes = (await renderChart(everything)).filter(({ kind }) => kind === 'FailoverIPClass')
    expect(classes.length).toBeGreaterThan(0)
    for (const { metadata } of classes)
      expect(metadata.annotations, metadata.name).toMatchObject({ 'helm.sh/resource-policy': 'keep' })
  })

  it('makes no key of the probes where it cannot see whether there is one, and mounts the one that is named', async () => {
    const secretNames = (objects: readonly Manifest[]) =>
      containers(objects).map(({ pod }) => pod?.volumes?.find(({ name }) => name === 'probe-key')?.secret)
    for (const [values, secretName] of [
      [everything, 'failover-ip-probe-key'],
      [{ ...everything, probeKeySecret: 'mine' }, 'mine'],
    ] as const) {
      const objects = await renderChart(values)
      expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([])
      expect(secretNames(objects)).toEqual(Array.from({ length: 5 }, () => ({ secretName, optional: true })))
    }
  })

  it('runs on Linux alone, whatever else is selected', async () => {
    const selectors = async (values: object) =>
      containers(await renderChart({ operators: { scaleway }, ...values })).map(({ pod }) => pod?.nodeSelector)
    const linux = { 'kubernetes.io/os': 'linux' }
    expect(await selectors({})).toEqual([linux, linux])
    expect(await selectors({ nodeSelector: null, agent: { nodeSelector: null } })).toEqual([linux, linux])
    const more = { nodeSelector: { a: 'b' }, agent: { nodeSelector: { c: 'd' } } }
    expect(await selectors(more)).toEqual([
      { ...linux, c: 'd' },
      { ...linux, a: 'b' },
    ])
  })

  it('gives operators the rights that they are tested with, and of Secrets those that are named', async () => {
    const objects = await renderChart(everything)
    const tested = await readManifests('packages/operator/rbac.yaml')
    const testedRules = (kind: string, namespace?: string): readonly Rule[] =>
      tested.find((each) => each.kind === kind && each.metadata.namespace === namespace)?.rules ?? []
    const rules = (kind: string, name: string): readonly Rule[] => named(objects, kind, name)?.rules ?? []
    expect(rights(rules('ClusterRole', 'failover-ip-operator'))).toEqual(rights(testedRules('ClusterRole')))
    expect(rights(rules('Role', 'failover-ip-operator'))).toEqual(rights(testedRules('Role', 'kube-node-lease')))
    const own = testedRules('Role', 'failover-ip')
    expect(rights(rules('Role', 'failover-ip-operator-netcup'))).toEqual(rights(own))
    const withoutPatch = rights(own).filter((right) => right !== 'patch /secrets')
    expect(rights(rules('Role', 'failover-ip-operator-scaleway'))).toEqual(withoutPatch)
    const secrets = rules('Role', 'failover-ip-operator-scaleway').filter(({ resources }) =>
      resources.includes('secrets'),
    )
    expect(secrets.map(({ resourceNames }) => resourceNames)).toEqual([['scaleway', 'other-account']])
    expect(rights(rules('Role', 'failover-ip-operator-hetzner')).filter((right) => right.includes('secrets'))).toEqual(
      [],
    )
  })

  it('gives agents the rights, and the policy over them, that they are tested with', async () => {
    const tested = await readManifests('packages/agent/rbac.yaml')
    const objects = await renderChart({})
    const rules = (of: readonly Manifest[]) => rights(named(of, 'ClusterRole', 'failover-ip-agent')?.rules)
    expect(rules(objects)).toEqual(rules(tested))
    const policy = (of: readonly Manifest[]) => named(of, 'ValidatingAdmissionPolicy', 'failover-ip-agent')?.spec
    expect(policy(objects)).toMatchObject({ validations: expect.anything() })
    expect(policy(objects)).toEqual(policy(tested))
  })
})

const notesOf = async (values: object = {}): Promise<string | undefined> => {
  const words = ['install', release, chartFolder, `--namespace=${releaseNamespace}`, '--dry-run=client']
  return (await helm(words, { values })).split('NOTES:')[1]
}

it('says in its notes what a closed port costs, and keeps the values in the upgrade that it names', async () => {
  const notes = await notesOf()
  expect(notes).toContain('(in 25 to 45 s)')
  expect(notes).toContain('--reset-then-reuse-values')
})

it('names in its notes the class of an address where several may be meant', async () => {
  expect(await notesOf({ operators: { scaleway } })).toContain('spec: { addresses: ["51.15.129.35"] }')
  const several = await notesOf({ operators: { scaleway, netcup: { ...netcup, addresses: ['198.18.88.63'] } } })
  expect(several).toContain('spec: { className: netcup, addresses: ["198.18.88.63"] }')
})

describe('values that cannot be meant', () => {
  it.each([
    [
      'a host name as an address',
      { operators: { scaleway: { ...scaleway, addresses: ['web.example.org'] } } },
      /addresses\/0.*web\.example\.org/s,
    ],
    ['an unknown field', { operators: { scaleway: { ...scaleway, adresses: [] } } }, /adresses/],
    ['an unknown field at the top', { operator: {} }, /operator/],
    ['no replica', { replicas: 0 }, /replicas.*minimum/s],
    ['a port out of range', { probePort: 70_000 }, /probePort.*maximum/s],
    [
      'one port for two things',
      { agent: { metricsPort: 8083 } },
      /agent\.metricsPort and agent\.healthPort are both 8083/,
    ],
    ['a flag without dashes', { operators: { scaleway: { ...scaleway, flags: ['dry-run'] } } }, /flags\/0/],
    ['a text for a switch', { operators: { scaleway: { ...scaleway, enabled: 'yes' } } }, /enabled.*want boolean/s],
    [
      'a cloud of somebody else without its image',
      { operators: { hetzner: { enabled: true } } },
      /operators\.hetzner\.image is missing/,
    ],
    [
      'no Secret',
      { operators: { scaleway: { enabled: true } } },
      /operators\.scaleway\.credentialsSecret is missing: name the Secret in namespace failover-ip/,
    ],
  ])('%s is refused in a sentence that names it [A70]', async (_, values, sentence) => {
    await expect(renderChart(values)).rejects.toThrow(sentence)
  })
})
