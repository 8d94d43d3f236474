import type { CloudModel, CloudServer, CloudUnit } from '../cloud/cloud-model.ts'

/** As libvirt calls it. */
export type NetcupServerState =
  | 'NOSTATE'
  | 'RUNNING'
  | 'BLOCKED'
  | 'PAUSED'
  | 'SHUTDOWN'
  | 'SHUTOFF'
  | 'CRASHED'
  | 'PMSUSPENDED'
  | 'DISK_SNAPSHOT'

/** `id` is REST's number as text, `name` is like `v2201234567890123456`, `location` the identifier of the site. */
export interface NetcupServer extends CloudServer {
  readonly hostname: string
  readonly nickname: string
  /** Its own public address. */
  readonly ipv4: string
  /** Its own prefix, in CIDR form. */
  readonly ipv6: string
  readonly mac: string
  readonly state: NetcupServerState
}

/** `id` is REST's number as text, `location` the identifier of the site. */
export interface NetcupUnit extends CloudUnit {
  /** Whether the panel lets it be changed. */
  readonly editable: boolean
}

export type NetcupCloud = CloudModel<NetcupServer, NetcupUnit>

export interface NetcupUser {
  /** Number of the user: the claim `id` of access tokens. */
  readonly id: number
  /** The customer number: login name of the web service. */
  readonly username: string
}

const cities: Readonly<Record<string, string>> = { '1': 'Nuremberg', '2': 'Vienna', '3': 'Amsterdam' }

export function siteBody(location: string): object {
  return { id: Number(location), city: cities[location] ?? `City ${location}` }
}

export function userBody({ id, username }: NetcupUser): object {
  return {
    id,
    username,
    firstname: 'Max',
    lastname: 'Mustermann',
    email: 'user@example.com',
    company: 'Example Org',
  }
}
