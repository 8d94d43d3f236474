import type { Eligibility, PlacementItem, PlacementNode, PlacementServer } from '../placement-input.ts'

export const anywhere: Eligibility = { account: 'main', location: null, nodeSelector: {}, tolerations: [] }

export function node(
  name: string,
  { server, ...rest }: Partial<PlacementNode> & { server?: Partial<PlacementServer> } = {},
): PlacementNode {
  const accounts = new Map([['main', { location: 'fr-par-1', capacity: null, ...server }]])
  return { name, labels: {}, taints: [], verdict: 'healthy', rank: 0, unstable: false, accounts, ...rest }
}

export function item(name: string, home: string | null = null, rest: Partial<PlacementItem> = {}): PlacementItem {
  return { name, home, priority: 0, eligibility: anywhere, ...rest }
}
