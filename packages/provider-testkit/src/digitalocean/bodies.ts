import type { CloudAction, Holding } from '../cloud/cloud-model.ts'
import type { DigitalOceanCloud, EmulatedAddress, EmulatedDroplet } from './objects.ts'
import { isIPv6 } from './objects.ts'

const createdAt = '2026-01-01T00:00:00Z'

export interface BodyContext {
  readonly cloud: DigitalOceanCloud
  /** A Droplet shows its reserved IPv4 address as a second public one. */
  readonly shownOnDroplet: boolean
  /** Wall time of a monotonic one, as the API writes it. */
  readonly instant: (monotonic: number) => string
}

/** A reserved IPv4 address, also under its older name. */
export function reservedIpBody(context: BodyContext, address: EmulatedAddress): object {
  const { server, phase } = context.cloud.seenHolding(address.id)
  return {
    ip: address.id,
    droplet: dropletOf(context, server),
    region: regionBody(address.location),
    locked: phase === 'changing',
    project_id: address.project,
  }
}

export function reservedIPv6Body(context: BodyContext, address: EmulatedAddress): object {
  const { server } = context.cloud.seenHolding(address.id)
  return {
    ip: address.id,
    region_slug: address.location,
    reserved_at: createdAt,
    droplet: dropletOf(context, server),
  }
}

function dropletOf(context: BodyContext, id: Holding['server']): object | null {
  const droplet = id === null ? undefined : context.cloud.servers.get(id)
  return droplet === undefined ? null : dropletBody(context, droplet)
}

/** A Droplet without its size and image, which nobody here reads. */
export function dropletBody({ cloud, shownOnDroplet }: BodyContext, droplet: EmulatedDroplet): object {
  const reserved = [...cloud.units.values()].filter(({ id }) => cloud.seenHolding(id).server === droplet.id)
  const shown = shownOnDroplet ? reserved.filter((address) => !isIPv6(address)) : []
  const v4 = (address: string, type: 'public' | 'private'): object => ({
    ip_address: address,
    netmask: type === 'public' ? '255.255.240.0' : '255.255.0.0',
    gateway: address.replace(/\.\d+$/, '.1'),
    type,
  })
  return {
    id: Number(droplet.id),
    name: droplet.name,
    memory: 4096,
    vcpus: 2,
    disk: 80,
    locked: droplet.pendingEvent,
    status: droplet.status,
    created_at: createdAt,
    features: droplet.ipv6Address === null ? ['private_networking'] : ['ipv6', 'private_networking'],
    backup_ids: [],
    snapshot_ids: [],
    volume_ids: [],
    image: {},
    size: {},
    size_slug: 's-2vcpu-4gb',
    networks: {
      v4: [
        v4(droplet.publicAddress, 'public'),
        ...shown.map(({ id }) => v4(id, 'public')),
        v4(droplet.privateAddress, 'private'),
      ],
      v6:
        droplet.ipv6Address === null
          ? []
          : [{ ip_address: droplet.ipv6Address, netmask: 64, gateway: '2604:a880:400:d0::1', type: 'public' }],
    },
    region: regionBody(droplet.location),
    tags: droplet.tags,
    vpc_uuid: '5a4981aa-9653-4bd1-bef5-d6bff52042e4',
  }
}

export function actionBody(
  { cloud, instant }: BodyContext,
  { id, unit, server, startedAt, endedAt, state }: CloudAction,
  resourceType: string,
): object {
  const address = cloud.units.get(unit)
  const region = address?.location ?? 'nyc3'
  return {
    id,
    status: state === 'running' ? 'in-progress' : state === 'done' ? 'completed' : 'errored',
    type: server === null ? 'unassign_ip' : 'assign_ip',
    started_at: instant(startedAt),
    completed_at: endedAt === null ? null : instant(endedAt),
    resource_id: server === null ? null : Number(server),
    resource_type: resourceType,
    region: regionBody(region),
    region_slug: region,
    project_id: address?.project ?? null,
  }
}

export function regionBody(slug: string): object {
  return {
    name: slug.replace(/^([a-z]+)(\d+)$/, (_, place: string, number: string) => `${place.toUpperCase()} ${number}`),
    slug,
    features: ['backups', 'ipv6', 'metadata', 'install_agent', 'storage', 'image_transfer'],
    available: true,
    sizes: ['s-2vcpu-4gb'],
  }
}
