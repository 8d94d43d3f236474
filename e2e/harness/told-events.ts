import { z } from 'zod'
import type { ApiClient } from './api-client.ts'

/** An Event of Kubernetes. */
export interface ToldEvent {
  readonly reason: string
  readonly message: string
  /** Name of the object that it is about. */
  readonly about: string
}

const eventsShape = z.object({
  items: z.array(
    z.object({
      reason: z.string().default(''),
      note: z.string().default(''),
      regarding: z.object({ name: z.string().default('') }).default({ name: '' }),
      eventTime: z.string().nullish(),
      series: z.object({ lastObservedTime: z.string() }).optional(),
    }),
  ),
})

/** The Events of all namespaces that something of ours has seen since the moment, in Unix milliseconds. */
export async function readToldEvents(api: Pick<ApiClient, 'get'>, since: number): Promise<readonly ToldEvent[]> {
  const { items } = await api.get('/apis/events.k8s.io/v1/events', eventsShape)
  return items
    .filter(({ eventTime, series }) => Date.parse(series?.lastObservedTime ?? eventTime ?? '') >= since)
    .map(({ reason, note, regarding }) => ({ reason, message: note, about: regarding.name }))
}
