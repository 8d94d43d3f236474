/**
 * Compares two resourceVersions of one kind: negative, zero or positive like a sort function, or undefined when they
 * cannot be compared because one of them is not a decimal number without leading zeros.
 * Comparable versions are part of the Kubernetes API since 1.35 (KEP-5504) and hold in fact with etcd before.
 */
export function compareResourceVersions(left: string, right: string): number | undefined {
  if (!decimal.test(left) || !decimal.test(right)) return undefined
  if (left.length !== right.length) return left.length - right.length
  return left === right ? 0 : left < right ? -1 : 1
}

const decimal = /^(0|[1-9]\d*)$/
