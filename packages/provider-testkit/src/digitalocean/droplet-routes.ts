import type { EmulatedAnswer, EmulatedRequest } from '../http/emulator.ts'
import type { RouteContext } from './address-routes.ts'
import { actionBody, dropletBody, regionBody } from './bodies.ts'
import { digitalOceanErrors } from './errors.ts'
import type { EmulatedDroplet } from './objects.ts'
import { isIPv6 } from './objects.ts'
import { pageOf } from './page.ts'

/** What `/v2/droplets` answers; `undefined`: no such path. */
export function answerDroplets(
  context: RouteContext,
  { method, url }: EmulatedRequest,
  [, id, actions, ...rest]: readonly string[],
): EmulatedAnswer | undefined {
  const { cloud } = context
  if (method !== 'GET' || rest.length > 0) return undefined
  if (id === undefined) {
    const tag = url.searchParams.get('tag_name')
    const droplets = [...cloud.servers.values()].filter(({ tags }) => tag === null || tags.includes(tag))
    return pageOf(url, 'droplets', droplets, (droplet) => dropletBody(context, droplet))
  }
  const droplet = cloud.servers.get(id)
  if (droplet === undefined) return digitalOceanErrors.notFound()
  if (actions === undefined) return { status: 200, body: { droplet: dropletBody(context, droplet) } }
  if (actions !== 'actions') return undefined
  const started = cloud
    .snapshot()
    .actions.filter(({ server }) => server === id)
    .toReversed()
  const bodies = started.map((action) => actionBody(context, action, resourceTypeOf(action.unit)))
  const all = droplet.pendingEvent ? [snapshotBody(context, droplet), ...bodies] : bodies
  return pageOf(url, 'actions', all, (body) => body)
}

/** Something that is being done to the Droplet itself. */
function snapshotBody({ instant }: RouteContext, { id, location }: EmulatedDroplet): object {
  return {
    id: 900_000_000 + Number(id),
    status: 'in-progress',
    type: 'snapshot',
    started_at: instant(0),
    completed_at: null,
    resource_id: Number(id),
    resource_type: 'droplet',
    region: regionBody(location),
    region_slug: location,
  }
}

/** What `/v2/actions/{id}` answers. */
export function answerAction(
  context: RouteContext,
  { method }: EmulatedRequest,
  [, id, ...rest]: readonly string[],
): EmulatedAnswer | undefined {
  if (method !== 'GET' || id === undefined || rest.length > 0) return undefined
  const action = context.cloud.action(Number(id))
  if (action === undefined) return digitalOceanErrors.notFound()
  return { status: 200, body: { action: actionBody(context, action, resourceTypeOf(action.unit)) } }
}

function resourceTypeOf(unit: string): string {
  return isIPv6({ id: unit }) ? 'reserved_ipv6' : 'reserved_ip'
}
