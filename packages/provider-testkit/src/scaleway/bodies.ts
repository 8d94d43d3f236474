import type { Reverses } from './ipam-routes.ts'
import { scalewayIpamId } from './ipam-routes.ts'
import { attachmentOf } from './cloud.ts'
import type { Attachment, ScalewayCloud, ScalewayIp, ScalewayServer } from './cloud.ts'

/** An address as the Instance API shows it. `attachment` is what the reader sees, which may be older than the truth. */
export function ipBody(
  {
    cloud,
    organization,
    reverses,
  }: { readonly cloud: ScalewayCloud; readonly organization: string; readonly reverses: Reverses },
  ip: ScalewayIp,
  attachment: Attachment,
): object {
  const isV4 = ip.unit.endsWith('/32')
  const server = attachment.server === null ? undefined : cloud.servers.get(attachment.server)
  return {
    id: ip.id,
    address: isV4 ? addressOf(ip.unit) : server === undefined ? null : hostAddress(ip.unit, server.macAddress),
    prefix: isV4 ? null : ip.unit,
    reverse: isV4 ? (reverses.get(ip.id)?.get(addressOf(ip.unit)) ?? null) : null,
    server: server === undefined ? null : { id: server.id, name: server.name },
    organization,
    project: ip.project,
    zone: ip.location,
    type: isV4 ? 'routed_ipv4' : 'routed_ipv6',
    state: attachment.state,
    tags: [],
    ipam_id: scalewayIpamId(ip.id),
  }
}

/** A server as the Instance API shows it, without volumes and image, which nobody here reads. */
export function serverBody(cloud: ScalewayCloud, server: ScalewayServer, organization: string): object {
  const movable = [...cloud.units.values()]
    .map((ip) => ({ ip, seen: attachmentOf(cloud.seenHolding(ip.id)) }))
    .filter(({ seen }) => seen.server === server.id)
    .map(({ ip, seen }) => publicIpBody(ip, server.macAddress, seen.state))
  const dynamic = server.dynamicAddress === null ? [] : [dynamicIpBody(server.id, server.dynamicAddress)]
  const publicIps = [...dynamic, ...movable]
  return {
    id: server.id,
    name: server.name,
    hostname: server.name,
    organization,
    project: server.project,
    zone: server.location,
    state: server.state,
    state_detail: '',
    mac_address: server.macAddress,
    routed_ip_enabled: true,
    dynamic_ip_required: server.dynamicAddress !== null,
    enable_ipv6: false,
    private_ip: null,
    public_ip: publicIps[0] ?? null,
    public_ips: publicIps,
    commercial_type: 'DEV1-S',
    arch: 'x86_64',
    boot_type: 'local',
    creation_date: '2026-01-01T00:00:00.000000+00:00',
    modification_date: '2026-01-01T00:00:00.000000+00:00',
    allowed_actions: ['poweroff', 'terminate', 'reboot'],
    location: {
      cluster_id: '1',
      hypervisor_id: '1',
      node_id: '1',
      platform_id: '1',
      zone_id: server.location.replace('-', ''),
    },
    maintenances: [],
    private_nics: [],
    tags: [],
    volumes: {},
    image: null,
    security_group: null,
    placement_group: null,
    protected: false,
  }
}

function publicIpBody(ip: ScalewayIp, macAddress: string, state: string): object {
  const isV4 = ip.unit.endsWith('/32')
  return {
    id: ip.id,
    address: isV4 ? addressOf(ip.unit) : hostAddress(ip.unit, macAddress),
    dynamic: false,
    gateway: isV4 ? '62.210.0.1' : 'fe80::dc00:ff:fed1:4586',
    netmask: isV4 ? '32' : '64',
    family: isV4 ? 'inet' : 'inet6',
    provisioning_mode: isV4 ? 'dhcp' : 'slaac',
    tags: [],
    state,
    ipam_id: scalewayIpamId(ip.id),
  }
}

function dynamicIpBody(id: string, address: string): object {
  return {
    id,
    address,
    dynamic: true,
    gateway: '62.210.0.1',
    netmask: '32',
    family: 'inet',
    provisioning_mode: 'dhcp',
    tags: [],
    state: 'attached',
    ipam_id: scalewayIpamId(id),
  }
}

function addressOf(unit: string): string {
  return unit.slice(0, unit.indexOf('/'))
}

/** The address that a server gives itself inside a /64, from its MAC (EUI-64, RFC 4291). */
export function hostAddress(prefix: string, macAddress: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = macAddress.split(':').map((octet) => Number.parseInt(octet, 16))
  const groups = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f]
  return `${prefix.slice(0, prefix.indexOf('::'))}:${groups.map((group) => group.toString(16)).join(':')}`
}
