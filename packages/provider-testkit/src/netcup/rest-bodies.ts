import type { CloudAction } from '../cloud/cloud-model.ts'
import { siteBody, userBody } from './cloud.ts'
import type { NetcupCloud, NetcupServer, NetcupUnit, NetcupUser } from './cloud.ts'
import type { NetcupSwitches } from './switches.ts'

export interface BodyContext {
  readonly cloud: NetcupCloud
  readonly user: NetcupUser
  readonly switches: NetcupSwitches
  /** Wall time of a monotonic moment, in milliseconds. */
  readonly wallOf: (monotonic: number) => number
}

/** `FailoverIPv4` or `FailoverIPv6`. */
export function failoverBody({ cloud, user, switches }: BodyContext, unit: NetcupUnit): object {
  const [address = '', prefixLength = ''] = unit.unit.split('/')
  const holder = cloud.servers.get(cloud.seenHolding(unit.id).server ?? '')
  const server = holder === undefined ? null : { id: Number(holder.id), name: holder.name }
  return {
    id: Number(unit.id),
    ...(unit.unit.includes(':')
      ? { networkPrefix: address, networkPrefixLength: Number(prefixLength) }
      : { ip: address, cidrSuffix: Number(prefixLength) }),
    editable: unit.editable,
    ...(server === null && switches.unrouted === 'absent' ? {} : { server }),
    site: siteBody(unit.location),
    user: userBody(user),
  }
}

/** `ServerListMinimal`. */
export function serverListBody({ id, name, hostname, nickname }: NetcupServer): object {
  return {
    id: Number(id),
    name,
    hostname,
    nickname,
    disabled: false,
    template: { id: 1358, name: 'RS 2000 G12 Pro' },
  }
}

/** `Server`. */
export function serverBody({ cloud, switches }: BodyContext, server: NetcupServer, withLiveInfo: boolean): object {
  const routed = switches.routedAmongOwn ? cloud.heldBy(server.id).map(({ unit }) => unit.split('/')) : []
  const [prefix = '', prefixLength = ''] = server.ipv6.split('/')
  const v4 = [server.ipv4, ...routed.flatMap(([address = '']) => (address.includes(':') ? [] : [address]))]
  const v6 = [[prefix, prefixLength], ...routed.filter(([address = '']) => address.includes(':'))]
  return {
    ...serverListBody(server),
    architecture: 'AMD64',
    ipv4Addresses: v4.map((ip, index) => ({
      id: Number(server.id) * 10 + index,
      ip,
      netmask: '255.255.252.0',
      gateway: '198.18.28.1',
      broadcast: '198.18.31.255',
    })),
    ipv6Addresses: v6.map(([networkPrefix = '', length = ''], index) => ({
      id: Number(server.id) * 10 + 5 + index,
      networkPrefix,
      networkPrefixLength: Number(length),
      gateway: 'fe80::1',
    })),
    site: siteBody(server.location),
    ...(withLiveInfo ? { serverLiveInfo: liveInfoBody(server) } : {}),
  }
}

function liveInfoBody({ state, mac, ipv4, ipv6 }: NetcupServer): object {
  return {
    state,
    interfaces: [
      {
        mac,
        driver: 'virtio',
        mtu: 1500,
        ipv4Addresses: [ipv4],
        ipv6LinkLocalAddresses: [],
        ipv6NetworkPrefixes: [ipv6],
        vlanInterface: false,
        vlanId: null,
      },
    ],
  }
}

/** `TaskInfo`. The name of the task that routes an address is not known. */
export function taskBody({ user, switches, wallOf }: BodyContext, action: CloudAction): object {
  const states = { running: 'RUNNING', done: 'FINISHED', failed: switches.failedTask } as const
  const state = states[action.state]
  const startedAt = timestamp(wallOf(action.startedAt))
  const finishedAt = action.endedAt === null ? null : timestamp(wallOf(action.endedAt))
  return {
    uuid: taskUuid(action.id),
    name: 'FailoverIpRoutingTask',
    state,
    startedAt,
    finishedAt,
    executingUser: { id: user.id, username: user.username },
    taskProgress: { expectedFinishedAt: startedAt, progressInPercent: action.state === 'done' ? 100 : 0 },
    message: action.state === 'running' ? 'Failover IP routing is running.' : `Failover IP routing: ${state}.`,
    onRollback: state === 'ROLLBACK',
    steps: [{ uuid: taskUuid(action.id + 0x10_00_00), name: 'Route', state, startedAt, finishedAt }],
    result: {},
    responseError:
      action.state === 'failed' ? { code: 'task.failed', message: 'The routing could not be changed.' } : null,
    serverActionId: null,
  }
}

export function taskUuid(id: number): string {
  return `70000000-0000-4000-8000-${id.toString(16).padStart(12, '0')}`
}

/** With the microseconds that netcup writes. */
function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z')
}
