import type { Eligibility, PlacementInput, PlacementItem, PlacementNode } from '@failover-ip/core'

const slots = { west: 2, east: 3 }

/** A node whose server is in one of two zones, which are the only rule of location here. */
const node = (name: string, zone: 'west' | 'east', more: Partial<PlacementNode> = {}): PlacementNode => ({
  name,
  labels: {},
  taints: [],
  verdict: 'healthy',
  rank: 0,
  unstable: false,
  accounts: new Map([['cloud', { location: zone, capacity: slots[zone] }]]),
  ...more,
})

/** What is asked of a node for each of them; equal rules are one object. */
const anywhere: Eligibility = { account: 'cloud', location: null, nodeSelector: {}, tolerations: [] }
const west: Eligibility = { ...anywhere, location: 'west' }
const east: Eligibility = { ...anywhere, location: 'east' }

const failoverIP = (name: string, home: string, more: Partial<PlacementItem> = {}): PlacementItem => ({
  name,
  home,
  priority: 10,
  eligibility: anywhere,
  ...more,
})

const spread = { group: 'web', maxPerNode: 1 }

/** What `place` is given: who is where, who may go where, and who would like to. */
export const scenario: PlacementInput = {
  now: Date.UTC(2026, 0, 1),
  nodes: [
    node('node-1', 'west'),
    node('node-2', 'west', { verdict: 'dead', rank: 9 }),
    node('node-3', 'west'),
    node('node-4', 'east', { verdict: 'leaving', rank: 4 }),
    node('node-5', 'east'),
    node('node-6', 'east', { labels: { disk: 'ssd' } }),
  ],
  items: [
    failoverIP('web-1', 'node-1', { spread }),
    failoverIP('web-2', 'node-2', { spread }),
    failoverIP('web-3', 'node-3', { spread }),
    failoverIP('mail', 'node-4', { preferences: [{ weight: 50, nodeSelector: { disk: 'ssd' } }] }),
    failoverIP('shop', 'node-3', { eligibility: west }),
    failoverIP('bank', 'node-2', { eligibility: west }),
    failoverIP('vpn', 'node-4', { eligibility: east }),
    failoverIP('blog', 'node-1', { eligibility: west, priority: 0 }),
    failoverIP('lab', 'node-4', { eligibility: { ...east, nodeSelector: { gpu: 'yes' } }, priority: 0 }),
  ],
}
