/** A machine of the simulated cluster. */
export interface SimulatedNodeSpec {
  readonly name: string
  readonly providerID: string
  readonly zone: string
  /** InternalIP. */
  readonly address: string
  readonly labels?: Readonly<Record<string, string>>
}

/** Nodes `node-1` to `node-N` at Scaleway, in one zone. Their servers' ids end in the number. */
export function scalewayNodes(count: number, zone = 'fr-par-1'): readonly SimulatedNodeSpec[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1
    const id = `f1900000-0000-4000-8000-${String(number).padStart(12, '0')}`
    const address = `10.0.${Math.floor(number / 256)}.${number % 256}`
    return { name: `node-${number}`, providerID: `scaleway://instance/${zone}/${id}`, zone, address }
  })
}

/** The Node object that a kubelet registers. */
export function nodeObject({ name, providerID, zone, labels }: SimulatedNodeSpec): {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly spec: { readonly providerID: string }
} {
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': zone,
        'topology.kubernetes.io/region': zone.replace(/-\d+$/u, ''),
        ...labels,
      },
    },
    spec: { providerID },
  }
}

/** The status that a kubelet reports while all is well. */
export function nodeStatus({ address, name }: SimulatedNodeSpec, bootID: string, now: string, since: string): object {
  const quiet = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
    type,
    status: 'False',
    reason: `KubeletHasNo${type}`,
    message: '',
    lastHeartbeatTime: now,
    lastTransitionTime: since,
  }))
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
  return {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    conditions: [...quiet, { ...ready, lastHeartbeatTime: now, lastTransitionTime: since }],
    capacity: { cpu: '2', memory: '4Gi', pods: '110' },
    allocatable: { cpu: '2', memory: '4Gi', pods: '110' },
    nodeInfo: {
      bootID,
      machineID: name,
      systemUUID: name,
      kernelVersion: 'simulated',
      osImage: 'simulated',
      containerRuntimeVersion: 'simulated://0',
      kubeletVersion: 'v1.36.0',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
}
