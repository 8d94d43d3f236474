import { canonicalCidr } from '@failover-ip/kubernetes'

/** Whether a canonical address lies in a class's canonical addresses and networks. No range allows nothing. */
export function isAllowed(address: string, ranges: readonly string[]): boolean {
  return ranges.some((range) => {
    const length = range.split('/')[1]
    return length === undefined ? range === address : canonicalCidr(`${address}/${length}`) === range
  })
}
