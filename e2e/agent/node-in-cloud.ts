import { createNamespace, type Namespace } from './namespace.ts'

/**
 * A server at a cloud, without Kubernetes: `node` with its interface, `pod` behind it, and `cloud`, which is the router,
 * the metadata service and the client in one. Failover addresses are routed to the node, and so is its anchor's network.
 */
export interface NodeInCloud extends AsyncDisposable {
  readonly node: Namespace
  readonly cloud: Namespace
  readonly pod: Namespace
}

/** Of the node, besides those that the agent gives it. */
export const anchors = { ipv4: '10.17.0.5', ipv6: 'fd00:17::5' } as const
export const podAddress = '10.244.0.2'
export const client = { ipv4: '192.0.2.1', ipv6: '2001:db8:1::1' } as const

export async function createNodeInCloud(): Promise<NodeInCloud> {
  const [node, cloud, pod] = await Promise.all([createNamespace(), createNamespace(), createNamespace()])
  await cloud.ip(`link add eth0 type veth peer name eth0 netns ${node.pid}`)
  await node.ip(`link add cni0 type veth peer name eth0 netns ${pod.pid}`)

  await cloud.ip(`address add ${client.ipv4}/24 dev eth0`)
  await cloud.ip(`address add ${client.ipv6}/64 dev eth0 nodad`)
  await cloud.ip('address add 169.254.169.254/32 dev lo')
  await cloud.ip('link set eth0 up')

  await node.ip('address add 192.0.2.10/24 dev eth0')
  await node.ip('address add 2001:db8:1::10/64 dev eth0 nodad')
  await node.ip(`address add ${anchors.ipv4}/16 dev eth0`)
  await node.ip(`address add ${anchors.ipv6}/64 dev eth0 nodad`)
  await node.ip('link set eth0 up')
  await node.ip(`route add default via ${client.ipv4}`)
  await node.ip(`-6 route add default via ${client.ipv6}`)
  await node.ip('address add 10.244.0.1/24 dev cni0')
  await node.ip('link set cni0 up')
  await node.run(['sysctl', '-qw', 'net.ipv4.ip_forward=1'])

  await pod.ip(`address add ${podAddress}/24 dev eth0`)
  await pod.ip('link set eth0 up')
  await pod.ip('route add default via 10.244.0.1')

  await cloud.ip('route add 203.0.113.0/24 via 192.0.2.10')
  await cloud.ip('-6 route add 2001:db8:50::/48 via 2001:db8:1::10')
  await cloud.ip('route add 10.17.0.0/16 dev eth0')
  await cloud.ip('-6 route add fd00:17::/64 dev eth0')
  return {
    node,
    cloud,
    pod,
    [Symbol.asyncDispose]: async () => {
      for (const namespace of [pod, node, cloud]) await namespace[Symbol.asyncDispose]()
    },
  }
}
